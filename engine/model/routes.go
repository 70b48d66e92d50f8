package model

import "slices"

// route reads a line of virtual_routes: its kind and its destination, and then
// words with their values; behind nexthop the same words say what is of that hop.
func (l *line) route() bool {
	to := ""
	list := l.options(func(w string) bool {
		if to != "" || !routeFree(w) {
			return false
		}
		to = w
		return true
	})
	if o, ok := written(list, "to"); ok {
		to = l.valueOf(o)
	}
	if to == "" {
		return l.fail(Warning, "no-destination", "")
	}
	l.relateRoute(to, list)
	l.nextHops(list)
	return true
}

// nextHops writes gateways with or between them, an old form, as next hops at the end
// of the line.
func (l *line) nextHops(list []option) {
	var hops []option
	for _, o := range list {
		switch o.word {
		case "nexthop":
			return
		case "via", "or":
			hops = append(hops, o)
		}
	}
	if !slices.ContainsFunc(hops, func(o option) bool { return o.word == "or" && o.good }) {
		return
	}
	for _, o := range hops {
		l.b.behind = append(l.b.behind, "nexthop", "via")
		for i := o.at; i < o.end; i++ {
			if i > o.at {
				l.b.behind = append(l.b.behind, raw(l.n.Words[i]))
			}
			l.b.edit(i, "")
		}
	}
}

package model

import (
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// Route is a line of virtual_routes or static_routes.
type Route struct {
	Line string // its words, as keepalived.conf has them
	entry
}

// Rule is a line of virtual_rules or static_rules.
type Rule struct {
	Line   string // its words, as keepalived.conf has them
	Out    string // the interface that packets leave by, where it names one
	Placed bool   // it has a preference of its own
	Six    bool   // it is one of IPv6
	entry
}

// entry is what a line of a route or of a rule means.
type entry struct {
	Words      string // what the kernel's entry is made of: numbers for names; "": it is not acted on
	Dev        string // of a route the interface that it leaves by, of a rule that by which packets come; "": none is named
	NoTrack    bool   // that others take it away does not matter
	TrackGroup string // the instances that depend on Dev
}

// String is the route as a line of virtual_routes.
func (r Route) String() string { return r.Line }

// String is the rule as a line of virtual_rules.
func (r Rule) String() string { return r.Line }

func scanRoutes(l *line, into any) bool {
	l.b.edits, l.b.behind = nil, nil
	e, good := l.route()
	return good && add(l, into, Route{l.lineAsKept(), e})
}

func scanRules(l *line, into any) bool {
	l.b.edits, l.b.behind = nil, nil
	r, good := l.rule()
	r.Line = l.lineAsKept()
	return good && add(l, into, r)
}

// lineAsKept are the words of the line, in the words of today.
func (l *line) lineAsKept() string { return strings.Join(l.b.edited(l.n.Words), " ") }

// route reads a line of virtual_routes: its kind and its destination, and then
// words with their values; behind nexthop the same words say what is of that hop.
// False means that keepalived leaves the line out.
func (l *line) route() (e entry, good bool) {
	to := ""
	list := l.options(func(w string) bool {
		if to != "" || !routeFree(w) {
			return false
		}
		to = w
		return true
	})
	good = l.sound(list, "features", "ttl-propagate", "as")
	if o, ok := written(list, "to"); ok {
		to = l.valueOf(o)
	}
	if to == "" {
		return e, l.fail(Warning, "no-destination", "")
	}
	good = l.relateRoute(to, list) && good
	l.nextHops(list)
	return l.entry(list, "dev"), good
}

// rule reads a line of virtual_rules.
func (l *line) rule() (r Rule, good bool) {
	list := l.options(nil)
	good = l.sound(list, "protocol", "ipproto", "sport", "dport")
	good = l.relateRule(list) && good
	_, r.Placed = written(list, "preference")
	if out, ok := written(list, "oif"); ok {
		r.Out = l.valueOf(out)
	}
	r.Six, r.entry = l.ruleOfSix(list), l.entry(list, "iif")
	return r, good
}

// sound says whether keepalived takes the line: no word in it is unknown, and no value
// bad. Of some words a bad value costs only the word.
func (l *line) sound(list []option, mild ...string) bool {
	if _, lost := l.b.edits[wholeLine]; lost {
		return false
	}
	for i := range list {
		if o := &list[i]; !o.good && slices.Contains(mild, o.word) {
			l.drop(*o)
		} else if !o.good {
			return false
		}
	}
	return true
}

// drop takes a word out of the line.
func (l *line) drop(o option) {
	for i := o.at; i < o.end; i++ {
		l.b.edit(i, "")
	}
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

// entry is what the line means. Words of it that are not acted on are reported: without
// them it would be another route or rule, so that it is none.
func (l *line) entry(list []option, dev string) (e entry) {
	acted := true
	kept := l.b.edits
	l.b.edits = map[int]string{}
	for at, now := range kept {
		l.b.edits[at] = now
	}
	hop := false
	_, e.NoTrack = written(list, "no_track")
	for _, o := range list {
		hop = hop || o.word == "nexthop"
		switch value := l.valueOf(o); {
		case !o.is("acted"):
			l.b.report(Warning, "kept-not-acted", l.n.WordSpan(o.at), "Word", l.d.word+" "+o.word, "Loss", o.loss)
			acted = false
		case o.word == "no_track" || o.word == "protocol" && !e.NoTrack: // what is followed is of keepalived's
			l.drop(o)
		case o.word == "track_group":
			e.TrackGroup = value
			l.drop(o)
		case o.word == dev && !hop:
			e.Dev = value
		default:
			if _, edited := l.b.edits[o.end-1]; !edited && nameKinds[o.kind.name] {
				number, known := l.number(o.kind.name, value)
				acted = acted && known
				l.b.edit(o.end-1, number)
			}
		}
	}
	if acted {
		words := l.b.edited(l.n.Words)
		for i := range words {
			words[i] = conf.Unquote(words[i])
		}
		e.Words = strings.Join(words, " ")
	}
	l.b.edits = kept
	return e
}

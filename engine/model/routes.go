package model

// route reads a line of virtual_routes: its kind and its destination, and then
// words with their values; behind nexthop the same words say what is of that hop.
func (l *line) route(k *keptWord) {
	to := ""
	list := l.options(k.word, func(w string) bool {
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
		l.fail(Warning, "no-destination", "")
		return
	}
	l.relateRoute(to, list)
}

package model

// route reads a line of virtual_routes: its kind and its destination, and then
// words with their values; behind nexthop the same words say what is of that hop.
func (l *line) route(k *keptWord) {
	destination := false
	for _, o := range l.options(k.word, func(w string) bool {
		if destination || !routeFree(w) {
			return false
		}
		destination = true
		return true
	}) {
		destination = destination || o.word == "to"
	}
	if !destination {
		l.fail(Warning, "no-destination", "")
	}
}

package assets

// Incident words what is wrong between routers, and its likely cause with what to look at
// first; "" where that is not known.
func Incident(lang, code, cause string, facts map[string]string) (what, why string) {
	facts = oneLine(facts)
	what = Text(lang, "incident."+code, facts)
	if cause == "" {
		return what, ""
	}
	for _, room := range []string{"cause.", "notice.", "reason."} {
		if words, found := find(lang, room+cause, facts); found {
			return what, words
		}
	}
	return what, cause
}

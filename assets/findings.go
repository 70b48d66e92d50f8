package assets

// Finding words what was found in a text: the sentence of its code, and the word
// that was probably meant or that replaces it today, if there is one.
func Finding(lang, code string, args map[string]string, hint string) string {
	s := Text(lang, "finding."+code, args)
	if hint == "" {
		return s
	}
	id := "check.hint"
	if code == "deprecated-word" || code == "obsolete-word" {
		id = "check.instead"
	}
	return s + " " + Text(lang, id, map[string]string{"Hint": hint})
}

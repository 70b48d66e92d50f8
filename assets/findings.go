package assets

import "strings"

// Finding words what was found in a text: the sentence of its code, what is lost
// with a word that is not acted on (the id of that in the args), and the word
// that was probably meant or that replaces it today, if there is one. It is one line,
// whatever the text has.
func Finding(lang, code string, args map[string]string, hint string) string {
	args, hint = oneLine(args), OneLine(hint)
	s := Text(lang, "finding."+code, args)
	if loss := args["Loss"]; loss != "" {
		s = join(s, Text(lang, "unacted."+loss, nil))
	}
	if hint == "" {
		return s
	}
	id := "check.hint"
	if code == "deprecated-word" || code == "obsolete-word" {
		id = "check.instead"
	}
	return join(s, Text(lang, id, map[string]string{"Hint": hint}))
}

// join puts a sentence behind another: a Chinese full stop has its own room.
func join(first, second string) string {
	if strings.HasSuffix(first, "。") {
		return first + second
	}
	return first + " " + second
}

package assets

import "strings"

// breaks are the characters that begin a new line somewhere, and how they are shown.
var breaks = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\v", `\v`, "\f", `\f`, "\u0085", `\u0085`, "\u2028", `\u2028`, "\u2029", `\u2029`)

// OneLine shows the line ends in a text as they are written in a string, so that
// what quotes it stays on one line.
func OneLine(text string) string { return breaks.Replace(text) }

// oneLine is OneLine for all values of a sentence.
func oneLine(args map[string]string) map[string]string {
	for _, v := range args {
		if OneLine(v) == v {
			continue
		}
		shown := make(map[string]string, len(args))
		for k, v := range args {
			shown[k] = OneLine(v)
		}
		return shown
	}
	return args
}

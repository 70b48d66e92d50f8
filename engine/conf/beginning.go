package conf

import "strings"

// Beginning is a text, or as many of its bytes as are to be shown.
func Beginning(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

package convert

import (
	"regexp"
	"strings"
	"sync"

	"holdfast/engine/model"
)

// veiled stands in the place of a secret.
const veiled = "••••••"

// keyed is the word whose secret stands behind a number.
const keyed = "key"

// hides finds the words of the table whose value is a secret, wherever they stand in a
// line: also in a comment, and behind a mark or the name of a definition.
var hides = sync.OnceValue(func() *regexp.Regexp {
	seen, words := map[string]bool{}, []string{}
	for _, d := range model.Directives() {
		if d.Secret && d.Word != keyed && !seen[d.Word] {
			seen[d.Word] = true
			words = append(words, regexp.QuoteMeta(d.Word))
		}
	}
	return regexp.MustCompile(`(?:^|[^0-9A-Za-z_])(?:(?:` + strings.Join(words, "|") + `)[ \t]+|` + keyed + `[ \t]+[0-9]+[ \t]+)([^ \t].*)$`)
})

var (
	names   = regexp.MustCompile(`\$\{?([A-Za-z_][0-9A-Za-z_]*)`)
	defines = regexp.MustCompile(`^[ \t]*\$([A-Za-z_][0-9A-Za-z_]*)[ \t]*=(.*)$`)
	closing = regexp.MustCompile(`(?:[ \t]+\}+)*$`)
)

// Veil is a text in which dots stand in the place of each secret, for readers who may not
// see them: behind each word whose value is one, and in each definition that such a value
// names. What stands behind a secret in its line is hidden with it; each line stays in its
// place.
func Veil(text string) string {
	lines := strings.Split(text, "\n")
	out := make([]string, len(lines))
	secret := map[string]bool{} // names of definitions
	for known := -1; known < len(secret); {
		known = len(secret)
		goesOn := false
		for i, line := range lines {
			from := -1
			if d := defines.FindStringSubmatchIndex(line); d != nil && secret[line[d[2]:d[3]]] {
				from = d[4]
			}
			if m := hides().FindStringSubmatchIndex(line); m != nil && (from < 0 || m[2] < from) {
				from = m[2]
			}
			if goesOn {
				from = len(line) - len(strings.TrimLeft(line, " \t"))
			}
			if out[i] = line; from < 0 {
				continue
			}
			hidden := strings.TrimSuffix(line[from:], "\r")
			for _, n := range names.FindAllStringSubmatch(hidden, -1) {
				secret[n[1]] = true
			}
			if goesOn = strings.HasSuffix(hidden, `\`); strings.TrimSpace(hidden) == "" {
				continue
			}
			out[i] = line[:from] + veiled + closing.FindString(hidden)
		}
	}
	return strings.Join(out, "\n")
}

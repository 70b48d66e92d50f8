package convert

import "strings"

// joinLines puts two texts into one, line by line, in the order of both.
func joinLines(texts, nodes [2]string) string {
	a, b := lines(texts[0]), lines(texts[1])
	var out strings.Builder
	mark := func(node, line string) {
		if strings.TrimSpace(line) != "" { // a blank line more is no difference
			out.WriteString("@" + node + " " + line + "\n")
		}
	}
	for _, h := range Match(len(a), len(b), mostCells, func(i, j int) bool { return strings.TrimSpace(a[i]) == strings.TrimSpace(b[j]) }) {
		for _, l := range a[h.A:h.EndA] {
			mark(nodes[0], l)
		}
		for _, l := range b[h.B:h.EndB] {
			mark(nodes[1], l)
		}
		for _, l := range a[h.EndA : h.EndA+h.Same] {
			out.WriteString(l + "\n")
		}
	}
	return out.String()
}

// mostCells is how large the table of a comparison of two texts may be.
const mostCells = 16 << 20

func lines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

package page

import (
	"strings"

	"holdfast/engine/model"
)

// finding is a finding with its line, in which the part it is about is marked.
type finding struct {
	model.Finding
	Before, Mark, After string
}

// findingsIn puts the lines of a text beside what was found in them.
func findingsIn(text string, findings []model.Finding) []finding {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	out := make([]finding, 0, len(findings))
	for _, f := range findings {
		v := finding{Finding: f}
		if r := f.Range; r.Line >= 1 && r.Line <= len(lines) {
			v.Before, v.Mark, v.After = cut([]rune(lines[r.Line-1]), r)
		}
		out = append(out, v)
	}
	return gravest(out)
}

func cut(line []rune, r model.Range) (before, mark, after string) {
	from := min(max(r.Col-1, 0), len(line))
	to := len(line)
	if r.EndLine == r.Line {
		to = min(max(r.EndCol-1, from), len(line))
	}
	return strings.TrimLeft(string(line[:from]), " \t"), string(line[from:to]), string(line[to:])
}

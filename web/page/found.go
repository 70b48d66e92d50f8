package page

import (
	"strings"

	"holdfast/engine/model"
)

// found is a finding with the line it is about: the part it means is marked.
type found struct {
	model.Finding
	Before, Mark, After string
}

// lookAt puts the lines of a text beside what was found in them.
func lookAt(text string, findings []model.Finding) []found {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	out := make([]found, 0, len(findings))
	for _, f := range findings {
		v := found{Finding: f}
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

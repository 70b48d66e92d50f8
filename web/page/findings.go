package page

import (
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// finding is a finding with its line, in which the part it is about is marked.
type finding struct {
	model.Finding
	Before, Mark, After string
}

// shortened gives the words that a sentence repeats, each as far as a page shows it.
func shortened(args map[string]string) map[string]string {
	out := make(map[string]string, len(args))
	for name, text := range args {
		out[name] = conf.Beginning(text, markedMost)
	}
	return out
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
	marked, rest := min(to-from, markedMost), min(len(line)-to, besideMark)
	before = string(line[max(0, from-besideMark):from])
	if from > besideMark {
		before = "…" + before
	}
	mark, after = string(line[from:from+marked]), string(line[to:to+rest])
	if marked < to-from {
		mark += "…"
	}
	if rest < len(line)-to {
		after += "…"
	}
	return strings.TrimLeft(before, " \t"), mark, after
}

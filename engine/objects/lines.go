package objects

import (
	"strings"

	"holdfast/engine/model"
)

// Lines are the lines of an object as the text has them.
func (t *Text) Lines(o Object) string {
	lines := strings.SplitAfter(t.String(), "\n")
	return strings.Join(lines[min(o.Line-1, len(lines)):min(o.Last, len(lines))], "")
}

// Check is what is found in the text on a host with these facts.
func (t *Text) Check() (model.Config, []model.Finding) {
	return model.Parse(fileName, []byte(t.String()), t.facts)
}

// Findings are those of the text that stand in an object's lines.
func Findings(o Object, list []model.Finding) []model.Finding {
	var in []model.Finding
	for _, f := range list {
		if f.Range.File == fileName && o.Line <= f.Range.Line && f.Range.Line <= o.Last {
			in = append(in, f)
		}
	}
	return in
}

package objects

import "strings"

// Lines are the lines of an object as the text has them.
func (t *Text) Lines(o Object) string {
	lines := strings.SplitAfter(t.String(), "\n")
	return strings.Join(lines[min(o.Line-1, len(lines)):min(o.Last, len(lines))], "")
}

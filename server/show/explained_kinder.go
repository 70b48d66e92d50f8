package show

import (
	"slices"
	"strings"

	"holdfast/engine/explain"
	"holdfast/engine/model"
	"holdfast/engine/probe"
)

// kinder says where a check on a line brings a server up that keepalived keeps down:
// such a server may come up on the day of the move. "" where no check begins.
func (x *Explained) kinder(l *explain.Line) string {
	word, _, _ := strings.Cut(strings.TrimSpace(l.Text), " ")
	if l.Kind != explain.Acted || word == "" {
		return ""
	}
	var servers []string
	for _, k := range probe.Kinders {
		if slices.Contains(k.Kinds, model.Kind(word)) {
			servers = append(servers, x.word("kinder."+k.Code))
		}
	}
	if servers == nil {
		return ""
	}
	between := "; "
	if x.Lang != "en" {
		between = "；"
	}
	return x.Text("explain.kinder", map[string]string{"Servers": strings.Join(servers, between)})
}

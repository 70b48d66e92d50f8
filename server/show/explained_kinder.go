package show

import (
	"slices"
	"strings"

	"holdfast/engine/explain"
	"holdfast/engine/probe"
)

// OtherServer is a server that is up here and down with keepalived 2.2.7, or the
// other way round.
type OtherServer struct {
	Code   string `json:"code"`
	Up     bool   `json:"up"` // here
	Server string `json:"server"`
}

// others are the servers that a check on a line judges otherwise than keepalived:
// they may come up, or go down, on the day of the move.
func (x *Explained) others(l *explain.Line) (list []OtherServer) {
	if l.Kind != explain.Acted {
		return nil
	}
	for _, k := range probe.Kinders {
		if slices.ContainsFunc(l.Became, func(s explain.Statement) bool {
			word, _, _ := strings.Cut(strings.TrimSpace(s.Text), " ")
			return slices.Contains(k.Words(), word)
		}) {
			list = append(list, OtherServer{k.Code, !k.Sterner, x.word("kinder." + k.Code)})
		}
	}
	return list
}

// kinder says of a line which servers are up here and down with keepalived, and
// which are down.
func (x *Explained) kinder(l *explain.Line) (said []string) {
	between := "; "
	if x.Lang != "en" {
		between = "；"
	}
	for _, up := range []bool{true, false} {
		var servers []string
		for _, o := range x.others(l) {
			if o.Up == up {
				servers = append(servers, o.Server)
			}
		}
		id := map[bool]string{true: "explain.kinder", false: "explain.sterner"}[up]
		if servers != nil {
			said = append(said, x.Text(id, map[string]string{"Servers": strings.Join(servers, between)}))
		}
	}
	return said
}

package show

import (
	"fmt"
	"strconv"
	"strings"

	"holdfast/engine/control"
	"holdfast/server/terminal"
)

// Stats shows the counters of the virtual servers, or why there was no answer.
func Stats(e *Env, runDir string, asJSON bool, all []control.VirtualStats, err error) error {
	switch {
	case err != nil:
		return unanswered(e, runDir, err)
	case asJSON:
		return Encode(e, all)
	}
	v := view{Env: e}
	rows := [][]string{v.titles("server", "open", "closing", "connections", "in", "out", "conns-rate", "in-rate", "out-rate")}
	for _, s := range all {
		rows = append(rows, append([]string{s.Name, "", ""}, counters(s.Counters)...))
		for _, r := range s.Servers {
			rows = append(rows, append([]string{"  " + r.Name, number(r.Active), number(r.Inactive)}, counters(r.Counters)...))
		}
	}
	var b strings.Builder
	terminal.Table(&b, rows)
	_, err = fmt.Fprint(e.Out, b.String())
	return err
}

func counters(c control.Counters) []string {
	return []string{
		number(c.Connections), number(c.InBytes), number(c.OutBytes),
		number(c.Rates.Connections), number(c.Rates.InBytes), number(c.Rates.OutBytes),
	}
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

package page

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/control"
)

// serviceRow is a virtual server as lists show it.
type serviceRow struct {
	control.VirtualStatus
	Counts           control.Counts
	Active, Inactive uint64
	Rows             []serverRow
	Brief            []serverRow // of Rows, what the overview has room for
}

// serverRow is a real server as lists show it.
type serverRow struct {
	control.ServerStatus
	Count string // "2/3" of an intermediate state
	Waits bool   // it would be in the pool if the kernel had the service
}

// Direct says whether packets come to servers at the address of the service, by direct
// routing or a tunnel.
func (r serviceRow) Direct() bool {
	return slices.ContainsFunc(r.Wanted, func(line string) bool { return strings.Contains(line, " -g ") || strings.Contains(line, " -i ") }) ||
		!strings.HasPrefix(r.Method, "NAT")
}

func serviceRows(virtuals []control.VirtualStatus) []serviceRow {
	rows := make([]serviceRow, 0, len(virtuals))
	for _, v := range virtuals {
		row := serviceRow{VirtualStatus: v, Counts: v.Count()}
		for _, r := range v.Servers {
			row.Rows = append(row.Rows, serverRow{r, countOf(r), !v.Installed && belongs(r)})
			row.Active += uint64(r.Active)
			row.Inactive += uint64(r.Inactive)
		}
		row.Brief = brief(row.Rows)
		rows = append(rows, row)
	}
	return rows
}

// belongs says whether a real server is to be in the pool: it is up, or what has not
// answered yet counts as up.
func belongs(r control.ServerStatus) bool {
	down := slices.ContainsFunc(r.Checks, func(c control.CheckStatus) bool { return !c.Up })
	return !down && (r.State == "UP" || r.State == "UNCHECKED" || r.State == "FAILING")
}

// countOf is how far an intermediate state has come: of a drain how many connections are
// open.
func countOf(r control.ServerStatus) string {
	if r.State == "DRAINING" && r.Order != nil && r.Order.Left != nil {
		return strconv.FormatUint(r.Order.Left.Active, 10)
	}
	if r.State != "FAILING" {
		return ""
	}
	worst := ""
	most := 0
	for _, c := range r.Checks {
		if c.Failures > most {
			most = c.Failures
			worst = fmt.Sprintf("%d/%d", c.Failures, c.Retry+1)
		}
	}
	return worst
}

// brief keeps a short pool whole, and of a long one what is down or about to be.
func brief(rows []serverRow) []serverRow {
	if len(rows) <= fewServers {
		return rows
	}
	var out []serverRow
	for _, r := range rows {
		if r.State != "UP" && r.State != "UNCHECKED" && len(out) < fewServers {
			out = append(out, r)
		}
	}
	return out
}

package page

import (
	"fmt"

	"holdfast/engine/control"
)

// serviceRow is a virtual server as lists show it.
type serviceRow struct {
	control.VirtualStatus
	State            string
	Up               int
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

func serviceRows(virtuals []control.VirtualStatus) []serviceRow {
	rows := make([]serviceRow, 0, len(virtuals))
	for _, v := range virtuals {
		row := serviceRow{VirtualStatus: v}
		for _, r := range v.Servers {
			row.Rows = append(row.Rows, serverRow{r, countOf(r), !v.Installed && serves(r)})
			row.Active += uint64(r.Active)
			row.Inactive += uint64(r.Inactive)
			if serves(r) {
				row.Up++
			}
		}
		row.Brief = brief(row.Rows)
		row.State = serviceState(row)
		rows = append(rows, row)
	}
	return rows
}

// serviceState is the one word for a virtual server.
func serviceState(r serviceRow) string {
	switch {
	case r.SorryInUse:
		return "SORRY"
	case !r.QuorumUp:
		return "DOWN"
	case len(r.VirtualStatus.Held) > 0:
		return "HELD"
	case r.Up < len(r.Rows):
		return "DEGRADED"
	}
	return "UP"
}

// serves says whether a real server is fit to be in the pool.
func serves(r control.ServerStatus) bool {
	return r.State == "UP" || r.State == "UNCHECKED" || r.State == "FAILING"
}

// countOf is how far an intermediate state has come.
func countOf(r control.ServerStatus) string {
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

// brief keeps a short pool whole, and of a long one what is not up.
func brief(rows []serverRow) []serverRow {
	if len(rows) <= fewServers {
		return rows
	}
	var out []serverRow
	for _, r := range rows {
		if r.State != "UP" && len(out) < fewServers {
			out = append(out, r)
		}
	}
	return out
}

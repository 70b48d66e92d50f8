package page

import (
	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/engine/journal"
)

// Cell is how a state is shown, everywhere: a word, a shape and a colour. The
// word never stands in a tooltip only, and the colour never says anything that
// word and shape do not.
type Cell struct {
	State string // the code
	Word  string
	Shape string // name of the icon
	Tone  string // ok, info, warning, error, notice, neutral
	Count string // "2/3" of an intermediate state
}

// looks is the one table of states. The words are "ui.state.CODE".
var stateStyles = map[string]struct{ shape, tone string }{
	// A virtual router.
	"MASTER":   {"master", "ok"},
	"BACKUP":   {"backup", "info"},
	"FAULT":    {"fault", "error"},
	"INIT":     {"init", "neutral"},
	"STOP":     {"bar", "neutral"},
	"DEGRADED": {"triangle", "warning"},
	// A real server, a virtual server, a check, a script.
	"UP":        {"check", "ok"},
	"FAILING":   {"sinking", "warning"},
	"DOWN":      {"octagon", "error"},
	"OFF":       {"bar", "neutral"},
	"UNCHECKED": {"question", "neutral"},
	"DRAINING":  {"half", "notice"},
	"DRAINED":   {"square", "notice"},
	"SORRY":     {"triangle", "warning"},
	"OK":        {"check", "ok"},
	"FAILED":    {"octagon", "error"},
	// A role of the engine, and anything it cannot do now.
	"RUNNING":  {"check", "ok"},
	"AWAY":     {"octagon", "error"},
	"OFF-TEXT": {"octagon", "error"},
	"SPLIT":    {"octagon", "error"},
	"HELD":     {"pause", "warning"},
	// A router whose adverts another one does not count, or tells other addresses.
	"CONFLICT": {"double", "warning"},
	// Two routers that hold one address, or none that is heard; a master of whose backup
	// nothing is known.
	"TWO-MASTERS": {"double", "error"},
	"NO-MASTER":   {"octagon", "error"},
	"NO-BACKUP":   {"question", "neutral"},
	"UNKNOWN":     {"question", "neutral"},
	// A line of a text that is imported.
	"line-acted":    {"check", "ok"},
	"line-kept":     {"pause", "notice"},
	"line-obsolete": {"undo", "neutral"},
	"line-unread":   {"triangle", "warning"},
	// The outcome of a revision.
	"applied":  {"clock", "warning"},
	"set":      {"check", "info"},
	"in-force": {"check", "info"},
	"kept":     {"check", "ok"},
	"reverted": {"undo", "notice"},
	"refused":  {"octagon", "error"},
	"split":    {"double", "error"},
	"unused":   {"square", "neutral"},
	// A finding, and an event.
	"note":    {"info", "info"},
	"warning": {"triangle", "warning"},
	"error":   {"octagon", "error"},
	"event":   {"dot", "neutral"},
	// A mail.
	"queued":  {"clock", "info"},
	"sending": {"rising", "info"},
	"sent":    {"check", "ok"},
	"dead":    {"octagon", "error"},
}

// state gives the cell of a code; one that is not in the table is shown as unknown.
func (w words) state(code string, count ...string) Cell {
	look, known := stateStyles[code]
	if !known {
		code, look = "UNKNOWN", stateStyles["UNKNOWN"]
	}
	c := Cell{State: code, Word: assets.Text(w.lang, "ui.state."+code, nil), Shape: look.shape, Tone: look.tone}
	if len(count) > 0 {
		c.Count = count[0]
	}
	return c
}

// foretold is the code for what a text would do to the addresses of an instance.
func foretold(f control.Forecast) string {
	if f.Severity == "info" {
		return "note"
	}
	return f.Severity
}

// checkState is the code for one check of a real server.
func checkState(c control.CheckStatus) string {
	switch {
	case !c.Known:
		return "UNCHECKED"
	case c.Up && c.Failures > 0:
		return "FAILING"
	case c.Up:
		return "UP"
	}
	return "DOWN"
}

// eventState is the code that fits an event: the state it led to, or how grave
// its kind is.
func eventState(e journal.Entry) string {
	switch e.Kind {
	case journal.InstanceState, journal.GroupState, journal.ServerState, journal.QuorumState, journal.ScriptState, journal.SessionState:
		if to := e.Facts[journal.FactTo]; stateStyles[to].shape != "" {
			return to
		}
	case journal.ServerOrder:
		switch e.Facts[journal.FactTo] {
		case "drain":
			return "DRAINING"
		case "off":
			return "OFF"
		}
		return "note"
	case journal.HandOver:
		switch e.Facts[journal.FactTo] {
		case "kept":
			return "warning"
		case "moved":
			return "BACKUP"
		case "back":
			return "MASTER"
		}
		return "note"
	case journal.Maintenance:
		return "note"
	case journal.ServerDrained:
		return "DRAINED"
	case journal.Applied:
		if e.Facts[journal.FactOperations] == "0" {
			return "in-force"
		}
		return "set"
	case journal.Confirmed:
		return "kept"
	case journal.Reverted:
		return "reverted"
	case journal.Refused:
		return "refused"
	case journal.Held:
		return "HELD"
	case journal.KernelError, journal.ScriptFailed:
		return "error"
	case journal.Drift, journal.Lost, journal.DrainOverdue:
		return "warning"
	case journal.Notice, journal.PriorityChange:
		return "note"
	}
	return "event"
}

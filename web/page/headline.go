package page

import (
	"strconv"

	"holdfast/engine/control"
	"holdfast/web/live"
)

// countOfAll counts the real servers of all services.
func countOfAll(s live.Snapshot) (all control.Counts) {
	for _, v := range s.LVS.Status.Virtuals {
		all = all.Plus(v.Count())
	}
	return all
}

// headlineOf makes the one sentence at the top: the worst problem, or that all is
// well with the counts, or that no fault is known but not all is.
func headlineOf(s live.Snapshot, list []problem) headline {
	count := countOfAll(s)
	masters := 0
	for _, in := range s.VRRP.Status.Instances {
		if in.State == "MASTER" {
			masters++
		}
	}
	args := map[string]string{
		"Up": strconv.Itoa(count.Up), "Servers": strconv.Itoa(count.Servers), "Down": strconv.Itoa(count.Servers - count.Up - count.Unknown() - count.Apart),
		"Masters": strconv.Itoa(masters), "Routers": strconv.Itoa(len(s.VRRP.Status.Instances)),
		"Services": strconv.Itoa(len(s.LVS.Status.Virtuals)), "More": strconv.Itoa(max(0, len(list)-1)),
		"Unasked": some(count.Unasked), "Checkless": some(count.Checkless),
	}
	if len(list) > 0 && (list[0].State != "NO-BACKUP" || count.Unknown() == 0) {
		worst := list[0]
		args["Object"] = worst.Object
		tone := "warning"
		switch look := stateStyles[worst.State]; {
		case look.tone == "error":
			tone = "error"
		case worst.State == "NO-BACKUP":
			tone = "info"
		}
		return headline{Code: "problem-" + worst.State, Tone: tone, Shape: stateStyles[worst.State].shape, Args: args, Link: worst.Link}
	}
	code := "backup"
	switch {
	case len(s.VRRP.Status.Instances) == 0 && len(s.LVS.Status.Virtuals) == 0:
		return headline{Code: "empty", Tone: "info", Shape: "info", Args: args, Link: "/changes"}
	case len(s.VRRP.Status.Instances) == 0:
		code = "services"
	case masters > 0:
		code = "master"
	}
	if count.Unknown() > 0 {
		return headline{Code: "unsure-" + code, Tone: "info", Shape: stateStyles["UNCHECKED"].shape, Args: args, Link: "/services?state=UNCHECKED"}
	}
	return headline{Code: code, Tone: "ok", Shape: "check", Args: args}
}

// some is a number for a sentence that leaves 0 out.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

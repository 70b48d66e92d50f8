package page

import (
	"strconv"

	"holdfast/web/live"
)

// headlineOf makes the one sentence at the top: the worst problem, or that all is
// well with the counts.
func headlineOf(s live.Snapshot, list []problem) headline {
	up, servers := 0, 0
	for _, v := range s.LVS.Status.Virtuals {
		for _, r := range v.Servers {
			servers++
			if serves(r) {
				up++
			}
		}
	}
	masters, backups := 0, 0
	for _, in := range s.VRRP.Status.Instances {
		switch in.State {
		case "MASTER":
			masters++
		case "BACKUP":
			backups++
		}
	}
	args := map[string]string{
		"Up": strconv.Itoa(up), "Servers": strconv.Itoa(servers), "Down": strconv.Itoa(servers - up),
		"Masters": strconv.Itoa(masters), "Routers": strconv.Itoa(len(s.VRRP.Status.Instances)),
		"Services": strconv.Itoa(len(s.LVS.Status.Virtuals)), "More": strconv.Itoa(max(0, len(list)-1)),
	}
	if len(list) > 0 {
		worst := list[0]
		args["Object"] = worst.Object
		tone := "warning"
		if look := stateStyles[worst.State]; look.tone == "error" {
			tone = "error"
		}
		return headline{Code: "problem-" + worst.State, Tone: tone, Shape: stateStyles[worst.State].shape, Args: args, Link: worst.Link}
	}
	switch {
	case len(s.VRRP.Status.Instances) == 0 && len(s.LVS.Status.Virtuals) == 0:
		return headline{Code: "empty", Tone: "info", Shape: "info", Args: args, Link: "/changes"}
	case len(s.VRRP.Status.Instances) == 0:
		return headline{Code: "services", Tone: "ok", Shape: "check", Args: args}
	case masters > 0:
		return headline{Code: "master", Tone: "ok", Shape: "check", Args: args}
	}
	return headline{Code: "backup", Tone: "ok", Shape: "check", Args: args}
}

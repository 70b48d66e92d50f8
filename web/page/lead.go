package page

import (
	"strconv"

	"holdfast/web/live"
)

// leadOf makes the one sentence: the worst that is so, or that all is well and
// how much of it there is.
func leadOf(s live.Snapshot, list []trouble) lead {
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
		if look := looks[worst.State]; look.tone == "error" {
			tone = "error"
		}
		return lead{Code: "trouble-" + worst.State, Tone: tone, Shape: looks[worst.State].shape, Args: args, Link: worst.Link}
	}
	switch {
	case len(s.VRRP.Status.Instances) == 0 && len(s.LVS.Status.Virtuals) == 0:
		return lead{Code: "empty", Tone: "info", Shape: "info", Args: args, Link: "/changes"}
	case len(s.VRRP.Status.Instances) == 0:
		return lead{Code: "services", Tone: "ok", Shape: "check", Args: args}
	case masters > 0:
		return lead{Code: "master", Tone: "ok", Shape: "check", Args: args}
	}
	return lead{Code: "backup", Tone: "ok", Shape: "check", Args: args}
}

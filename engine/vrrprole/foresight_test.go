package vrrprole

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// A text can take the addresses off a master, or put those of an owner on, by its
// words alone: the plan says so before.
func TestPlanTellsWhatTheSurroundingsMakeOfAText(t *testing.T) {
	const plain = "vrrp_instance VI_1 {\nstate MASTER\npriority 255\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.100\n}\n}\n"
	with := func(words string) string {
		return strings.Replace(plain, "interface eth0\n", "interface eth0\n"+words+"\n", 1)
	}
	const off = "ip address del 192.0.2.100/32 dev eth0"
	for name, c := range map[string]struct{ text, lines, held string }{
		"an interface that is missing": {with("track_interface {\neth9\n}"), off, string(vrrp.NoInterface)},
		"an address that is missing":   {with("mcast_src_ip 192.0.2.7"), off, string(vrrp.NoAddress)},
		"a script that begins failed":  {"vrrp_script chk {\nscript /bin/true\ninterval 60\ninit_fail\n}\n" + with("track_script {\nchk\n}"), off, ""},
		"a group that is in fault": {plain + "vrrp_instance VI_2 {\ninterface eth9\nvirtual_router_id 52\nvirtual_ipaddress {\n192.0.2.200\n}\n}\nvrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\n}\n",
			off, string(vrrp.NoInterface)},
		"an owner that is new": {plain + strings.NewReplacer("VI_1", "VI_2", "51", "52", "192.0.2.100", "192.0.2.200").Replace(plain),
			"ip address add 192.0.2.200/32 dev eth0 scope global", ""},
		"a weight": {with("track_interface {\neth9 weight -20\n}"), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configFrom(t, plain))
				time.Sleep(5 * time.Second)
				if !a.holds("192.0.2.100/32") {
					t.Fatal("it is no master")
				}
				p, err := a.role.Plan(t.Context(), configFrom(t, c.text))
				if got := strings.Join(p.Lines, "; "); err != nil || got != c.lines {
					t.Errorf("said %q, %v, want %q", got, err, c.lines)
				}
				if told := slices.ContainsFunc(p.Held, func(h control.Blocked) bool { return h.Code == c.held }); told != (c.held != "") || len(p.Held) > 1 {
					t.Errorf("held back %+v, want %q", p.Held, c.held)
				}
				did, err := a.role.Apply(t.Context(), configFrom(t, c.text))
				if err != nil || !slices.Equal(did.Lines, p.Lines) {
					t.Errorf("did %q, %v", did.Lines, err)
				}
				a.stop(control.Release)
			})
		})
	}
}

package vrrprole

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/plan"
)

// ipAddress is an address as `ip -j address` tells it.
type ipAddress struct {
	Local     string `json:"local"`
	Broadcast string `json:"broadcast"`
	Scope     string `json:"scope"`
	Label     string `json:"label"`
}

// ipAddress gives an address of the node; a zero one while it is not there, as between
// the two halves of a change.
func (n *labNode) ipAddress(local string) ipAddress {
	n.lab.t.Helper()
	out, err := exec.Command("ip", "-n", n.ns, "-j", "address", "show", "dev", "eth0").Output()
	if err != nil {
		n.lab.t.Fatal(err)
	}
	var links []struct {
		Addrs []ipAddress `json:"addr_info"`
	}
	if err := json.Unmarshal(out, &links); err != nil {
		n.lab.t.Fatal(err)
	}
	for _, l := range links {
		for _, a := range l.Addrs {
			if a.Local == local {
				return a
			}
		}
	}
	return ipAddress{}
}

func TestReloadThatWritesAHeldAddressOtherwiseChangesTheKernel(t *testing.T) {
	l := newLab(t)
	a := l.nodes["a"]
	text := func(words string) string {
		return "vrrp_instance VI_1 {\nstate MASTER\ninterface eth0\nvirtual_router_id 51\npriority 255\nvirtual_ipaddress {\n192.0.2.100/32 " + words + "\n}\n}\n"
	}
	a.start(text(""))
	a.becomes("MASTER", 15*time.Second)
	a.has(true)
	client := control.Dial(filepath.Join(a.dir, "vrrp.sock"))
	for _, step := range []struct {
		words string
		want  ipAddress
	}{
		{"label eth0:vip", ipAddress{"192.0.2.100", "", "global", "eth0:vip"}},
		{"label eth0:vip brd 192.0.2.255", ipAddress{"192.0.2.100", "192.0.2.255", "global", "eth0:vip"}},
		{"label eth0:vip brd 192.0.2.255 scope link", ipAddress{"192.0.2.100", "192.0.2.255", "link", "eth0:vip"}},
		{"", ipAddress{"192.0.2.100", "", "global", "eth0"}},
	} {
		said, err := client.Plan(context.Background(), text(step.words))
		if err != nil {
			t.Fatal(err)
		}
		did, err := client.Apply(context.Background(), control.ApplyRequest{Text: text(step.words)})
		if err != nil {
			t.Fatal(err)
		}
		verbs := []plan.Verb{}
		for _, o := range did.Operations {
			verbs = append(verbs, o.Verb)
		}
		if !slices.Equal(verbs, []plan.Verb{plan.DeleteAddress, plan.AddAddress}) || !slices.Equal(said.Lines, did.Lines) {
			t.Errorf("%q: said %q, did %q", step.words, said.Lines, did.Lines)
		}
		if got := a.ipAddress("192.0.2.100"); got != step.want {
			t.Errorf("%q: %+v, want %+v", step.words, got, step.want)
		}
	}
	again, err := client.Apply(context.Background(), control.ApplyRequest{Text: text("")})
	if err != nil || len(again.Operations) > 0 {
		t.Errorf("what is as it should be was touched: %q, %v", again.Lines, err)
	}
	if s := a.status(); s.State != "MASTER" {
		t.Errorf("it became %s", s.State)
	}
}

// A killed process leaves its addresses; the next one may have another text. It goes on
// or, where it was away too long, begins anew: the owner is master at once either way.
func TestResumedMasterHoldsAnAddressAsItIsWrittenNow(t *testing.T) {
	l := newLab(t)
	a := l.nodes["a"]
	a.start(conf("MASTER", 255))
	a.becomes("MASTER", 15*time.Second)
	a.has(true)
	a.kill()
	l.ip("-n", a.ns, "address", "del", "192.0.2.100/32", "dev", "eth0")
	l.ip("-n", a.ns, "address", "add", "192.0.2.100/32", "dev", "eth0", "label", "eth0:old")
	a.again()
	a.becomes("MASTER", 15*time.Second)
	for end := time.Now().Add(15 * time.Second); a.ipAddress("192.0.2.100").Label != "eth0"; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%+v", a.ipAddress("192.0.2.100"))
		}
	}
}

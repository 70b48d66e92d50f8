package main

import (
	"net/netip"
	"strings"
	"testing"

	"holdfast/engine/control"
	"holdfast/engine/plan"
)

func TestOperationsThatThisKernelCannotDoAreNotCountedAsDone(t *testing.T) {
	address := plan.Op{Verb: plan.AddAddress, Address: plan.Address{Prefix: netip.MustParsePrefix("192.0.2.7/32"), Link: "lo"}}
	service := plan.Op{Verb: plan.AddService, Service: plan.Service{Key: plan.ServiceKey{Addr: netip.MustParseAddr("192.0.2.7"), Port: 80}}}
	for _, c := range []struct {
		missing          string
		address, service bool // is held back
	}{
		{"", false, false},
		{"no-ipvs", false, true},
		{"no-net-raw", true, false},
		{"no-net-admin", true, true},
	} {
		x := &explainer{env: &env{Lang: "en"}}
		x.planned.Operations = plan.Plan{address, service}
		if c.missing != "" {
			x.planned.Held = []control.Held{{Code: c.missing}}
		}
		for i, held := range []bool{c.address, c.service} {
			if got := strings.HasPrefix(x.does(i), "zero operations: "); got != held {
				t.Errorf("%s: %s", c.missing, x.does(i))
			}
		}
		want := 0
		for _, held := range []bool{c.address, c.service} {
			if held {
				want++
			}
		}
		if done, held := x.now(); held != want || done != 2-want {
			t.Errorf("%s: %d done, %d held back", c.missing, done, held)
		}
	}
}

package lvsrole

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"holdfast/engine/plan"
)

// The schedulers that give a client its server by a hash keep a server of weight 0 among
// those they choose from. Without their flag for it they turn its clients away.
func TestGuestAHashTurnsClientsOfAServerOfWeightZeroAway(t *testing.T) {
	const clients = 60
	g := newGuest(t)
	g.addresses(clients)
	g.serve("192.0.2.33:80")
	g.serve("192.0.2.34:80")
	at := func(weight uint32) plan.Service {
		s := plan.Service{Key: plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}}
		s.Destinations = []plan.Destination{
			{Addr: netip.MustParseAddr("192.0.2.33"), Port: 80, Weight: weight},
			{Addr: netip.MustParseAddr("192.0.2.34"), Port: 80, Weight: 1},
		}
		return s
	}
	refused := func() (n int) {
		for client := 1; client <= clients; client++ {
			d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(10, 77, 0, byte(client))}, Timeout: 5 * time.Second}
			if g.inside(func() error {
				conn, err := d.Dial("tcp4", "192.0.2.100:80")
				if err == nil {
					conn.Close()
				}
				return err
			}) != nil {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		scheduler string
		flags     uint32
		away      bool
	}{
		{"rr", 0, false}, {"wlc", 0, false},
		{"sh", 0, true}, {"sh", plan.SchedFlag1, false},
		{"mh", 0, true}, {"mh", plan.SchedFlag1, false},
		{"dh", 0, true},
	} {
		full, drained := at(1), at(0)
		for _, s := range []*plan.Service{&full, &drained} {
			s.Scheduler, s.Flags = c.scheduler, c.flags
		}
		none, before, after := plan.State{}, plan.State{Services: []plan.Service{full}}, plan.State{Services: []plan.Service{drained}}
		g.write(plan.Diff(none, before))
		g.write(plan.Diff(before, after))
		n := refused()
		fmt.Printf("measured: %s, flags %d: %d of %d clients turned away\n", c.scheduler, c.flags, n, clients)
		if (n > 0) != c.away {
			t.Errorf("%s, flags %d: %d of %d clients turned away", c.scheduler, c.flags, n, clients)
		}
		g.write(plan.Diff(after, none))
	}
}

package lvsrole

import (
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"testing"

	"holdfast/engine/lvs"
	"holdfast/engine/plan"
)

// The kernel's own table is not to be seen: where its clients go is.
func TestGuestMhSendsEachClientWhereTheTableSays(t *testing.T) {
	const clients = 120
	g := newGuest(t)
	g.addresses(clients)
	if err := g.inside(func() error { return exec.Command("ip", "addr", "add", "192.0.2.35/32", "dev", "lo").Run() }); err != nil {
		t.Fatal(err)
	}
	servers := map[string]*echo{}
	want := plan.Service{Key: plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}, Scheduler: "mh", Flags: plan.SchedFlag1}
	for i, addr := range []string{"192.0.2.33", "192.0.2.34", "192.0.2.35"} {
		servers[addr+":80"] = g.serve(addr + ":80")
		want.Destinations = append(want.Destinations, plan.Destination{Addr: netip.MustParseAddr(addr), Port: 80, Weight: uint32(i%2 + 1)})
	}
	is := func(s plan.Service) plan.State { return plan.State{Services: []plan.Service{s}} }
	one := func() plan.Service { return g.read()[0] }
	g.write(plan.Diff(plan.State{}, is(want)))
	if !one().Equal(want) {
		t.Fatalf("%+v, want %+v", one(), want)
	}
	var conns []net.Conn
	// predicted connects every client, and compares where they went with the table.
	predicted := func(when string) {
		t.Helper()
		listed := one().Listed()
		table, picks, came := lvs.MhTable(listed), map[string]int64{}, map[string]int64{}
		for name, e := range servers {
			came[name] = e.came.Load()
		}
		for n := 1; n <= clients; n++ {
			conns = append(conns, g.connect(n))
			picks[listed[lvs.MhPick(table, netip.AddrFrom4([4]byte{10, 77, 0, byte(n)}), 0)].End().String()]++
		}
		for name, e := range servers {
			eventually(t, fmt.Sprintf("%s: %d at %s", when, picks[name], name), func() bool { return e.came.Load()-came[name] == picks[name] })
		}
	}
	predicted("at first")
	lost := func(when string) {
		t.Helper()
		n := 0
		for _, c := range conns {
			if alive(c) != nil {
				n++
			}
		}
		fmt.Printf("measured: %d of %d connections lost %s\n", n, len(conns), when)
		if n > 0 {
			t.Errorf("%d are lost %s", n, when)
		}
	}
	// As keepalived does, and as a server of an older build returned.
	first := want.Destinations[0]
	op := func(verb plan.Verb) plan.Plan {
		return plan.Plan{{Verb: verb, Service: plan.Service{Key: want.Key}, Destination: first}}
	}
	g.write(op(plan.DeleteDestination))
	g.write(op(plan.AddDestination))
	before := one()
	if before.Order == nil {
		t.Fatalf("the kernel lists %v", before.Listed())
	}
	predicted("with the first server listed first")
	moved := lvs.Moved(before, want)
	fmt.Printf("measured: the order of three servers moves %.1f %% of the clients\n", 100*moved)
	if moved <= 0 || moved > 0.1 {
		t.Errorf("%v move", moved)
	}
	g.write(plan.Diff(is(before), is(want)))
	if after := one(); !after.Equal(want) {
		t.Fatalf("%+v, want %+v", after, want)
	}
	lost("by restoring the order")
	predicted("with the order restored")
	// A server leaves and returns, by our own operations.
	less := want
	less.Destinations = want.Destinations[1:]
	g.write(plan.Diff(is(want), is(less)))
	g.write(plan.Diff(is(less), is(want)))
	if after := one(); !after.Equal(want) {
		t.Fatalf("%+v, want %+v", after, want)
	}
	lost("by a server that left and returned")
	predicted("after its return")
}

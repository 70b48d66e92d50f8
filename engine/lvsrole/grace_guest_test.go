package lvsrole

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"holdfast/engine/control"
)

// A blip of all checks must not cut what the servers have.
func TestGuestFailedChecksForAMomentCutNoConnection(t *testing.T) {
	const clients = 100
	g := newGuest(t)
	g.addresses(clients)
	g.serve("192.0.2.33:80")
	g.serve("192.0.2.34:80")
	text := strings.Replace(brisk("! holdfast: failing_grace 60"), "lb_kind DR", "lb_kind NAT", 1)
	p := g.boot(configOf(t, text), g.options())
	eventually(t, "both servers", g.holds(bothServers))
	var conns []net.Conn
	for n := 1; n <= clients; n++ {
		conns = append(conns, g.connect(n))
	}
	g.breakDown(firstServer, "connection refused")
	g.breakDown(otherServer, "connection refused")
	eventually(t, "all servers failed", g.holds("127.0.0.1=1 192.0.2.33=0 192.0.2.34=0"))
	for i, conn := range conns {
		if err := alive(conn); err != nil {
			t.Errorf("client %d while the checks fail: %v", i+1, err)
		}
	}
	g.heal(firstServer)
	g.heal(otherServer)
	eventually(t, "both servers again", g.holds(bothServers))
	lost := 0
	for _, conn := range conns {
		if alive(conn) != nil {
			lost++
		}
	}
	fmt.Printf("measured: %d of %d connections lost by a blip of all checks\n", lost, clients)
	if lost > 0 {
		t.Errorf("%d of %d are lost", lost, clients)
	}
	p.stop(control.Release)
}

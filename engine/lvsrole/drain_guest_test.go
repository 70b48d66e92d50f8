package lvsrole

import (
	"bufio"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
)

// echo is a real server that answers each line with it, and counts who comes.
type echo struct {
	came atomic.Int64
}

// serve listens on addr in the guest's namespace.
func (g *guest) serve(addr string) *echo {
	g.t.Helper()
	var l net.Listener
	if err := g.inside(func() (err error) {
		l, err = net.Listen("tcp", addr)
		return err
	}); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { l.Close() })
	e := &echo{}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			e.came.Add(1)
			go func() {
				defer conn.Close()
				for in := bufio.NewScanner(conn); in.Scan(); {
					if _, err := fmt.Fprintln(conn, in.Text()); err != nil {
						return
					}
				}
			}()
		}
	}()
	return e
}

// connect opens a connection to the service as client n.
func (g *guest) connect(n int) net.Conn {
	g.t.Helper()
	var conn net.Conn
	if err := g.inside(func() (err error) {
		d := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 77, 0, byte(n)}), 0)), Timeout: 10 * time.Second}
		conn, err = d.Dial("tcp4", "192.0.2.100:80")
		return err
	}); err != nil {
		g.t.Fatalf("client %d: %v", n, err)
	}
	g.t.Cleanup(func() { conn.Close() })
	return conn
}

// alive says whether a connection still carries bytes both ways.
func alive(conn net.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(conn, "still there"); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && line != "still there\n" {
		err = fmt.Errorf("%q came back", line)
	}
	return err
}

// addresses gives the guest's loopback the service's address, those of two servers and
// those of clients.
func (g *guest) addresses(clients int) {
	g.t.Helper()
	all := []string{"192.0.2.100", "192.0.2.33", "192.0.2.34"}
	for n := range clients {
		all = append(all, fmt.Sprintf("10.77.0.%d", n+1))
	}
	var batch strings.Builder
	for _, a := range all {
		fmt.Fprintf(&batch, "addr add %s/32 dev lo\n", a)
	}
	if err := g.inside(func() error {
		ip := exec.Command("ip", "-batch", "-")
		ip.Stdin = strings.NewReader(batch.String())
		return ip.Run()
	}); err != nil {
		g.t.Fatal(err)
	}
}

func TestGuestADrainedServerKeepsItsConnectionsAndGetsNoNewOne(t *testing.T) {
	const clients = 50
	g := newGuest(t)
	g.addresses(clients)
	first, other := g.serve("192.0.2.33:80"), g.serve("192.0.2.34:80")
	cfg := configOf(t, `virtual_server 192.0.2.100 80 {
    lvs_sched rr
    lvs_method NAT
    protocol TCP
    persistence_timeout 300
    real_server 192.0.2.33 80 {
    }
    real_server 192.0.2.34 80 {
    }
}
`)
	p := g.boot(cfg, g.options())
	eventually(t, "both servers", g.holds("192.0.2.33=1 192.0.2.34=1"))
	var conns []net.Conn
	var bound []int // clients of the first server
	for n := 1; n <= clients; n++ {
		before := first.came.Load()
		conns = append(conns, g.connect(n))
		if err := alive(conns[n-1]); err != nil {
			t.Fatalf("client %d: %v", n, err)
		}
		if first.came.Load() > before {
			bound = append(bound, n)
		}
	}
	if len(bound) == 0 || len(bound) == clients || first.came.Load()+other.came.Load() != clients {
		t.Fatalf("%d came to the first, %d to the other", first.came.Load(), other.came.Load())
	}
	o := p.give(control.OrderRequest{Server: firstServer, Mode: "drain", Reason: "test"})
	if o.Server.State != "DRAINING" || len(o.Lines) != 1 {
		t.Fatalf("%+v", o)
	}
	nobodyNew := func(when string) {
		t.Helper()
		came := other.came.Load()
		for _, n := range bound {
			conn := g.connect(n)
			if err := alive(conn); err != nil {
				t.Errorf("%s, client %d anew: %v", when, n, err)
			}
			conn.Close()
		}
		if got := other.came.Load() - came; first.came.Load() != int64(len(bound)) || got != int64(len(bound)) {
			t.Errorf("%s: %d of %d new connections came to the other server, the first has had %d", when, got, len(bound), first.came.Load())
		}
		for i, conn := range conns {
			if err := alive(conn); err != nil {
				t.Errorf("%s, client %d: %v", when, i+1, err)
			}
		}
	}
	for _, of := range []string{"", "tcp:192.0.2.100:80"} {
		var last []control.VirtualStats
		eventually(t, "the kernel has summed up what it counted", func() bool {
			all, err := p.role.(control.Counting).Stats(t.Context(), of)
			if err != nil || len(all) != 1 || len(all[0].Servers) != 2 {
				t.Fatalf("%q: %+v, %v", of, all, err)
			}
			last = all
			return all[0].Connections == clients
		})
		s := last[0]
		if n := s.Servers[0]; n.Connections != uint64(len(bound)) || n.Active != uint64(len(bound)) || n.Persistent != uint64(len(bound)) || n.InBytes == 0 || n.InPackets < 3*n.Connections {
			t.Errorf("%q: the first server with %d connections: %+v", of, len(bound), n)
		}
		if s.InBytes != s.Servers[0].InBytes+s.Servers[1].InBytes {
			t.Errorf("%q: the service: %+v", of, s)
		}
	}
	nobodyNew("drained")
	p.crash()
	nobodyNew("between two processes")
	p = g.boot(cfg, g.options())
	nobodyNew("after a restart")
	left := func(want uint64) func() bool {
		return func() bool {
			o := p.status().Virtuals[0].Servers[0].Order
			return o != nil && o.Left != nil && o.Left.Active == want
		}
	}
	eventually(t, "what is left is counted", left(uint64(len(bound))))
	for _, n := range bound[1:] {
		conns[n-1].Close()
	}
	eventually(t, "one is left", left(1))
	if told := g.told(journal.ServerDrained); len(told) != 0 {
		t.Errorf("safe to stop with one connection open: %+v", told)
	}
	conns[bound[0]-1].Close()
	eventually(t, "it is safe to stop", func() bool { return len(g.told(journal.ServerDrained)) > 0 })
	p.crash()
	p = g.boot(cfg, g.options())
	eventually(t, "the state after a restart", func() bool { return p.status().Virtuals[0].Servers[0].State == "DRAINED" })
	if o := p.give(control.OrderRequest{Server: firstServer, Mode: "back"}); o.Server.Weight != 1 {
		t.Errorf("%+v", o)
	}
	if told := g.told(journal.ServerDrained); len(told) != 1 {
		t.Errorf("told %d times", len(told))
	}
	if on, err := g.options().TemplatesExpire(); err != nil || on {
		t.Errorf("the setting for bound clients is left: %v, %v", on, err)
	}
	p.stop(control.Release)
}

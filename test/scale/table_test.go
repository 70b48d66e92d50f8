package scale

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/test/lab"
)

// large is a table of so many services with so many servers each.
type large struct{ services, servers int }

// tableSize is what HOLDFAST_TABLE names, such as 10000x10, or a table that costs a run
// of all tests little.
func tableSize(t *testing.T) (size large) {
	text := os.Getenv("HOLDFAST_TABLE")
	if text == "" {
		text = "300x4"
	}
	if _, err := fmt.Sscanf(text, "%dx%d", &size.services, &size.servers); err != nil {
		t.Fatalf("HOLDFAST_TABLE=%s: %v, want SERVICESxSERVERS", text, err)
	}
	return size
}

func (l large) key(i int) plan.ServiceKey {
	return plan.ServiceKey{Protocol: syscall.IPPROTO_TCP, Addr: netip.AddrFrom4([4]byte{198, 51, 100, byte(1 + i%250)}), Port: uint16(1000 + i/250)}
}

// config is the configuration; weight is that of the last server of all.
func (l large) config(weight int) string {
	var b strings.Builder
	for i := range l.services {
		key := l.key(i)
		fmt.Fprintf(&b, "virtual_server %s %d {\n  delay_loop 60\n  lb_algo wrr\n  lb_kind NAT\n  protocol TCP\n", key.Addr, key.Port)
		for j := range l.servers {
			n, w := i*l.servers+j, 1
			if n == l.services*l.servers-1 {
				w = weight
			}
			fmt.Fprintf(&b, "  real_server 127.%d.%d.%d 8080 {\n    weight %d\n  }\n", 1+n>>16, n>>8&255, n&255, w)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// last is the weight of the last server in the kernel's table; false: its service is
// not complete.
func (l large) last(t *testing.T, n *lab.Node) (weight uint32, complete bool) {
	t.Helper()
	var there []plan.Service
	err := n.Do(func() error {
		door, err := kernel.OpenIPVS(kernel.Modprobe)
		if err != nil {
			return err
		}
		defer door.Close()
		there, err = door.ReadSome([]plan.ServiceKey{l.key(l.services - 1)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(there) != 1 || len(there[0].Destinations) != l.servers {
		return 0, false
	}
	return there[0].Destinations[l.servers-1].Weight, true
}

// await waits for a fact of the last server.
func (l large) await(t *testing.T, n *lab.Node, what string, fact func(weight uint32, complete bool) bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); !fact(l.last(t, n)); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come about", what)
		}
	}
}

// TestGuestLargeTableBesideKeepalived prints, for keepalived, for the program that
// HOLDFAST_BEFORE names if it does, and for the one under test, when the table is
// complete, what a change of one weight takes, the memory of all processes, and the stop.
func TestGuestLargeTableBesideKeepalived(t *testing.T) {
	size := tableSize(t)
	programs := []lab.Program{lab.Keepalived("-C")}
	if before := os.Getenv("HOLDFAST_BEFORE"); before != "" {
		p := lab.Holdfast()
		argv := p.Argv
		p.Name, p.Argv = "before", func(node, config, run string) []string {
			return append([]string{before}, argv(node, config, run)[1:]...)
		}
		programs = append(programs, p)
	}
	for _, p := range append(programs, lab.Holdfast()) {
		t.Run(p.Name, func(t *testing.T) { size.measure(t, p) })
	}
}

func (l large) measure(t *testing.T, p lab.Program) {
	ours := p.Name == lab.Holdfast().Name
	d1 := lab.New(t, lab.Options{Nodes: []string{"d1"}}).Node("d1")
	netlink := d1.WatchNetlink()
	began := time.Now()
	d := d1.Direct(p, l.config(1))
	l.await(t, d1, "the table", func(_ uint32, complete bool) bool { return complete })
	complete := time.Since(began)
	time.Sleep(quiet())
	rest := memory(t, d1)
	netlink.Reset()
	d.Write("keepalived.conf", l.config(7), 0o644)
	began = time.Now()
	d.Signal(syscall.SIGHUP)
	l.await(t, d1, "the new weight", func(weight uint32, _ bool) bool { return weight == 7 })
	changed := time.Since(began)
	time.Sleep(quiet())
	if got := netlink.Counts(); ours && !maps.Equal(got, map[string]int{"set-dest": 1}) {
		t.Errorf("the change took %v, want one operation", got)
	}
	after := memory(t, d1)
	began = time.Now()
	d.Signal(syscall.SIGTERM)
	d.Wait(5 * time.Minute)
	stopped, left := time.Since(began), len(d1.Pool())
	t.Logf("measured %s, %d services with %d servers: complete after %.2f s, one weight after %.2f s, %d MiB, %d MiB after the change, stopped after %.1f s, %d servers left",
		p.Name, l.services, l.servers, complete.Seconds(), changed.Seconds(), rest>>20, after>>20, stopped.Seconds(), left)
	if ours && left > 0 {
		t.Errorf("%d servers are left after the stop", left)
	}
}

// quiet is how long to wait before memory is measured: what was only needed to read a
// large text has been given back by then.
func quiet() time.Duration {
	if os.Getenv("HOLDFAST_TABLE") == "" {
		return time.Second
	}
	return 7 * time.Second
}

// memory is what all processes of a node have in memory.
func memory(t *testing.T, n *lab.Node) (bytes int) {
	t.Helper()
	for _, pid := range n.PIDs() {
		bytes += lab.Memory(t, pid, "VmRSS")
	}
	return bytes
}

package interop

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
)

// virtualMAC is the hardware address of the virtual router (RFC 9568, 7.3).
func (w way) virtualMAC() string {
	if w.six {
		return "00:00:5e:00:02:33"
	}
	return "00:00:5e:00:01:33"
}

// Each version in each family under the virtual router's own hardware address, with
// keepalived on the other side: election, stop, cable, crash and return. To a client the
// router stays the same machine all the time.
func TestEveryWayOfVRRPUnderAVirtualMACBesideKeepalived(t *testing.T) {
	t.Parallel()
	for _, w := range []way{{2, false, false}, {3, false, false}, {2, true, false}, {3, true, false}} {
		for _, programs := range [][2]lab.Program{{keepalived(), lab.Holdfast()}, {lab.Holdfast(), keepalived()}} {
			t.Run(fmt.Sprintf("%v, %s is master", w, programs[0].Name), func(t *testing.T) {
				t.Parallel()
				w.playVMAC(t, programs)
			})
		}
	}
}

// vmacLab is a pair under a virtual hardware address, and a client.
type vmacLab struct {
	*testing.T
	way
	lab  *lab.Lab
	wire *lab.Wire
	d    [2]*lab.Director
}

func (w way) playVMAC(t *testing.T, programs [2]lab.Program) {
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2", "c"}})
	v := &vmacLab{t, w, l, l.Capture(), [2]*lab.Director{}}
	for i, s := range sides {
		w.prepare(l.Node(s.node), s)
		text := strings.Replace(w.config(s, sides[1-i]), "priority", "use_vmac\n    priority", 1)
		v.d[i] = l.Node(s.node).Director(programs[i], text)
	}
	w.prepare(l.Node("c"), side{host: 10})
	for i, s := range sides {
		if programs[i].Name != lab.Holdfast().Name && !w.six {
			// Where keepalived asks who the client is, it says that it is the virtual address at
			// its card's own hardware address: arp_announce of the card stays 0.
			l.Node(s.node).Run("ip", "neighbour", "replace", "192.0.2.10", "lladdr", "02:00:00:00:00:0a", "dev", "eth0", "nud", "permanent")
		}
	}
	one, two, limit := w.addr(sides[0]), w.addr(sides[1]), 15*time.Second
	v.d[1].Start()
	v.d[0].Start()
	v.wire.Steady(one, high, limit)
	known := v.neighbour()
	if known != w.virtualMAC() {
		t.Errorf("the client knows the address at %s", known)
	}
	v.isOn("d1", true)
	v.isOn("d2", false)

	v.d[0].Signal(syscall.SIGTERM)
	goodbye := v.wire.Expect("the resignation", time.Now().Add(-time.Second), limit, lab.From(one, 0))
	first := v.wire.Expect("d2 after a goodbye", goodbye.At, limit, lab.From(two, low))
	v.serves("d2", first.At)
	v.d[0].Wait(limit)
	v.left("d1")
	v.d[0].Start()
	v.wire.Steady(one, high, limit)
	v.serves("d1", time.Now())

	unplugged := time.Now()
	l.Node("d1").Cable(false)
	first = v.wire.Expect("d2 after the cable", unplugged, limit, lab.From(two, low))
	v.serves("d2", first.At)
	l.Node("d1").Cable(true)
	v.wire.Steady(one, high, limit)
	v.serves("d1", time.Now())

	killed := v.d[0].Crash()
	v.wire.Expect("d2 after a crash", killed, limit, lab.From(two, low))
	v.d[0].Start()
	v.wire.Steady(one, high, limit)
	v.serves("d1", time.Now())
	for _, f := range v.wire.Since(time.Time{}) {
		if f.MAC != w.virtualMAC() && (f.Kind == lab.Advert || f.Src == w.virtual()) {
			t.Fatalf("another hardware address: %v from %s", f, f.MAC)
		}
	}
}

// neighbour has the client speak to the address, and gives the hardware address that it
// knows then.
func (v *vmacLab) neighbour() string {
	v.Helper()
	c, to := v.lab.Node("c"), netip.AddrPortFrom(v.virtual(), 81)
	for end := time.Now().Add(10 * time.Second); ; {
		err := c.Do(func() error {
			conn, err := net.DialTimeout("tcp", to.String(), time.Second)
			if err == nil {
				conn.Close()
			}
			return err
		})
		if err == nil || errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
		if time.Now().After(end) {
			v.Fatalf("the client does not reach %s: %v", to, err)
		}
	}
	words := strings.Fields(c.Run("ip", "neighbour", "show", "to", v.virtual().String()))
	for i, w := range words {
		if w == "lladdr" && i+1 < len(words) {
			return words[i+1]
		}
	}
	return strings.Join(words, " ")
}

// serves expects the client to be served by a node without learning anything, and the
// switch to know where the router is now.
func (v *vmacLab) serves(node string, since time.Time) {
	v.Helper()
	if now := v.neighbour(); now != v.virtualMAC() {
		v.Errorf("for the client the address moved to %s", now)
	}
	want := "dev p-" + node
	for end := since.Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		table := v.lab.Switch().Run("bridge", "fdb", "show", "br", "br0")
		for line := range strings.Lines(table) {
			if strings.HasPrefix(line, v.virtualMAC()) && strings.Contains(line, want+" ") {
				v.isOn(node, true)
				return
			}
		}
		if time.Now().After(end) {
			v.Fatalf("the switch does not find the router by %q:\n%s", want, table)
		}
	}
}

// isOn waits a moment for the address to be on a node, on whatever link.
func (v *vmacLab) isOn(node string, want bool) {
	v.Helper()
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		is := strings.Contains(v.lab.Node(node).Run("ip", "-oneline", "address", "show"), " "+v.virtual().String()+"/")
		if is == want {
			return
		}
		if time.Now().After(end) {
			v.Errorf("%s holds the address: %v", node, is)
			return
		}
	}
}

// left expects nothing of a program that has ended: no link, and of Holdfast no setting.
func (v *vmacLab) left(node string) {
	v.Helper()
	n := v.lab.Node(node)
	if links := n.Run("ip", "-brief", "link", "show"); strings.Contains(links, "vrrp") {
		v.Errorf("left:\n%s", links)
	}
	if v.d[0].Name == lab.Holdfast().Name && strings.Trim(n.Run("sysctl", "-n", "net.ipv4.conf.eth0.arp_ignore", "net.ipv4.conf.eth0.arp_filter", "net.ipv4.conf.eth0.arp_announce"), "0\n") != "" {
		v.Error("a setting of the interface is left")
	}
}

package interop

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
)

// peerConfig is one side of a pair that speaks to peers.
func peerConfig(state string, priority int, words ...string) string {
	return fmt.Sprintf(`vrrp_instance VI_1 {
    state %s
    interface eth0
    virtual_router_id 51
    priority %d
    advert_int 1
    virtual_ipaddress {
        192.0.2.100/32
    }
    %s
}
`, state, priority, strings.Join(words, "\n"))
}

func toPeers(list ...string) string {
	return "unicast_peer {\n" + strings.Join(list, "\n") + "\n}"
}

// What Holdfast sends to peers is byte for byte what keepalived sends, from the first
// advert to the resignation: the IP packets, in their order.
func TestAdvertsToPeersAreThoseOfKeepalived(t *testing.T) {
	t.Parallel()
	two := toPeers("192.0.2.32", "192.0.2.10 min_ttl 1")
	for name, words := range map[string][]string{
		"plain":                  {two},
		"with a password":        {two, "authentication {\nauth_type PASS\nauth_pass 64e06f86x\n}"},
		"of a TTL and a source":  {two, "unicast_ttl 17", "unicast_src_ip 198.51.100.7"},
		"with oneself among all": {toPeers("192.0.2.31", "192.0.2.32", "192.0.2.10")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var theirs, ours []string
			t.Run("lab", func(t *testing.T) {
				t.Run("keepalived", func(t *testing.T) { t.Parallel(); theirs = sentToPeers(t, keepalived(), words) })
				t.Run("holdfast", func(t *testing.T) { t.Parallel(); ours = sentToPeers(t, lab.Holdfast(), words) })
			})
			if !slices.Equal(theirs, ours) {
				t.Errorf("keepalived sends\n%s\nholdfast sends\n%s", strings.Join(theirs, "\n"), strings.Join(ours, "\n"))
			}
		})
	}
}

// sentToPeers are the first two adverts to each peer, and the resignation. Their
// identification goes on from one to the next.
func sentToPeers(t *testing.T, program lab.Program, words []string) []string {
	t.Helper()
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2", "c"}})
	wire, n := l.Capture(), l.Node("d1")
	n.Run("ip", "address", "add", "198.51.100.7/32", "dev", "lo")
	d := n.Direct(program, peerConfig("MASTER", 150, words...))
	began := time.Now()
	last := byte(10) // the last byte of the last peer
	until := func(what string, match func(lab.Frame) bool) {
		wire.Expect(what, began, 20*time.Second, func(f lab.Frame) bool {
			return f.Kind == lab.Advert && f.Dst.As4()[3] == last && match(f)
		})
	}
	second := func(f lab.Frame) bool { return f.Packet[5] == 2 }
	until("the second advert", second)
	d.Signal(syscall.SIGTERM)
	until("the resignation", func(f lab.Frame) bool { return f.Priority == 0 })
	var sent []string
	for _, f := range wire.Since(began.Add(-time.Hour)) {
		if f.Kind != lab.Advert || f.Packet[5] > 2 && f.Priority != 0 {
			continue // how many adverts there are until the stop is no matter of the bytes
		}
		packet := slices.Clone(f.Packet)
		if f.Priority == 0 {
			packet[5], packet[10], packet[11] = 0, 0, 0
		}
		sent = append(sent, hex.EncodeToString(packet))
	}
	return sent
}

func TestHoldfastBacksUpAKeepalivedOfPeers(t *testing.T) {
	t.Parallel()
	playPeers(t, keepalived(), lab.Holdfast())
}

func TestKeepalivedBacksUpAHoldfastOfPeers(t *testing.T) {
	t.Parallel()
	playPeers(t, lab.Holdfast(), keepalived())
}

// playPeers takes a pair that speaks to peers through its faults.
func playPeers(t *testing.T, master, backup lab.Program) {
	p := newPair(t, master, backup)
	one, other := toPeers("192.0.2.32"), toPeers("192.0.2.31 min_ttl 255")
	p.d1.Write("keepalived.conf", peerConfig("MASTER", high, one), 0o644)
	p.d2.Write("keepalived.conf", peerConfig("BACKUP", low, other), 0o644)
	p.d2.Start()
	p.election()
	p.reload(one)
	p.oneWay()
	p.stop()
	p.election()
	p.crash()
	p.election()
	for _, f := range p.wire.Since(time.Time{}) {
		if f.Kind == lab.Advert && f.Dst.IsMulticast() {
			t.Fatalf("an advert went to the group: %v", f)
		}
	}
	p.d1.Signal(syscall.SIGTERM)
	p.d2.Stop()
	p.summary()
}

// reload adds a peer to d1 and takes it away: adverts go on, nothing moves.
func (p *pair) reload(words string) {
	p.Helper()
	third := toPeers("192.0.2.32", "192.0.2.1")
	began := time.Now()
	for _, w := range []string{third, words} {
		p.d1.Write("keepalived.conf", peerConfig("MASTER", high, w), 0o644)
		p.d1.Signal(syscall.SIGHUP)
		p.wire.Steady(p.a1, high, 10*advert)
	}
	if spoke := p.wire.Adverts(p.a2, began); len(spoke) > 0 {
		p.Errorf("d2 spoke while d1 was told of another peer: %v", spoke)
	}
	for _, f := range p.wire.Adverts(p.a1, began) {
		if f.Priority == 0 {
			p.Errorf("d1 resigned: %v", f)
		}
	}
}

// oneWay loses what d1 sends to d2, who becomes master beside it; d1 stays, and when
// d2 hears it again, d2 yields.
func (p *pair) oneWay() {
	p.Helper()
	n, before := p.lab.Node("d1"), time.Now()
	n.Run("ip", "neigh", "replace", p.a2.String(), "lladdr", "02:00:00:00:00:99", "nud", "permanent", "dev", "eth0")
	first := p.wire.Expect("d2 takes over", before, 3*masterDown, lab.From(p.a2, low))
	// d1 hears it, and answers a lower priority at once.
	p.wire.Expect("d1 answers", first.At, advert+time.Second, lab.From(p.a1, high))
	p.owns(n, true)
	p.owns(p.lab.Node("d2"), true)
	n.Run("ip", "neigh", "del", p.a2.String(), "dev", "eth0")
	p.settled(10 * advert)
}

// way is a version and a family, spoken to a group or to peers.
type way struct {
	version    int
	six, peers bool
}

func (w way) String() string {
	return fmt.Sprintf("version %d, IPv6 %v, peers %v", w.version, w.six, w.peers)
}

// interval is quick where the version can say so.
func (w way) interval() time.Duration {
	if w.version == 2 {
		return advert
	}
	return 200 * time.Millisecond
}

// side is one director of a pair.
type side struct {
	node     string
	host     byte
	state    string
	priority int
}

var sides = [2]side{{"d1", 31, "MASTER", high}, {"d2", 32, "BACKUP", low}}

// addr is the address that a side speaks from.
func (w way) addr(s side) netip.Addr {
	switch {
	case !w.six:
		return netip.AddrFrom4([4]byte{192, 0, 2, s.host})
	case w.peers:
		return netip.MustParseAddr(fmt.Sprintf("fd00::%d", s.host))
	}
	return netip.MustParseAddr(fmt.Sprintf("fe80::%d", s.host))
}

func (w way) virtual() netip.Addr {
	if w.six {
		return netip.MustParseAddr("fd00::100")
	}
	return netip.MustParseAddr("192.0.2.100")
}

func (w way) config(s, other side) string {
	var words []string
	if w.peers {
		words = append(words, "unicast_src_ip "+w.addr(s).String(), toPeers(w.addr(other).String()))
	}
	text := peerConfig(s.state, s.priority, words...)
	text = strings.Replace(text, "192.0.2.100/32", w.virtual().String(), 1)
	return strings.Replace(text, "advert_int 1\n", fmt.Sprintf("version %d\nadvert_int %g\n", w.version, w.interval().Seconds()), 1)
}

// prepare gives a node its IPv6 addresses, ready at once.
func (w way) prepare(n *lab.Node, s side) {
	if !w.six {
		return
	}
	n.Run("sysctl", "-qw", "net.ipv6.conf.eth0.addr_gen_mode=1", "net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.eth0.disable_ipv6=0")
	n.Run("ip", "address", "add", fmt.Sprintf("fe80::%d/64", s.host), "dev", "eth0", "nodad")
	n.Run("ip", "address", "add", fmt.Sprintf("fd00::%d/64", s.host), "dev", "eth0", "nodad")
}

// Each version in each family, to a group and to peers: election, stop, crash and
// return, with keepalived on either side.
func TestEveryWayOfVRRPBesideKeepalived(t *testing.T) {
	t.Parallel()
	for _, w := range []way{{3, false, false}, {3, false, true}, {3, true, false}, {3, true, true}, {2, true, true}} {
		for _, programs := range [][2]lab.Program{{keepalived(), lab.Holdfast()}, {lab.Holdfast(), keepalived()}} {
			t.Run(fmt.Sprintf("%v, %s is master", w, programs[0].Name), func(t *testing.T) {
				t.Parallel()
				w.play(t, programs)
			})
		}
	}
}

func (w way) play(t *testing.T, programs [2]lab.Program) {
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2"}})
	wire := l.Capture()
	var d [2]*lab.Director
	for i, s := range sides {
		w.prepare(l.Node(s.node), s)
		d[i] = l.Node(s.node).Director(programs[i], w.config(s, sides[1-i]))
	}
	one, two, limit := w.addr(sides[0]), w.addr(sides[1]), 15*time.Second
	skew := w.interval() * (256 - low) / 256
	if w.version == 2 {
		skew = time.Second * (256 - low) / 256
	}
	takesOver := func(what string, since time.Time, wait time.Duration) {
		t.Helper()
		first := wire.Expect(what, since, limit, lab.From(two, low))
		if took := first.At.Sub(since); took < wait-late || took > wait+10*late {
			t.Errorf("%s after %v, want %v", what, took, wait)
		}
	}
	d[1].Start()
	d[0].Start()
	for range 2 {
		wire.Steady(one, high, limit)
		d[0].Signal(syscall.SIGTERM)
		goodbye := wire.Expect("the resignation", time.Now().Add(-time.Second), limit, lab.From(one, 0))
		takesOver("d2 after a goodbye", goodbye.At, skew)
		d[0].Wait(limit)
		d[0].Start()
	}
	wire.Steady(one, high, limit)
	if l.Node("d2").Holds(w.virtual()) {
		t.Error("d2 holds the address, too")
	}
	last := wire.Expect("an advert", time.Now().Add(-w.interval()), limit, lab.From(one, high))
	killed := d[0].Crash()
	for _, f := range wire.Adverts(one, last.At) {
		if !f.At.After(killed) {
			last = f
		}
	}
	takesOver("d2 after a crash", last.At, 3*w.interval()+skew)
	d[0].Start()
	wire.Steady(one, high, limit)
	for _, f := range wire.Adverts(one, time.Time{}) {
		if f.Dst.IsMulticast() == w.peers || f.Version != w.version {
			t.Fatalf("version %d to %s", f.Version, f.Dst)
		}
	}
}

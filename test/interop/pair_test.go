package interop

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"holdfast/test/lab"
)

const (
	high   = 150 // priority of d1
	low    = 100 // priority of d2
	weight = 60  // what the failing script takes from d1
	advert = time.Second
	// late is what a router may need beyond the protocol's own timers.
	late = 50 * time.Millisecond
)

// skew and masterDown are d2's timers (RFC 3768, 6.1).
var (
	skew       = time.Duration(256-low) * time.Second / 256
	masterDown = 3*advert + skew
)

// keepalived is the peer, under the real-time policy that Holdfast has where that
// is allowed: what is measured are timers, not who gets the processor first.
func keepalived() lab.Program {
	plain := lab.Keepalived("-P")
	return lab.Program{Name: plain.Name, Argv: func(node, config, run string) []string {
		return urgent(plain.Argv(node, config, run)...)
	}}
}

// urgent is a command under the real-time policy, where that is allowed.
func urgent(argv ...string) []string {
	if !mayBeUrgent() {
		return argv
	}
	return append([]string{"chrt", "-r", "1"}, argv...)
}

var mayBeUrgent = sync.OnceValue(func() bool { return exec.Command("chrt", "-r", "1", "true").Run() == nil })

// pair is two directors on a wire that watch each other.
type pair struct {
	*testing.T
	lab     *lab.Lab
	wire    *lab.Wire
	d1, d2  *lab.Director
	a1, a2  netip.Addr
	virtual netip.Addr

	took map[string][]time.Duration // what was measured, by name
}

func newPair(t *testing.T, master, backup lab.Program) *pair {
	t.Helper()
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2"}})
	p := &pair{T: t, lab: l, wire: l.Capture(), virtual: l.Addr(100), took: map[string][]time.Duration{}}
	p.a1, p.a2 = l.Node("d1").Addr, l.Node("d2").Addr
	down := l.Dir + "/d1/etc/down"
	p.d1 = l.Node("d1").Director(master, config("MASTER", high, down))
	p.d2 = l.Node("d2").Director(backup, config("BACKUP", low, l.Dir+"/d2/etc/down"))
	return p
}

// config is one router's side. The script's file lies in the director's own
// folder, so that many pairs stand side by side.
func config(state string, priority int, down string) string {
	return fmt.Sprintf(`global_defs {
    router_id interop
    script_user root
    vrrp_mcast_group4 224.0.0.18
}
vrrp_script chk_down {
    script "/usr/bin/test ! -f %s"
    interval 1
    weight -%d
}
vrrp_instance VI_1 {
    state %s
    interface eth0
    virtual_router_id 51
    priority %d
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass 64e06f86
    }
    virtual_ipaddress {
        192.0.2.100/32
    }
    track_script {
        chk_down
    }
}
`, down, weight, state, priority)
}

// rounds is how often each fault is played.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("HOLDFAST_ROUNDS")); err == nil {
		return n
	}
	return 2
}

// anyPhase waits for a random part of an advert interval, so that faults do not
// always meet the timers at the same point.
func anyPhase() { time.Sleep(time.Duration(rand.Int64N(int64(advert)))) }

// settled waits until d1 is the one master and holds the address alone.
func (p *pair) settled(limit time.Duration) {
	p.Helper()
	p.wire.Steady(p.a1, high, limit)
	p.owns(p.lab.Node("d1"), true)
	p.owns(p.lab.Node("d2"), false)
}

// owns waits a moment for an address to be where it belongs.
func (p *pair) owns(n *lab.Node, want bool) {
	p.Helper()
	for end := time.Now().Add(time.Second); n.Holds(p.virtual) != want; {
		if time.Now().After(end) {
			p.Fatalf("%s holds %s: %v, want %v", n.Name, p.virtual, !want, want)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// announced expects the new master's gratuitous ARP shortly after its advert.
func (p *pair) announced(master *lab.Node, first lab.Frame) {
	p.Helper()
	mac := "02:00:00:00:00:1f"
	if master.Name == "d2" {
		mac = "02:00:00:00:00:20"
	}
	p.wire.Expect("gratuitous ARP of "+master.Name, first.At, 200*time.Millisecond, func(f lab.Frame) bool {
		return f.Kind == lab.Announce && f.Src == p.virtual && f.MAC == mac
	})
}

// lastAdvert is the newest advert of a router that holds an address.
func (p *pair) lastAdvert(from netip.Addr) lab.Frame {
	p.Helper()
	var last lab.Frame
	for _, f := range p.wire.Adverts(from, time.Time{}) {
		if f.Priority != 0 {
			last = f
		}
	}
	if last.At.IsZero() {
		p.Fatalf("%s never sent an advert", from)
	}
	return last
}

// within checks a measured time against what the protocol allows.
func (p *pair) within(what string, got, least, most time.Duration) {
	p.Helper()
	p.took[what] = append(p.took[what], got)
	if got < least || got > most {
		p.Errorf("%s: %s, want %s to %s", what, got.Round(100*time.Microsecond), least, most)
	}
}

// summary tells the shortest, the middle and the longest of each measurement.
func (p *pair) summary() {
	for _, what := range slices.Sorted(maps.Keys(p.took)) {
		times := slices.Sorted(slices.Values(p.took[what]))
		round := func(i int) time.Duration { return times[i].Round(100 * time.Microsecond) }
		p.Logf("measured %2d times: %-48s %9s %9s %9s", len(times), what, round(0), round(len(times)/2), round(len(times)-1))
	}
}

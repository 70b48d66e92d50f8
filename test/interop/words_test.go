package interop

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
	"holdfast/test/lab"
)

// wordConfig is a router of version 3 with words among the global ones and in its
// instance; it speaks every half second.
func wordConfig(priority int, global, instance string) string {
	return fmt.Sprintf("global_defs {\n%s\n}\nvrrp_instance VI_1 {\nstate BACKUP\ninterface eth0\nvirtual_router_id 51\npriority %d\nversion 3\nadvert_int 0.5\nvirtual_ipaddress {\n192.0.2.100/32\n}\n%s\n}\n", global, priority, instance)
}

// say sends an advert of version 3 from a node to the group.
func say(t *testing.T, n *lab.Node, priority uint8, plain bool, list ...string) {
	t.Helper()
	err := n.Do(func() error {
		v, err := kernel.OpenVRRP("eth0", vrrp.Group4)
		if err != nil {
			return err
		}
		defer v.Close()
		w := vrrp.AdvertParams{Version: vrrp.Version3, VRID: 51, Interval: 500 * time.Millisecond, PlainSum: plain}
		for _, a := range list {
			w.Addrs = append(w.Addrs, netip.MustParseAddr(a))
		}
		return v.Send(kernel.Header{Src: n.Addr, Dst: vrrp.Group4, TTL: 255}, w.Advert(priority).Append(nil, n.Addr, vrrp.Group4))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What a word makes a router do on the wire, keepalived's and ours play alike.
func TestWordsDoOnTheWireWhatKeepalivedDoes(t *testing.T) {
	t.Parallel()
	const down = 1500*time.Millisecond + 500*time.Millisecond*156/256 // of priority 100
	takesOver := func(least time.Duration) func(*testing.T, *lab.Wire, *lab.Node, *lab.Node, time.Time) {
		return func(t *testing.T, wire *lab.Wire, n, _ *lab.Node, began time.Time) {
			first := wire.Expect("the first advert", began, least+10*time.Second, lab.From(n.Addr, 100))
			// The start of the process counts, too.
			if got := first.At.Sub(began); got < least {
				t.Errorf("the first advert came after %v, want %v at least", got, least)
			}
		}
	}
	answers := func(want int) func(*testing.T, *lab.Wire, *lab.Node, *lab.Node, time.Time) {
		return func(t *testing.T, wire *lab.Wire, n, other *lab.Node, began time.Time) {
			first := wire.Expect("the first advert", began, 20*time.Second, lab.From(n.Addr, 100))
			second := wire.Expect("the second advert", first.At.Add(time.Millisecond), 5*time.Second, lab.From(n.Addr, 100))
			say(t, other, 50, false, "192.0.2.100")
			heard := wire.Expect("the lower advert", second.At, time.Second, lab.From(other.Addr, 50))
			third := wire.Expect("another advert", heard.At, 5*time.Second, lab.From(n.Addr, 100))
			if answered := third.At.Sub(second.At) < 400*time.Millisecond; answered != (want > 0) {
				t.Errorf("the next advert came %v after the one before", third.At.Sub(second.At))
			}
		}
	}
	garp := func(want int) func(*testing.T, *lab.Wire, *lab.Node, *lab.Node, time.Time) {
		return func(t *testing.T, wire *lab.Wire, n, _ *lab.Node, began time.Time) {
			first := wire.Expect("the first advert", began, 20*time.Second, lab.From(n.Addr, 100))
			wire.Expect("a later advert", first.At.Add(600*time.Millisecond), 5*time.Second, lab.From(n.Addr, 100))
			count := 0
			for _, f := range wire.Since(first.At) {
				if f.Kind == lab.Announce && f.Src.String() == "192.0.2.100" {
					count++
				}
			}
			if count != want {
				t.Errorf("%d gratuitous ARPs, want %d", count, want)
			}
		}
	}
	// A master is heard that goes over to another list of addresses and to another sum.
	staysBackup := func(plain bool, lists ...string) func(*testing.T, *lab.Wire, *lab.Node, *lab.Node, time.Time) {
		return func(t *testing.T, wire *lab.Wire, n, other *lab.Node, began time.Time) {
			for i := range 30 {
				list := lists[0]
				if i >= 15 {
					list = lists[len(lists)-1]
				}
				say(t, other, 200, plain, list)
				time.Sleep(150 * time.Millisecond)
			}
			if spoke := wire.Adverts(n.Addr, began); len(spoke) > 0 {
				t.Errorf("beside a master it spoke: %v", spoke)
			}
		}
	}
	for name, row := range map[string]struct {
		global, instance string
		newer            bool // keepalived 2.2.7 does not know the word
		play             func(*testing.T, *lab.Wire, *lab.Node, *lab.Node, time.Time)
	}{
		"vrrp_startup_delay":        {"vrrp_startup_delay 2", "", false, takesOver(2*time.Second + down)},
		"vrrp_down_timer_adverts":   {"vrrp_down_timer_adverts 5", "", false, takesOver(time.Second + down)},
		"an answer":                 {"", "", false, answers(1)},
		"lower_prio_no_advert":      {"", "lower_prio_no_advert", false, answers(0)},
		"vrrp_lower_prio_no_advert": {"vrrp_lower_prio_no_advert", "", false, answers(0)},
		"vrrp_min_garp":             {"vrrp_min_garp", "", false, garp(1)},
		"without vrrp_min_garp":     {"", "", false, garp(5)},
		"skip_check_adv_addr":       {"", "skip_check_adv_addr", false, staysBackup(false, "192.0.2.100", "192.0.2.99")},
		"vrrp_skip_check_adv_addr":  {"vrrp_skip_check_adv_addr", "", false, staysBackup(false, "192.0.2.100", "192.0.2.99")},
		"v3_checksum_as_v2":         {"", "v3_checksum_as_v2", true, staysBackup(true, "192.0.2.100")},
	} {
		for _, program := range []lab.Program{keepalived(), lab.Holdfast()} {
			if row.newer && program.Name == "keepalived" {
				continue
			}
			t.Run(name+" of "+program.Name, func(t *testing.T) {
				t.Parallel()
				l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2"}})
				wire, n := l.Capture(), l.Node("d1")
				began := time.Now()
				n.Direct(program, wordConfig(100, row.global, row.instance))
				row.play(t, wire, n, l.Node("d2"), began)
			})
		}
	}
}

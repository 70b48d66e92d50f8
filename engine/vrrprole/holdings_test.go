package vrrprole

import (
	"fmt"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

func held(prefix, label string) plan.Address {
	return plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix(prefix), Label: label}
}

func addrs(list ...plan.Address) plan.State { return plan.State{Addresses: list} }

// does carries wishes out in a kernel that refuses nothing, and compares the lines.
func (h *holdings) does(t *testing.T, want []string, wishes ...wish) {
	t.Helper()
	p := h.change(wishes...)
	h.carried(p)
	if got := p.Lines(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAddressThatTwoMastersHoldStaysUntilBothLetGo(t *testing.T) {
	h, one, two := newHoldings(), routerKey{vrid: 1}, routerKey{vrid: 2}
	h.does(t, []string{"ip address add 192.0.2.100/32 dev eth0 scope global label eth0:a"}, wish{one, addrs(held(vip, "eth0:a"))})
	h.does(t, []string{}, wish{two, addrs(held(vip, "eth0:b"))}) // it suits the first
	h.does(t, []string{}, wish{router: one})
	h.does(t, []string{"ip address del 192.0.2.100/32 dev eth0"}, wish{router: two})
}

func TestAddressThatMovesBetweenMastersIsNotTouched(t *testing.T) {
	h, one, two := newHoldings(), routerKey{vrid: 1}, routerKey{vrid: 2}
	h.does(t, []string{"ip address add 192.0.2.100/32 dev eth0 scope global"}, wish{one, addrs(held(vip, ""))})
	h.does(t, []string{"ip address add 192.0.2.101/32 dev eth0 scope global"},
		wish{one, addrs(held("192.0.2.101/32", ""))}, wish{two, addrs(held(vip, ""))})
}

func TestAddressThatSomebodyWroteOtherwiseIsLost(t *testing.T) {
	h, one := newHoldings(), routerKey{vrid: 1}
	h.does(t, []string{"ip address add 192.0.2.100/32 dev eth0 scope global"}, wish{one, addrs(held(vip, ""))})
	other := held(vip, "eth0:x")
	if lost := h.lost(one, present{addresses: map[plan.AddressKey]plan.Address{other.Key(): other}}); len(lost.Addresses) != 1 {
		t.Errorf("lost: %v", lost)
	}
	h.does(t, []string{"ip address del 192.0.2.100/32 dev eth0"}, wish{router: one})
}

// countingNet counts how often the list of all addresses is asked for.
type countingNet struct {
	*kernel.Twin
	lists *atomic.Int32
}

func (n countingNet) Addresses() ([]plan.Address, error) {
	n.lists.Add(1)
	return n.Twin.Addresses()
}

func TestTakeOverReadsNoListOfAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lists atomic.Int32
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, configOf(instance("VI_1", 51, 100, vip)), func(o *Options) {
			o.OpenNet = func() (Net, error) { return countingNet{twin, &lists}, nil }
		})
		synctest.Wait()
		before := lists.Load()
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		if !a.holds(vip) || lists.Load() != before {
			t.Errorf("the list was read %d times", lists.Load()-before)
		}
		a.stop(control.Release)
	})
}

// BenchmarkTakeOver is what a router that becomes master costs beside 250 that are.
func BenchmarkTakeOver(b *testing.B) {
	h := newHoldings()
	for i := range 250 {
		h.carried(h.change(wish{routerKey{link: "eth1", vrid: uint8(i)}, addrs(held(fmt.Sprintf("198.51.100.%d/32", i), ""))}))
	}
	key, things := routerKey{vrid: 1}, addrs(held(vip, ""), held("192.0.2.101/32", ""))
	for b.Loop() {
		h.carried(h.change(wish{key, things}))
		h.carried(h.change(wish{router: key}))
	}
}

func TestARenamedLinkTakesOurAddressesAlongAndKeepsOnlyWhatIsWantedThere(t *testing.T) {
	at := func(link, prefix string) plan.Address {
		return plan.Address{Link: link, Prefix: netip.MustParsePrefix(prefix)}
	}
	h := newHoldings()
	h.carried(h.change(
		wish{routerKey{vrid: 1}, addrs(at("eth0", "192.0.2.100/32"), at("eth0", "192.0.2.101/32"))},
		wish{routerKey{vrid: 2}, addrs(at("eth9", "192.0.2.101/32"))}))
	delete(h.addresses.placed, at("eth9", "192.0.2.101/32").Key()) // the link was not there yet
	off := h.renamed("eth0", "eth9")
	if len(off) != 1 || off[0].Verb != plan.DeleteAddress || off[0].Address != at("eth9", "192.0.2.100/32") {
		t.Errorf("off goes %q", off.Lines())
	}
	h.carried(off)
	if p := h.change(wish{router: routerKey{vrid: 1}}); len(p) > 0 {
		t.Errorf("then %q", p.Lines())
	}
	if p := h.change(wish{router: routerKey{vrid: 2}}); len(p) != 1 || p[0].Address.Link != "eth9" {
		t.Errorf("at last %q", p.Lines())
	}
}

func TestAListAfterAPauseOfTheWatchTellsWhatWasRenamed(t *testing.T) {
	l := links{byName: map[string]kernel.Link{"eth0": {Name: "eth0", Index: 2}, "eth1": {Name: "eth1", Index: 3}}}
	renamed := l.set([]kernel.Link{{Name: "eth1", Index: 2}, {Name: "eth0", Index: 5}})
	if len(renamed) != 1 || renamed["eth0"] != "eth1" {
		t.Errorf("renamed %v", renamed)
	}
}

package vrrprole

import (
	"net/netip"
	"slices"
	"testing"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// unaccepted is an address that is held and not accepted.
func unaccepted(addr string) plan.State {
	ip := netip.MustParseAddr(addr)
	return plan.State{
		Addresses: []plan.Address{{Link: "eth0", Prefix: netip.PrefixFrom(ip, ip.BitLen())}},
		Drops:     []plan.Drop{{Addr: ip, Link: "eth0"}},
	}
}

func TestTheDropComesBeforeItsAddressAndStaysUntilTheLastMasterLetsGo(t *testing.T) {
	h, one, two := newHoldings(), routerKey{vrid: 1}, routerKey{vrid: 2}
	h.does(t, []string{"nft add element ip holdfast vips { 192.0.2.100 }", "ip address add 192.0.2.100/32 dev eth0 scope global"}, wish{one, unaccepted("192.0.2.100")})
	h.does(t, []string{}, wish{two, unaccepted("192.0.2.100")})
	h.does(t, []string{}, wish{router: one})
	h.does(t, []string{"nft delete element ip holdfast vips { 192.0.2.100 }"}, wish{two, addrs(unaccepted("192.0.2.100").Addresses...)}) // accepted from now on
	h.does(t, []string{"ip address del 192.0.2.100/32 dev eth0"}, wish{router: two})
}

func TestADropThatSomebodyTookAwayIsPutBackAndTheMasterStays(t *testing.T) {
	twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
	h := handOn(t, twin) // whatever the loop is told is an error
	key, things := routerKey{vrid: 51}, unaccepted("192.0.2.100")
	h.hold(key, things)
	h.finish(t)
	for range 2 {
		if drops, err := twin.Drops(); err != nil || !slices.Equal(drops, []plan.Drop{things.Drops[0].Normal()}) {
			t.Fatalf("dropped are %v: %v", drops, err)
		}
		if err := twin.Do(plan.Op{Verb: plan.DeleteDrop, Drop: things.Drops[0]}); err != nil {
			t.Fatal(err)
		}
		h.verify(key)
		h.finish(t)
	}
}

func TestAfterACrashTheDropsThatNobodyWantsAreRemoved(t *testing.T) {
	twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
	dead := handOn(t, twin)
	stays, goes := unaccepted("192.0.2.100"), unaccepted("192.0.2.101")
	dead.hold(routerKey{vrid: 51}, together(stays, goes))
	dead.finish(t)
	left, err := dead.manifest.file.Read()
	if err != nil || len(left.Drops) != 2 {
		t.Fatalf("the manifest names %v: %v", left.Drops, err)
	}
	h := handOn(t, twin)
	h.inherit(left)
	h.holdAgain(routerKey{vrid: 51}, stays, nil, 0)
	h.clear(left, plan.State{}, map[netip.Addr]bool{})
	before := len(twin.Applied())
	h.finish(t)
	want := []string{"ip address del 192.0.2.101/32 dev eth0", "nft delete element ip holdfast vips { 192.0.2.101 }"}
	if did := twin.Applied()[before:].Lines(); !slices.Equal(did, want) {
		t.Errorf("did %q, want %q", did, want)
	}
}

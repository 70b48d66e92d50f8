package vrrprole

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
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
		if drops, err := twin.Drops(nil); err != nil || !slices.Equal(drops, []plan.Drop{things.Drops[0].Normal()}) {
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

// tables is a twin that remembers how tables of drops were prepared, and how many
// operations came before.
type tables struct {
	*kernel.Twin
	mu   sync.Mutex // guards told
	told []string
}

func (p *tables) PrepareDrops(t kernel.DropTable) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, fmt.Sprintf("%+v behind %d", t, len(p.Applied())))
	return nil
}

func (p *tables) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	told := p.told
	p.told = nil
	return told
}

func TestTheTableOfDropsIsThereBeforeATakeOver(t *testing.T) {
	text := func(global, words string) model.Config {
		cfg, findings := model.Parse("x", []byte("global_defs {\n"+global+"\n}\nvrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n192.0.2.100\n}\n"+words+"\n}\n"), model.Facts{})
		if model.Failed(findings) {
			t.Fatal(findings)
		}
		return model.Resolve(cfg)
	}
	synctest.Test(t, func(t *testing.T) {
		door := &tables{Twin: newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")}
		a := sit(t, door.Twin, text("nftables ha\nnftables_priority 7\nnftables_counters", "no_accept"), func(o *Options) {
			o.OpenNet = func() (Net, error) { return door, nil }
		})
		synctest.Wait()
		a.is("VI_1", "BACKUP")
		told := func(when string, want ...string) {
			t.Helper()
			if got := door.take(); !slices.Equal(got, want) {
				t.Errorf("%s: prepared %q, want %q", when, got, want)
			}
		}
		told("at the start", "{Name:ha Priority:7 Counters:true IPv4:true IPv6:false} behind 0")
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		want := []string{"nft add element ip ha vips { 192.0.2.100 }", "ip address add 192.0.2.100/32 dev eth0 scope global"}
		if did := door.Applied().Lines(); !slices.Equal(did, want) {
			t.Errorf("did %q", did)
		}
		planned, err := a.role.Plan(context.Background(), text("", "strict_mode"))
		want = []string{"nft add element ip holdfast vips { 192.0.2.100 }", "nft delete element ip ha vips { 192.0.2.100 }"}
		if err != nil || !slices.Equal(planned.Lines, want) {
			t.Errorf("planned %q: %v", planned.Lines, err)
		}
		a.take(text("", "strict_mode"))
		if did := door.Applied()[2:].Lines(); !slices.Equal(did, want) {
			t.Errorf("did %q", did)
		}
		told("with another text", "{Name: Priority:-1 Counters:false IPv4:true IPv6:false} behind 2")
		a.take(text("", "no_accept\npriority 255"))
		told("without drops", "{Name: Priority:-1 Counters:false IPv4:false IPv6:false} behind 4")
		a.stop(control.Release)
		if left, err := door.Drops(nil); err != nil || len(left) > 0 {
			t.Errorf("left are %v: %v", left, err)
		}
	})
}

func TestPeersOfAStrictInstanceAreRefusedWhereTheInterfaceHasMulticast(t *testing.T) {
	for _, alone := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
			twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 1500, Alone: alone,
				Addrs: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}})
			a := sit(t, twin, configFrom(t, pairText(100, "strict_mode", "unicast_peer {\n192.0.2.2\n}")))
			time.Sleep(10 * time.Second)
			if alone {
				a.is("VI_1", "MASTER")
			} else {
				a.is("VI_1", "FAULT")
				if held := a.status().Instances[0].Held; len(held) != 1 || held[0].Code != "strict-unicast" {
					t.Errorf("held: %v", held)
				}
			}
			a.stop(control.Release)
		})
	}
}

package vrrprole

import (
	"maps"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// Also what no instance can be asked about is counted: a packet too short for the number
// of a router, one for a number that nobody has, and one to us alone where the instance
// speaks to the group counts for that instance.
func TestPacketsThatNoInstanceHearsAreCountedByReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100)))
		time.Sleep(5 * time.Second)
		v, err := newTwinLink(t, wire, "192.0.2.2/24").OpenVRRP("eth0", vrrp.Group4)
		if err != nil {
			t.Fatal(err)
		}
		send := func(payload ...byte) {
			h := kernel.Header{Src: netip.MustParseAddr("192.0.2.2"), Dst: vrrp.Group4, TTL: 255}
			if err := v.Send(h, payload); err != nil {
				t.Fatal(err)
			}
		}
		send()
		send(0x21, 51, 100, 1, 0, 1, 0)
		send(0x21, 77, 100, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		send(0x21, 51, 100, 1, 0, 1, 0, 0)
		send(0x31, 51, 100, 0, 0, 100, 0, 0)
		synctest.Wait()
		status := a.status()
		if want := map[string]uint64{dropShort: 2, dropForeign: 1}; !maps.Equal(status.AdvertDrops, want) {
			t.Errorf("nobody heard %v, want %v", status.AdvertDrops, want)
		}
		if want := map[string]uint64{string(vrrp.BadLength): 1, string(vrrp.BadVersion): 1}; !maps.Equal(status.Instances[0].Refused, want) {
			t.Errorf("refused %v, want %v", status.Instances[0].Refused, want)
		}
		a.stop(control.Release)
	})
}

// What comes to an address of this host is heard by the socket of the group, too: it is
// the other socket's, and no packet is counted as one for nobody.
func TestAnAdvertToAnotherSocketIsNoneForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		other := "vrrp_instance VI_2 {\ninterface eth0\nvirtual_router_id 52\nvirtual_ipaddress {\n192.0.2.200\n}\n}\n"
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100, peers("192.0.2.2"))+other))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(150, peers("192.0.2.1"))))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "BACKUP")
		if drops := a.status().AdvertDrops; len(drops) > 0 {
			t.Errorf("nobody heard %v", drops)
		}
		b.stop(control.Release)
		a.stop(control.Release)
	})
}

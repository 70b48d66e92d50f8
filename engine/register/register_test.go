package register

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"holdfast/engine/vrrp"
)

var t0 = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// advert is one of a router at an address, for virtual router 51.
func advert(from string, priority uint8, vip ...string) vrrp.Packet {
	a := vrrp.Advert{Version: vrrp.Version2, Type: 1, VRID: 51, Priority: priority, Interval: time.Second}
	for _, ip := range vip {
		a.Addrs = append(a.Addrs, netip.MustParseAddr(ip))
	}
	src := netip.MustParseAddr(from)
	return vrrp.Packet{Payload: a.Append(nil, src, vrrp.Group4), TTL: 255, From: src, To: vrrp.Group4}
}

func TestASenderIsListedWithWhatItsLastAdvertSaid(t *testing.T) {
	r := Register{}
	for i := range 5 {
		r.Hear(Heard{"eth0", true, advert("192.0.2.1", 100, "192.0.2.100"), t0.Add(time.Duration(i) * time.Second)})
	}
	r.Hear(Heard{"eth0", true, advert("192.0.2.1", 90, "192.0.2.100", "192.0.2.101"), t0.Add(5 * time.Second)})
	now := t0.Add(6 * time.Second)
	list := r.All(now)
	if len(list) != 1 {
		t.Fatalf("%d senders", len(list))
	}
	e := list[0]
	if a := e.Advert(); a.Priority != 90 || len(a.Addrs) != 2 || a.Interval != time.Second || a.VRID != 51 {
		t.Errorf("the advert: %+v", a)
	}
	if e.Count != 6 || !e.First.Equal(t0) || !e.Since.Equal(t0) || !e.Last.Equal(t0.Add(5*time.Second)) || !e.Live(now) || !e.Ours {
		t.Errorf("the entry: %+v", e)
	}
	if e.Live(now.Add(4 * time.Second)) {
		t.Error("a silent sender is live")
	}
}

func TestAfterASilenceASenderBeginsAnew(t *testing.T) {
	r := Register{}
	for _, after := range []time.Duration{0, time.Second, 20 * time.Second, 21 * time.Second} {
		r.Hear(Heard{"eth0", true, advert("192.0.2.1", 100), t0.Add(after)})
	}
	if e := r.All(t0.Add(21 * time.Second))[0]; !e.Since.Equal(t0.Add(20*time.Second)) || !e.First.Equal(t0) || e.Count != 4 {
		t.Errorf("%+v", e)
	}
}

func TestOneThatResignsKeepsThePriorityItHad(t *testing.T) {
	r := Register{}
	r.Hear(Heard{"eth0", true, advert("192.0.2.1", 100), t0})
	r.Hear(Heard{"eth0", true, advert("192.0.2.1", 0), t0.Add(time.Second)})
	e := r.All(t0.Add(time.Second))[0]
	if !e.Resigned || e.Live(e.Last) || e.Advert().Priority != 100 || e.Count != 2 {
		t.Errorf("%+v", e)
	}
	r.Hear(Heard{"eth0", true, advert("192.0.2.1", 100), t0.Add(2 * time.Second)})
	if e := r.All(t0.Add(2 * time.Second))[0]; e.Resigned || !e.Live(e.Last) || !e.Since.Equal(t0.Add(2*time.Second)) {
		t.Errorf("back again: %+v", e)
	}
}

func TestAPacketThatTwoSocketsHearCountsOnce(t *testing.T) {
	r := Register{}
	for range 2 {
		r.Hear(Heard{"eth0", true, advert("192.0.2.1", 100), t0})
	}
	if e := r.All(t0)[0]; e.Count != 1 {
		t.Errorf("counted %d times", e.Count)
	}
}

func TestForgedSendersOfOneRouterFillNoMemory(t *testing.T) {
	r := Register{}
	for i := range 1000 {
		from := fmt.Sprintf("10.0.%d.%d", i/250, i%250+1)
		r.Hear(Heard{"eth0", true, advert(from, 100), t0.Add(time.Duration(i) * time.Millisecond)})
		r.Hear(Heard{"eth0", true, advert("192.0.2.1", 100), t0.Add(time.Duration(i) * time.Millisecond)})
	}
	list := r.All(t0.Add(time.Second))
	if len(list) != MostOfOne {
		t.Errorf("%d senders are kept", len(list))
	}
	if last := list[len(list)-1]; last.From != netip.MustParseAddr("192.0.2.1") || last.Count != 1000 {
		t.Errorf("the one that speaks all the time is %+v", last)
	}
}

func TestForgedRoutersOfOthersLeaveRoomForOurs(t *testing.T) {
	r := Register{}
	for link := range 20 {
		for vrid := range 255 {
			p := advert("192.0.2.66", 100)
			p.Payload[1] = uint8(vrid + 1)
			r.Hear(Heard{fmt.Sprintf("eth%d", link), false, p, t0})
		}
	}
	r.Hear(Heard{"eth0", true, advert("192.0.2.1", 100), t0})
	list := r.All(t0)
	if len(list) != MostForeign+1 {
		t.Errorf("%d senders are kept", len(list))
	}
	if r.Missed() != 20*255-MostForeign {
		t.Errorf("%d adverts found no room", r.Missed())
	}
	if list := r.All(t0.Add(Kept + time.Second)); len(list) != 0 || r.foreign != 0 {
		t.Errorf("an hour later there are %d, %d of them foreign", len(list), r.foreign)
	}
}

func TestANumberThatIsConfiguredLaterIsForeignNoMore(t *testing.T) {
	r := Register{}
	r.Hear(Heard{"eth0", false, advert("192.0.2.1", 100), t0})
	r.Hear(Heard{"eth0", true, advert("192.0.2.1", 100), t0.Add(time.Second)})
	if e := r.All(t0)[0]; !e.Ours || r.foreign != 0 {
		t.Errorf("%+v, %d foreign", e, r.foreign)
	}
}

func TestAPacketWithoutANumberIsPassedOver(t *testing.T) {
	r := Register{}
	r.Hear(Heard{"eth0", false, vrrp.Packet{Payload: []byte{0x21}, From: netip.MustParseAddr("192.0.2.1")}, t0})
	if list := r.All(t0); len(list) > 0 {
		t.Errorf("%+v", list)
	}
}

package vrrprole

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// sent is one frame and the instant at which it left, after the beginning.
type sent struct {
	link string
	addr string
	at   time.Duration
}

// drive lets an announcer send until nothing waits any more.
func drive(a *announcer, list []announcement) (frames []sent) {
	begin := time.Now()
	now := begin
	a.send = func(link string, addr netip.Addr) error {
		frames = append(frames, sent{link, addr.String(), now.Sub(begin)})
		return nil
	}
	if a.holds == nil {
		a.holds = func(announcement) bool { return true }
	}
	a.free = map[lane]time.Time{}
	a.add(now, list)
	for at := a.due(); !at.IsZero(); at = a.due() {
		now = at
		a.tick(now)
	}
	return frames
}

func frame(link, addr string) announcement {
	return announcement{routerKey{link: link}, link, netip.MustParseAddr(addr)}
}

func TestWithoutAPaceAnnouncementsLeaveBackToBack(t *testing.T) {
	list := []announcement{frame("eth0", "192.0.2.1"), frame("eth0", "2001:db8::1"), frame("eth0", "192.0.2.1")}
	want := []sent{{"eth0", "192.0.2.1", 0}, {"eth0", "2001:db8::1", 0}, {"eth0", "192.0.2.1", 0}}
	if got := drive(&announcer{}, list); !slices.Equal(got, want) {
		t.Error(got)
	}
}

func TestEachInterfaceAndFamilyHasAPaceOfItsOwn(t *testing.T) {
	a := &announcer{pace: pace{garp: 10 * time.Millisecond, gna: 25 * time.Millisecond}}
	got := drive(a, []announcement{
		frame("eth0", "192.0.2.1"), frame("eth0", "192.0.2.2"), frame("eth1", "192.0.2.3"),
		frame("eth0", "2001:db8::1"), frame("eth0", "2001:db8::2"), frame("eth0", "192.0.2.4"),
	})
	want := []sent{
		{"eth0", "192.0.2.1", 0}, {"eth1", "192.0.2.3", 0}, {"eth0", "2001:db8::1", 0},
		{"eth0", "192.0.2.2", 10 * time.Millisecond}, {"eth0", "192.0.2.4", 20 * time.Millisecond},
		{"eth0", "2001:db8::2", 25 * time.Millisecond},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestInterfacesOfAGroupWaitForEachOther(t *testing.T) {
	a := &announcer{pace: pace{garp: time.Millisecond, groups: []paceGroup{{garp: 10 * time.Millisecond, links: []string{"eth0", "eth1"}}}}}
	got := drive(a, []announcement{frame("eth0", "192.0.2.1"), frame("eth1", "192.0.2.2"), frame("eth2", "192.0.2.3"), frame("eth2", "192.0.2.4")})
	want := []sent{
		{"eth0", "192.0.2.1", 0}, {"eth2", "192.0.2.3", 0}, {"eth2", "192.0.2.4", time.Millisecond},
		{"eth1", "192.0.2.2", 10 * time.Millisecond},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestWhatIsNotHeldAnyMoreIsNotAnnounced(t *testing.T) {
	gone := frame("eth0", "192.0.2.2")
	left := false
	a := &announcer{pace: pace{garp: time.Millisecond}, holds: func(n announcement) bool { return n != gone || !left }}
	got := drive(a, []announcement{frame("eth0", "192.0.2.1")})
	left = true
	got = append(got, drive(a, []announcement{gone, frame("eth0", "192.0.2.3")})...)
	want := []sent{{"eth0", "192.0.2.1", 0}, {"eth0", "192.0.2.3", 0}}
	if !slices.Equal(got, want) {
		t.Error(got)
	}
}

func TestTheSameAnnouncementsAgainMakeNoBacklog(t *testing.T) {
	now := time.Now()
	a := &announcer{pace: pace{garp: time.Hour}, free: map[lane]time.Time{}, holds: func(announcement) bool { return true },
		send: func(string, netip.Addr) error { return nil }}
	list := []announcement{frame("eth0", "192.0.2.1"), frame("eth0", "192.0.2.1"), frame("eth0", "192.0.2.2")}
	for range 100 {
		a.add(now, list)
	}
	if len(a.late) > len(list) {
		t.Errorf("%d wait", len(a.late))
	}
}

func TestARefusalIsToldOnceAndGivesUpTheOthersOfItsRouter(t *testing.T) {
	told := 0
	a := &announcer{free: map[lane]time.Time{}, holds: func(announcement) bool { return true },
		send: func(link string, _ netip.Addr) error {
			if link == "eth0" {
				return errors.New("no")
			}
			return nil
		}, refused: func(announcement, error) { told++ }}
	a.add(time.Now(), []announcement{frame("eth0", "192.0.2.1"), frame("eth0", "192.0.2.2"), frame("eth1", "192.0.2.3")})
	if told != 1 || len(a.late) != 0 {
		t.Error(told, a.late)
	}
}

package plan

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func hashed(weights map[byte]uint32) Service {
	v := Service{Key: ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}, Scheduler: "mh"}
	for last := byte(1); last < 10; last++ {
		if w, there := weights[last]; there {
			v.Destinations = append(v.Destinations, Destination{Addr: netip.AddrFrom4([4]byte{192, 0, 2, last}), Port: 80, Method: DirectRoute, Weight: w})
		}
	}
	return v
}

// The kernel lists first what was added last: a server that returns would stand before
// those that never left, and the other director has it elsewhere.
func TestAServerThatReturnsUnderMhIsListedWhereItWas(t *testing.T) {
	have, want := hashed(map[byte]uint32{1: 1, 3: 1, 4: 1}), hashed(map[byte]uint32{1: 1, 2: 1, 3: 1, 4: 1})
	var said []string
	for _, op := range Diff(State{Services: []Service{have}}, State{Services: []Service{want}}) {
		said = append(said, op.String())
	}
	got := strings.NewReplacer("ipvsadm ", "", " -t 192.0.2.100:80 -r 192.0.2.", " ", ":80", "", " -g -w 1", "").Replace(strings.Join(said, ", "))
	if got != "-a 2, -d 3, -a 3, -d 4, -a 4" {
		t.Errorf("%s", got)
	}
}

func TestAnotherSchedulerLeavesWhatStaysAlone(t *testing.T) {
	have, want := hashed(map[byte]uint32{1: 1, 3: 1}), hashed(map[byte]uint32{1: 1, 2: 1, 3: 1})
	have.Scheduler, want.Scheduler = "wrr", "wrr"
	if p := Diff(State{Services: []Service{have}}, State{Services: []Service{want}}); len(p) != 1 {
		t.Errorf("%v", p.Lines())
	}
}

// Wherever servers were added and deleted in between, the order is that of a director that
// has done nothing but begin, and no more is touched than has to be.
func TestUnderMhTheOrderIsRestored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) map[byte]uint32 {
			return rapid.MapOf(rapid.ByteRange(1, 9), rapid.Uint32Range(0, 2)).Draw(t, name)
		}
		now := State{Services: []Service{hashed(draw("first"))}}.Normal()
		for range rapid.IntRange(0, 6).Draw(t, "moves") {
			d := hashed(map[byte]uint32{rapid.ByteRange(1, 9).Draw(t, "server"): 1}).Destinations[0]
			verb := rapid.SampledFrom([]Verb{AddDestination, DeleteDestination}).Draw(t, "verb")
			if next, err := now.With(Op{Verb: verb, Service: Service{Key: now.Services[0].Key}, Destination: d}); err == nil {
				now = next
			}
		}
		want := State{Services: []Service{hashed(draw("want"))}}.Normal()
		p := Diff(now, want)
		if now.Services[0].Equal(want.Services[0]) != (len(p) == 0) {
			t.Fatalf("%v leads from %+v to %+v", p.Lines(), now, want)
		}
		var err error
		for _, op := range p {
			if now, err = now.With(op); err != nil {
				t.Fatalf("%s: %v", op, err)
			}
		}
		if !now.Services[0].Equal(want.Services[0]) || now.Services[0].Order != nil {
			t.Fatalf("%+v, want %+v", now, want)
		}
	})
}

// Destinations of others have a place of their own, which is left alone.
func TestTheOrderOfWhatIsOursAloneCounts(t *testing.T) {
	ours, table := hashed(map[byte]uint32{1: 1, 2: 1}), hashed(map[byte]uint32{1: 1, 2: 1, 9: 1})
	end := func(last byte) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, last}), 80)
	}
	table.Order = []netip.AddrPort{end(2), end(9), end(1)}
	part, _ := OwnedOf([]Service{ours}).Of([]Service{table})
	if part[0].Order != nil {
		t.Errorf("%v", part[0].Order)
	}
	table.Order = []netip.AddrPort{end(1), end(9), end(2)}
	part, _ = OwnedOf([]Service{ours}).Of([]Service{table})
	if !slices.Equal(part[0].Order, []netip.AddrPort{end(1), end(2)}) {
		t.Errorf("%v", part[0].Order)
	}
}

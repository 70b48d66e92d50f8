package lvs

import (
	"net/netip"
	"testing"

	"holdfast/engine/plan"
)

func hashed(weights ...uint32) plan.Service {
	s := plan.Service{Key: plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}, Scheduler: "mh"}
	for i, w := range weights {
		if w < 1000 {
			s.Destinations = append(s.Destinations, plan.Destination{Addr: netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)}), Port: 80, Weight: w})
		}
	}
	return s
}

// gone is the weight of a server that is not there.
const gone = 1000

func TestTheTableOfMhIsSharedByWeight(t *testing.T) {
	for _, weights := range [][]uint32{{1, 1, 1}, {1, 2, 1}, {100, 300}, {5, 0, 5}, {999, 1}} {
		sum := uint32(0)
		for _, w := range weights {
			sum += w
		}
		listed := hashed(weights...).Listed()
		counts := make([]int, len(listed))
		for _, i := range MhTable(listed) {
			counts[i]++
		}
		for i, n := range counts {
			want := float64(listed[i].Weight) / float64(sum) * mhSize
			if weights[0] == 999 && n > 0 { // of 10 bits of weight 6 count
				continue
			}
			if d := float64(n) - want; d > 10 || d < -10 {
				t.Errorf("%v: server %d has %d entries, want %v", weights, i, n, want)
			}
		}
	}
	if MhTable(nil) != nil || MhTable(hashed(0, 0).Listed()) != nil {
		t.Error("a table without a server")
	}
}

func TestWhatMovesUnderMhIsAboutWhatAServerHas(t *testing.T) {
	for name, c := range map[string]struct {
		before, after plan.Service
		least, most   float64
	}{
		"a server leaves":     {hashed(1, 1, 1, 1), hashed(1, gone, 1, 1), 0.25, 0.32},
		"a weight changes":    {hashed(1, 1, 1), hashed(1, 1, 2), 0.05, 0.3},
		"the ratio is kept":   {hashed(1, 2), hashed(10, 20), 0, 0},
		"nothing has changed": {hashed(1, 2), hashed(1, 2), 0, 0},
		"it is the first":     {hashed(), hashed(1), 0, 0},
	} {
		if got := Moved(c.before, c.after); got < c.least || got > c.most {
			t.Errorf("%s: %v moves", name, got)
		}
	}
	round := hashed(1, 1)
	round.Scheduler = "wrr"
	if m := Moves([]plan.Service{round}, []plan.Service{hashed(1, gone, 1)}); len(m) != 0 {
		t.Errorf("of another scheduler: %v", m)
	}
	m := Moves([]plan.Service{hashed(1, 1)}, []plan.Service{hashed(1, 3)})
	if len(m) != 1 || m[0].Name() != "tcp:192.0.2.100:80" {
		t.Errorf("%+v", m)
	}
}

// Fifty ports of one client reach every server.
func TestClientsOfIPv6AndPortsArePickedToo(t *testing.T) {
	table := MhTable(hashed(1, 1, 1).Listed())
	picked := map[int]bool{}
	for port := range uint16(50) {
		picked[MhPick(table, netip.MustParseAddr("2001:db8::1"), port)] = true
	}
	if len(picked) != 3 {
		t.Errorf("%v", picked)
	}
}

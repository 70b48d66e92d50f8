package lvsrole

import (
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"holdfast/engine/plan"
)

// The services compared key by key are those that a plan for the whole table touches, and the plan
// for these alone is that for the whole.
func TestASmallChangeIsFoundAsThePlanForTheWholeTableFindsIt(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	draw := func() (list []plan.Service) {
		for port := range uint16(8) {
			if r.IntN(5) == 0 {
				continue
			}
			s := plan.Service{Key: plan.ServiceKey{Protocol: 6, Addr: netip.IPv4Unspecified(), Port: port}, Scheduler: []string{"rr", "rr", "wrr"}[r.IntN(3)]}
			for end := range uint16(2) {
				if r.IntN(4) > 0 {
					s.Destinations = append(s.Destinations, plan.Destination{Addr: netip.IPv4Unspecified(), Port: end, Weight: uint32(r.IntN(2))})
				}
			}
			list = append(list, s.Normal())
		}
		return list
	}
	order := func(keys []plan.ServiceKey) []plan.ServiceKey {
		return slices.SortedFunc(slices.Values(keys), plan.ServiceKey.Compare)
	}
	for range 2000 {
		have, want := draw(), draw()
		table := servicesOf(have)
		whole := plan.OwnedDiff(have, want, nil)
		keys := table.unlike(want)
		if got, touched := order(keys), order(keysOf(whole)); !slices.Equal(got, touched) {
			t.Fatalf("%v to %v: %v differ, and the plan touches %v", have, want, got, touched)
		}
		if part := plan.OwnedDiff(table.at(keys).all(), only(want, keys), nil); len(part)+len(whole) > 0 && !reflect.DeepEqual(part, whole) {
			t.Fatalf("%v to %v: %v, and for the whole table %v", have, want, part.Lines(), whole.Lines())
		}
	}
}

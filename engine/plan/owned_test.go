package plan

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// Owned is compared with a set of pairs that holds the same.
func TestOwnedIsASetOfServicesAndOfTheirEnds(t *testing.T) {
	type end struct {
		key ServiceKey
		end netip.AddrPort
	}
	r := rand.New(rand.NewPCG(3, 4))
	some := func() (list []Service) {
		for key := range uint16(3) {
			if r.IntN(3) == 0 {
				continue
			}
			s := Service{Key: ServiceKey{Protocol: 6, Addr: netip.IPv4Unspecified(), Port: key}}
			for port := range uint16(4) {
				if r.IntN(2) == 0 {
					s.Destinations = append(s.Destinations, Destination{Addr: netip.IPv4Unspecified(), Port: 4 - port, Weight: r.Uint32()})
				}
			}
			list = append(list, s.Normal())
		}
		return list
	}
	for range 2000 {
		first, second, table := some(), some(), some()
		keys, ends := map[ServiceKey]bool{}, map[end]bool{}
		for _, list := range [][]Service{first, second} {
			for _, s := range list {
				keys[s.Key] = true
				for _, d := range s.Destinations {
					ends[end{s.Key, d.End()}] = true
				}
			}
		}
		added := OwnedOf(first)
		added.Add(second)
		for name, o := range map[string]Owned{"add": added, "with": OwnedOf(first).With(second)} {
			has := true
			var want []Service
			for _, s := range table {
				if o.Names(s.Key) != keys[s.Key] {
					t.Fatalf("%s: names %v: %v", name, s.Key, o.Names(s.Key))
				}
				mine := s
				mine.Destinations = nil
				for _, d := range s.Destinations {
					if ends[end{s.Key, d.End()}] {
						mine.Destinations = append(mine.Destinations, d)
					}
				}
				has = has && keys[s.Key] && len(mine.Destinations) == len(s.Destinations)
				if keys[s.Key] {
					want = append(want, mine)
				}
			}
			if o.Has(table) != has {
				t.Fatalf("%s: %v has %v: %v", name, o, table, !has)
			}
			got, shared := o.Of(table)
			if len(got) != len(want) {
				t.Fatalf("%s: %v of %v: got %v", name, o, table, got)
			}
			for i := range got {
				if !got[i].Equal(want[i]) {
					t.Fatalf("%s: %v of %v: got %v, want %v", name, o, table, got[i], want[i])
				}
			}
			for _, s := range table {
				if mine := ends; shared[s.Key] != (keys[s.Key] && anyMissing(s, func(d Destination) bool { return mine[end{s.Key, d.End()}] })) {
					t.Fatalf("%s: %v shared: %v", name, s, shared)
				}
			}
		}
	}
}

func anyMissing(s Service, mine func(Destination) bool) bool {
	for _, d := range s.Destinations {
		if !mine(d) {
			return true
		}
	}
	return false
}

package kernel

import (
	"context"
	"net/netip"
	"slices"
	"testing"

	"holdfast/engine/plan"

	"pgregory.net/rapid"
)

func TestEveryStateOfAddressesIsReachedFromEveryOther(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		base := addresses(t, w.Addresses)
		have := base
		rapid.Check(t, func(t *rapid.T) {
			want := randomAddresses(t, base)
			p := plan.Diff(plan.State{Addresses: have}, plan.State{Addresses: want})
			done, err := w.Apply(context.Background(), p)
			if err != nil || len(done) != len(p) {
				t.Fatalf("done %d of %d: %v", len(done), len(p), err)
			}
			got, err := w.Addresses()
			if err != nil {
				t.Fatal(err)
			}
			got = slices.DeleteFunc(got, func(a plan.Address) bool { return a.Link != "near" || a.Prefix.Addr().IsLinkLocalUnicast() })
			if !slices.Equal(got, want) {
				t.Fatalf("got  %+v\nwant %+v\nby %q", got, want, p.Lines())
			}
			have = want
		})
	})
}

// randomAddresses is base and a random state beside it that the kernel takes.
func randomAddresses(t *rapid.T, base []plan.Address) []plan.Address {
	s := plan.State{Addresses: base}
	for range rapid.IntRange(0, 12).Draw(t, "addresses") {
		a := near(rapid.SampledFrom([]string{
			"198.51.100.1/24", "198.51.100.2/24", "198.51.100.3/24", "198.51.100.1/32", "203.0.113.1/32",
			"2001:db8::1/64", "2001:db8::1/128", "2001:db8::2/64",
		}).Draw(t, "prefix"))
		a.Scope = rapid.SampledFrom([]uint8{0, 253}).Draw(t, "scope")
		if a.Prefix.Addr().Is6() {
			a.Scope = 0 // it follows from the address
		} else if rapid.Bool().Draw(t, "labelled") {
			a.Label, a.Broadcast = "near:1", netip.MustParseAddr("198.51.100.255")
		}
		if next, err := s.With(plan.Op{Verb: plan.AddAddress, Address: a}); err == nil {
			s = next
		}
	}
	return s.Addresses
}

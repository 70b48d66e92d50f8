package kernel

import (
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/plan"
)

// TestLinesDoWhatApplyDoesToAddresses types a plan's lines into the real ip.
func TestLinesDoWhatApplyDoesToAddresses(t *testing.T) {
	typed, applied := kernelWorld(t), kernelWorld(t)
	full := near("192.0.2.100/24")
	full.Label, full.Broadcast = "near:1", netip.MustParseAddr("192.0.2.255")
	scoped := near("198.51.100.7/32")
	scoped.Scope = 253
	odd := near("198.51.100.8/32")
	odd.Scope = 77
	base := near("192.0.2.1/24")
	have := []plan.Address{base}
	for _, want := range [][]plan.Address{
		{base, full, scoped, odd, near("2001:db8::7/64"), near("2001:db8::8/128")},
		{base, near("192.0.2.100/24"), near("198.51.100.7/32"), near("2001:db8::7/128")},
		{base},
	} {
		p := plan.Diff(plan.State{Addresses: have}, plan.State{Addresses: want})
		typed.within(func() {
			for _, o := range p {
				words := strings.Fields(o.String())
				if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil || len(out) > 0 {
					t.Errorf("%s: %v: %s", o, err, out)
				}
			}
		})
		apply(t, applied, p...)
		byHand, byUs := addresses(t, typed.Addresses), addresses(t, applied.Addresses)
		if !slices.Equal(byHand, byUs) || !slices.Equal(byUs, want) {
			t.Errorf("by hand  %+v\nby Apply %+v\nwant     %+v", byHand, byUs, want)
		}
		have = want
	}
}

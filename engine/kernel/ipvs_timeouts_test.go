package kernel

import (
	"testing"

	"holdfast/engine/plan"
)

func TestGuestTimeoutsAreThoseThatWereSetAndZeroLeavesTheKernels(t *testing.T) {
	onBothTables(t, func(t *testing.T, k table) {
		expect := func(want plan.Timeouts) {
			t.Helper()
			if got, err := k.Timeouts(); err != nil || got != want {
				t.Fatalf("%+v, %v, want %+v", got, err, want)
			}
		}
		expect(plan.Timeouts{TCP: 900, FIN: 120, UDP: 300}) // of every Linux
		write(t, k, plan.Plan{{Verb: plan.SetTimeouts, Timeouts: plan.Timeouts{TCP: 7200, UDP: 30}}})
		expect(plan.Timeouts{TCP: 7200, FIN: 120, UDP: 30})
		write(t, k, plan.Plan{{Verb: plan.SetTimeouts, Timeouts: plan.Timeouts{TCP: 900, FIN: 60, UDP: 300}}})
		expect(plan.Timeouts{TCP: 900, FIN: 60, UDP: 300})
	})
}

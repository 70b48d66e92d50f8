package vrrprole

import (
	"errors"
	"net/netip"
	"testing"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

func onEth0(prefix string) plan.Address {
	return plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix(prefix)}
}

func adding(list ...plan.Address) (p plan.Plan) {
	for _, a := range list {
		p = append(p, plan.Op{Verb: plan.AddAddress, Address: a})
	}
	return p
}

func deleting(list ...plan.Address) (p plan.Plan) {
	for _, a := range list {
		p = append(p, plan.Op{Verb: plan.DeleteAddress, Address: a})
	}
	return p
}

// unmarked is a kernel that keeps no marks.
type unmarked struct{ Net }

func (unmarked) OurAddresses() ([]plan.Address, error) { return nil, errors.ErrUnsupported }

func TestAnAddressOfSomebodyElseStaysAndIsToldOnce(t *testing.T) {
	t.Parallel()
	theirs, ours := onEth0("192.0.2.77/32"), onEth0("192.0.2.78/32")
	twin := kernel.NewTwin()
	twin.SetLink(kernel.Link{Index: 2, Name: "eth0"})
	if err := twin.AddAddress(theirs); err != nil {
		t.Fatal(err)
	}
	var told []input
	s := newSparing(twin, func(in input) { told = append(told, in) })
	has := func(a plan.Address) bool {
		there, err := twin.Addresses()
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range there {
			if b.Key() == a.Key() {
				return true
			}
		}
		return false
	}
	// A master begins to hold both, goes on, and lets go of both.
	for range 2 {
		if _, err := s.Apply(t.Context(), adding(theirs, ours)); err != nil {
			t.Fatal(err)
		}
	}
	done, err := s.Apply(t.Context(), deleting(theirs, ours))
	if err != nil || len(done) != 1 || done[0].Address.Key() != ours.Key() {
		t.Error(done, err)
	}
	if !has(theirs) || has(ours) {
		t.Errorf("theirs is there: %v, ours: %v", has(theirs), has(ours))
	}
	if len(told) != 1 || plan.Address(told[0].(foreignAddress)).Key() != theirs.Key() {
		t.Error(told)
	}
	// Without marks nobody can tell.
	blind := newSparing(unmarked{twin}, func(in input) { t.Error("told:", in) })
	if done, err := blind.Apply(t.Context(), deleting(theirs)); err != nil || len(done) != 1 || has(theirs) {
		t.Error(done, err)
	}
}

package vrrprole

import (
	"context"
	"slices"

	"holdfast/engine/plan"
)

// sparing is a Net that takes off only addresses that bear our mark. One that was there
// before us, put there by somebody else, stays and is told once: for the writer it
// counts as held, and as released. keepalived takes it off. An address that the
// configuration wants in another form is made anew in that form, and is ours then.
// Where the kernel keeps no marks (before Linux 5.18) nothing can be told apart, and
// all goes as with keepalived. It has one user at a time.
type sparing struct {
	Net
	told map[plan.AddressKey]bool
	tell func(input)
}

func newSparing(net Net, tell func(input)) *sparing {
	return &sparing{Net: net, told: map[plan.AddressKey]bool{}, tell: tell}
}

// Apply carries out p, but for the end of strangers' addresses.
func (s *sparing) Apply(ctx context.Context, p plan.Plan) (plan.Plan, error) {
	again := map[plan.AddressKey]bool{}
	for _, o := range p {
		again[o.Address.Key()] = again[o.Address.Key()] || o.Verb == plan.AddAddress
	}
	ends := func(o plan.Op) bool { return o.Verb == plan.DeleteAddress && !again[o.Address.Key()] }
	if slices.ContainsFunc(p, ends) {
		strange := s.strangers(p, ends)
		p = slices.DeleteFunc(slices.Clone(p), func(o plan.Op) bool { return strange[o.Address.Key()] })
	}
	done, err := s.Net.Apply(ctx, p)
	// An addition that the kernel did not do was perhaps not needed.
	added := map[plan.AddressKey]bool{}
	for _, o := range done {
		added[o.Address.Key()] = added[o.Address.Key()] || o.Verb == plan.AddAddress
	}
	undone := func(o plan.Op) bool { return o.Verb == plan.AddAddress && !added[o.Address.Key()] }
	if slices.ContainsFunc(p, undone) {
		s.strangers(p, undone)
	}
	return done, err
}

// strangers are the addresses of those operations of p that are in the kernel without
// our mark. It tells each of them once.
func (s *sparing) strangers(p plan.Plan, of func(plan.Op) bool) map[plan.AddressKey]bool {
	marked, err := s.OurAddresses()
	if err != nil {
		return nil
	}
	there, err := s.Addresses()
	if err != nil {
		return nil // what is there cannot be told apart
	}
	ours, foreign := map[plan.AddressKey]bool{}, map[plan.AddressKey]plan.Address{}
	for _, a := range marked {
		ours[a.Key()] = true
	}
	for _, a := range there {
		if !ours[a.Key()] {
			foreign[a.Key()] = a
		}
	}
	strange := map[plan.AddressKey]bool{}
	for _, o := range p {
		key := o.Address.Key()
		a, is := foreign[key]
		if !of(o) || !is {
			continue
		}
		strange[key] = true
		stays := o.Verb == plan.DeleteAddress || a.Normal() == o.Address.Normal()
		if stays && !s.told[key] { // in another form it is perhaps made anew
			s.told[key] = true
			s.tell(foreignAddress(a))
		}
	}
	return strange
}

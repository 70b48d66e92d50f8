package engine

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"slices"

	"holdfast/engine/kernel"
	"holdfast/engine/lvs"
	"holdfast/engine/plan"
)

// lvsOwned is what is ours in the kernel's table: services, and which of their
// destinations. Whatever else is in the table is a stranger's.
type lvsOwned map[plan.ServiceKey]map[netip.AddrPort]bool

func lvsOwnedOf(services []plan.Service) lvsOwned {
	o := make(lvsOwned, len(services))
	o.add(services)
	return o
}

func (o lvsOwned) add(services []plan.Service) {
	for _, s := range services {
		if o[s.Key] == nil {
			o[s.Key] = make(map[netip.AddrPort]bool, len(s.Destinations))
		}
		for _, d := range s.Destinations {
			o[s.Key][lvs.End(d)] = true
		}
	}
}

// of gives the part of the table that is ours, and the services of ours into
// which somebody else put destinations.
func (o lvsOwned) of(table []plan.Service) (ours []plan.Service, shared map[plan.ServiceKey]bool) {
	shared = map[plan.ServiceKey]bool{}
	for _, s := range table {
		ends, mine := o[s.Key]
		if !mine {
			continue
		}
		all := len(s.Destinations)
		s.Destinations = slices.DeleteFunc(slices.Clone(s.Destinations), func(d plan.Destination) bool {
			return !ends[lvs.End(d)]
		})
		if len(s.Destinations) < all {
			shared[s.Key] = true
		}
		ours = append(ours, s)
	}
	return ours, shared
}

// lvsDiff is how to get from have to want. A service that leaves, but in which a
// stranger has destinations, stays for those.
func lvsDiff(have, want []plan.Service, shared map[plan.ServiceKey]bool) plan.Plan {
	if len(shared) > 0 {
		wanted := lvsOwnedOf(want)
		want = slices.Clone(want)
		for _, s := range have {
			if shared[s.Key] && wanted[s.Key] == nil {
				s.Destinations = nil
				want = append(want, s)
			}
		}
	}
	return plan.Diff(plan.State{Services: have}, plan.State{Services: want})
}

// work carries out what a job wants of the kernel.
func (h *lvsHand) work(ctx context.Context, a *lvsAnswer) (err error) {
	switch a.job.task {
	case lvsCount:
		a.stats, err = h.door.Stats()
		return err
	case lvsPreview:
		table, err := h.door.Read()
		if err != nil {
			return err
		}
		seen := lvsOwnedOf(a.job.whole)
		for key, ends := range h.ours {
			if seen[key] == nil {
				seen[key] = map[netip.AddrPort]bool{}
			}
			for end := range ends {
				seen[key][end] = true
			}
		}
		have, shared := seen.of(table)
		a.ops = lvsDiff(have, a.job.want, shared)
		return nil
	case lvsSettle:
		return h.settle(ctx, a)
	case lvsAll:
		return h.settleAll(ctx, a)
	case lvsRemove:
		table, err := h.door.Read()
		if err != nil {
			return err
		}
		have, shared := h.ours.of(table)
		return h.apply(ctx, a, lvsDiff(have, nil, shared))
	}
	panic("engine: a job of no known task")
}

// settle makes the services of want as they shall be, and looks at no others.
func (h *lvsHand) settle(ctx context.Context, a *lvsAnswer) error {
	if !h.known {
		if _, err := h.look(); err != nil {
			return err
		}
	}
	var have []plan.Service
	for _, s := range a.job.want {
		if there, ok := h.have[s.Key]; ok {
			have = append(have, there)
		}
	}
	if err := h.apply(ctx, a, lvsDiff(have, a.job.want, nil)); err != nil {
		return err
	}
	if len(a.refused) > 0 {
		if _, err := h.look(); err != nil {
			return err
		}
	} else {
		for _, s := range a.job.want {
			h.have[s.Key] = s
		}
	}
	a.have = nil
	for _, s := range a.job.want {
		if there, ok := h.have[s.Key]; ok {
			a.have = append(a.have, there)
		}
	}
	return nil
}

// settleAll makes all that is ours as it shall be, from what the kernel really
// has, and reads back what it did.
func (h *lvsHand) settleAll(ctx context.Context, a *lvsAnswer) error {
	before, knew := h.have, h.known
	shared, err := h.look()
	if err != nil {
		return err
	}
	have := h.all()
	if knew {
		var expected []plan.Service
		for _, s := range before {
			expected = append(expected, s)
		}
		a.drift = lvsDiff(have, expected, shared)
	}
	p := lvsDiff(have, a.job.want, shared)
	if err := h.apply(ctx, a, p); err != nil {
		return err
	}
	if len(p) > 0 {
		if _, err := h.look(); err != nil {
			return err
		}
	}
	a.have = h.all()
	if len(a.refused) > 0 {
		return nil // what could not be taken out is still ours
	}
	return h.keep(a.job.whole)
}

// look reads the table and notes what of it is ours.
func (h *lvsHand) look() (shared map[plan.ServiceKey]bool, err error) {
	table, err := h.door.Read()
	if err != nil {
		return nil, err
	}
	ours, shared := h.ours.of(table)
	h.have = make(map[plan.ServiceKey]plan.Service, len(ours))
	for _, s := range ours {
		h.have[s.Key] = s
	}
	h.known = true
	return shared, nil
}

func (h *lvsHand) all() []plan.Service {
	all := make([]plan.Service, 0, len(h.have))
	for _, s := range h.have {
		all = append(all, s)
	}
	return all
}

// apply carries out p. Operations that the kernel refused are told apart from
// those done; any other fault is an error.
func (h *lvsHand) apply(ctx context.Context, a *lvsAnswer, p plan.Plan) error {
	a.ops, a.refused = nil, nil
	if len(p) == 0 {
		return nil
	}
	_, err := h.door.Apply(ctx, p)
	missed := map[lvsTarget]bool{}
	for _, e := range lvsErrors(err) {
		var refused *kernel.OpError
		if !errors.As(e, &refused) || errors.Is(e, fs.ErrPermission) {
			return e
		}
		a.refused = append(a.refused, refused)
		missed[targetOf(refused.Op)] = true
	}
	for _, op := range p {
		if !missed[targetOf(op)] {
			a.ops = append(a.ops, op)
		}
	}
	return nil
}

// lvsTarget is what an operation is about: a service, or one of its destinations.
type lvsTarget struct {
	key plan.ServiceKey
	end netip.AddrPort
}

func targetOf(op plan.Op) lvsTarget {
	return lvsTarget{op.Service.Key, lvs.End(op.Destination)}
}

// lvsErrors takes joined errors apart.
func lvsErrors(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, lvsErrors(e)...)
	}
	return all
}

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

// lvsStrangers is how many lines of what is not ours are kept to be shown.
const lvsStrangers = 100

// strangers gives what of the table is not ours, as ipvsadm lines.
func (o lvsOwned) strangers(table []plan.Service) []string {
	lines := []string{}
	for _, s := range table {
		ends, mine := o[s.Key]
		others := s
		others.Destinations = slices.DeleteFunc(slices.Clone(s.Destinations), func(d plan.Destination) bool { return ends[lvs.End(d)] })
		if mine && len(others.Destinations) == 0 {
			continue
		}
		p := plan.Diff(plan.State{}, plan.State{Services: []plan.Service{others}})
		if mine {
			p = p[1:] // the service itself is ours
		}
		if lines = append(lines, p.Lines()...); len(lines) >= lvsStrangers {
			return lines[:lvsStrangers]
		}
	}
	return lines
}

// lvsDiff is how to get from have to want.
func lvsDiff(have, want []plan.Service, shared map[plan.ServiceKey]bool) plan.Plan {
	return plan.Diff(plan.State{Services: have}, plan.State{Services: lvsStaying(have, want, shared)})
}

// lvsStaying is want with what stays for others: a service that leaves, but in
// which a stranger has destinations, stays for those.
func lvsStaying(have, want []plan.Service, shared map[plan.ServiceKey]bool) []plan.Service {
	if len(shared) == 0 {
		return want
	}
	wanted := lvsOwnedOf(want)
	want = slices.Clone(want)
	for _, s := range have {
		if shared[s.Key] && wanted[s.Key] == nil {
			s.Destinations = nil
			want = append(want, s)
		}
	}
	return want
}

// work carries out what a job wants of the kernel.
func (h *lvsHand) work(ctx context.Context, a *lvsAnswer) (err error) {
	switch a.job.task {
	case lvsCount:
		a.stats, err = h.door.Stats()
		return err
	case lvsPreview:
		seen := lvsOwnedOf(a.job.whole)
		for key, ends := range h.ours {
			if seen[key] == nil {
				seen[key] = map[netip.AddrPort]bool{}
			}
			for end := range ends {
				seen[key][end] = true
			}
		}
		have, shared, err := h.facts(seen, a.job)
		a.ops = lvsDiff(have.all(), a.job.want, shared)
		return err
	case lvsSettle:
		return h.settle(ctx, a)
	case lvsAll:
		return h.settleAll(ctx, a)
	case lvsRemove:
		have, shared, err := h.facts(h.ours, a.job)
		if err != nil {
			return err
		}
		return h.apply(ctx, a, lvsDiff(have.all(), nil, shared))
	}
	panic("engine: a job of no known task")
}

// settle makes the services of want as they shall be, and looks at no others.
func (h *lvsHand) settle(ctx context.Context, a *lvsAnswer) (err error) {
	if !h.known {
		if h.have, _, err = h.facts(h.ours, a.job); err != nil {
			return err
		}
		h.known = true
	}
	if err := h.apply(ctx, a, lvsDiff(h.have.under(a.job.want), a.job.want, nil)); err != nil {
		return err
	}
	if len(a.refused) > 0 {
		h.have.after(a.ops)
	} else {
		for _, s := range a.job.want {
			h.have[s.Key] = s
		}
	}
	a.have = h.have.under(a.job.want)
	return nil
}

// settleAll makes all that is ours as it shall be, from what the kernel really
// has, and reads back what it touched.
func (h *lvsHand) settleAll(ctx context.Context, a *lvsAnswer) error {
	have, shared, err := h.facts(h.ours, a.job)
	if err != nil {
		return err
	}
	if h.known {
		a.drift = lvsDiff(have.all(), h.have.all(), shared)
	}
	h.have, h.known = have, true
	p := lvsDiff(have.all(), a.job.want, shared)
	if err := h.apply(ctx, a, p); err != nil {
		return err
	}
	if len(p) > 0 {
		if _, err := h.refresh(h.ours, h.have, lvsKeys(p)); err != nil {
			return err
		}
	}
	a.have, a.strangers = h.have.all(), h.strangers
	if len(a.refused) > 0 {
		return nil // what could not be taken out is still ours
	}
	return h.keep(a.job.whole)
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

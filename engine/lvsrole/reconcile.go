package lvsrole

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// work carries out what a job wants of the kernel.
func (h *writer) work(ctx context.Context, a *tableAnswer) (err error) {
	switch a.job.task {
	case taskCount:
		a.stats, err = h.door.Stats()
		return err
	case taskPreview:
		seen := plan.OwnedOf(a.job.whole)
		for key, ends := range h.ours {
			if seen[key] == nil {
				seen[key] = map[netip.AddrPort]bool{}
			}
			for end := range ends {
				seen[key][end] = true
			}
		}
		have, shared, err := h.facts(seen, a.job)
		a.ops = plan.OwnedDiff(have.all(), a.job.want, shared)
		return err
	case taskSettle:
		return h.settle(ctx, a)
	case taskAll:
		return h.settleAll(ctx, a)
	case taskRemove:
		have, shared, err := h.facts(h.ours, a.job)
		if err != nil {
			return err
		}
		return h.apply(ctx, a, plan.OwnedDiff(have.all(), nil, shared))
	}
	panic("engine: a job of no known task")
}

// settle makes the services of want as they shall be, and looks at no others.
func (h *writer) settle(ctx context.Context, a *tableAnswer) (err error) {
	if !h.known {
		if h.have, _, err = h.facts(h.ours, a.job); err != nil {
			return err
		}
		h.known = true
	}
	if err := h.apply(ctx, a, plan.OwnedDiff(h.have.under(a.job.want), a.job.want, nil)); err != nil {
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
func (h *writer) settleAll(ctx context.Context, a *tableAnswer) error {
	have, shared, err := h.facts(h.ours, a.job)
	if err != nil {
		return err
	}
	if h.known {
		a.drift = plan.OwnedDiff(have.all(), h.have.all(), shared)
	}
	h.have, h.known = have, true
	p := plan.OwnedDiff(have.all(), a.job.want, shared)
	if err := h.apply(ctx, a, p); err != nil {
		return err
	}
	if len(p) > 0 {
		if _, err := h.refresh(h.ours, h.have, keysOf(p)); err != nil {
			return err
		}
	}
	a.have, a.foreign = h.have.all(), h.foreign
	if len(a.refused) > 0 {
		return nil // what could not be taken out is still ours
	}
	return h.keep(a.job.whole)
}

// apply carries out p. Operations that the kernel refused are told apart from
// those done; any other fault is an error.
func (h *writer) apply(ctx context.Context, a *tableAnswer, p plan.Plan) error {
	a.ops, a.refused = nil, nil
	if len(p) == 0 {
		return nil
	}
	_, err := h.door.Apply(ctx, p)
	missed := map[target]bool{}
	for _, e := range kernel.Errors(err) {
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

// target is what an operation is about: a service, or one of its destinations.
type target struct {
	key plan.ServiceKey
	end netip.AddrPort
}

func targetOf(op plan.Op) target {
	return target{op.Service.Key, op.Destination.End()}
}

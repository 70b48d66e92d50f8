package vrrprole

import (
	"cmp"
	"maps"
	"slices"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/plan"
)

// refusal is an operation on an address that the kernel refused and that is still to be
// done.
type refusal struct {
	verb         plan.Verb
	address      plan.Address
	line, reason string
}

func refusalOf(o plan.Op, err error) refusal {
	return refusal{o.Verb, o.Address, o.String(), err.Error()}
}

// toDo says whether an operation that was refused is still to be done.
func (h *holdings) toDo(r refusal) bool {
	_, there := h.placed[r.address.Key()]
	if r.verb == plan.AddAddress {
		return !there && h.isWanted(r.address)
	}
	return there && !h.isWanted(r.address)
}

// standing are the refusals that stand, as the writer tells of them.
type standing []refusal

// settleRefusals drops the refusals of what has been done since or is not wanted any
// more, and tells of those that stand where that changed.
func (h *writer) settleRefusals() {
	maps.DeleteFunc(h.refusals, func(_ plan.AddressKey, r refusal) bool { return !h.holdings.toDo(r) })
	now := standing(slices.SortedFunc(maps.Values(h.refusals), func(a, b refusal) int { return cmp.Compare(a.line, b.line) }))
	if !slices.Equal(now, h.told) {
		h.told = now
		h.tell(now)
	}
}

// refusedDeletions are the operations to take off what the kernel did not let go.
func (h *writer) refusedDeletions() (off plan.Plan) {
	for _, r := range h.refusals {
		if r.verb == plan.DeleteAddress && h.holdings.toDo(r) {
			off = append(off, plan.Op{Verb: r.verb, Address: r.address})
		}
	}
	return off
}

// reach keeps what stands. A refusal that ended is told anew when it comes again.
func (s standing) reach(l *loop) {
	for _, r := range l.standing {
		if !slices.Contains(s, r) {
			delete(l.refusals, kernelRefusal{r.line, r.reason})
		}
	}
	l.standing = s
}

// by gives what the kernel refused by the names of the routers that have the address; ""
// is of no router, and its object is the link.
func (s standing) by(routers map[routerKey]*router) map[string][]control.Blocked {
	if len(s) == 0 {
		return nil
	}
	names := map[plan.AddressKey][]string{}
	for _, r := range routers {
		for _, a := range r.addrs {
			names[a.Key()] = append(names[a.Key()], r.cfg.Name)
		}
	}
	held := map[string][]control.Blocked{}
	for _, r := range s {
		of := names[r.address.Key()]
		if of == nil {
			of = []string{""}
		}
		for _, name := range of {
			held[name] = append(held[name], control.Blocked{Object: cmp.Or(name, r.address.Link), Code: code.KernelRefused, Args: map[string]string{
				"operation": r.line, "reason": r.reason, "address": r.address.Prefix.String(), "interface": r.address.Link}})
		}
	}
	return held
}

// all is by in a row.
func (s standing) all(routers map[routerKey]*router) (held []control.Blocked) {
	by := s.by(routers)
	for _, name := range slices.Sorted(maps.Keys(by)) {
		held = append(held, by[name]...)
	}
	return held
}

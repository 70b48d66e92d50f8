package vrrprole

import (
	"cmp"
	"maps"
	"slices"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/plan"
)

// refusal is an operation that the kernel refused and that is still to be done.
type refusal struct {
	verb         plan.Verb
	about        any // the key of what it is about
	address      plan.Address
	route        plan.Route
	rule         plan.Rule
	drop         plan.Drop
	line, reason string
}

func refusalOf(o plan.Op, err error) refusal {
	return refusal{o.Verb, aboutOf(o), o.Address, o.Route, o.Rule, o.Drop, o.String(), err.Error()}
}

// aboutOf is the key of what an operation is about.
func aboutOf(o plan.Op) any {
	switch o.Verb {
	case plan.AddRoute, plan.DeleteRoute:
		return o.Route.Key()
	case plan.AddRule, plan.DeleteRule:
		return o.Rule.Normal()
	case plan.AddDrop, plan.DeleteDrop:
		return o.Drop.Normal()
	}
	return o.Address.Key()
}

// op is the operation.
func (r refusal) op() plan.Op {
	return plan.Op{Verb: r.verb, Address: r.address, Route: r.route, Rule: r.rule, Drop: r.drop}
}

// removes says whether an operation takes something out of the kernel.
func removes(v plan.Verb) bool {
	return v == plan.DeleteAddress || v == plan.DeleteRoute || v == plan.DeleteRule || v == plan.DeleteDrop
}

// toDo says whether an operation that was refused is still to be done.
func (h *holdings) toDo(r refusal) bool {
	thing := h.about(r.op())
	if removes(r.verb) {
		return thing.has() && !thing.isWanted()
	}
	return !thing.has() && thing.isWanted()
}

// standing are the refusals that stand, as the writer tells of them.
type standing []refusal

// settleRefusals drops the refusals of what has been done since or is not wanted any
// more, and tells of those that stand where that changed.
func (h *writer) settleRefusals() {
	maps.DeleteFunc(h.refusals, func(_ any, r refusal) bool { return !h.holdings.toDo(r) })
	now := standing(slices.SortedFunc(maps.Values(h.refusals), func(a, b refusal) int { return cmp.Compare(a.line, b.line) }))
	if !slices.Equal(now, h.told) {
		h.told = now
		h.tell(now)
	}
}

// refusedDeletions are the operations to take off what the kernel did not let go.
func (h *writer) refusedDeletions() (off plan.Plan) {
	for _, r := range h.refusals {
		if removes(r.verb) && h.holdings.toDo(r) {
			off = append(off, r.op())
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

// refusesToAdd says whether the kernel refuses an address.
func (s standing) refusesToAdd(a plan.Address) bool {
	return slices.ContainsFunc(s, func(r refusal) bool { return r.verb == plan.AddAddress && r.about == a.Key() })
}

// by gives what the kernel refused by the names of the routers that have the address; ""
// is of no router, and its object is the link.
func (s standing) by(routers map[routerKey]*router) map[string][]control.Blocked {
	if len(s) == 0 {
		return nil
	}
	names := map[any][]string{}
	for _, r := range routers {
		for _, a := range r.addrs {
			names[a.Key()] = append(names[a.Key()], r.cfg.Name)
		}
		for _, o := range r.routes {
			names[o.Key()] = append(names[o.Key()], r.cfg.Name)
		}
		for _, o := range r.rules {
			names[o.Normal()] = append(names[o.Normal()], r.cfg.Name)
		}
	}
	held := map[string][]control.Blocked{}
	for _, r := range s {
		of := names[r.about]
		if of == nil {
			of = []string{""}
		}
		for _, name := range of {
			b := control.Blocked{Object: cmp.Or(name, r.address.Link, r.route.Link), Code: code.KernelRefused, Args: map[string]string{"operation": r.line, "reason": r.reason}}
			if r.address.Prefix.IsValid() {
				b.Args["address"], b.Args["interface"] = r.address.Prefix.String(), r.address.Link
			}
			held[name] = append(held[name], b)
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

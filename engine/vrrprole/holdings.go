package vrrprole

import (
	"maps"
	"net/netip"
	"slices"

	"holdfast/engine/plan"
)

// holdings is what the masters are to hold, and what of it is in the kernel by
// our doing. The writer carries out the plans that it gives, and a preview is the
// same plans of a copy.
type holdings struct {
	addresses shelf[plan.AddressKey, plan.Address]
	routes    shelf[plan.RouteKey, plan.Route]
	rules     shelf[plan.Rule, plan.Rule]
	drops     shelf[plan.Drop, plan.Drop]
}

// wish is what one router is to hold from now on; nothing if it is no master.
type wish struct {
	router routerKey
	plan.State
}

// present is what the kernel has: all addresses, those of the routes and rules that were
// asked for, and our drops.
type present struct {
	addresses map[plan.AddressKey]plan.Address
	routes    map[plan.RouteKey]plan.Route
	rules     map[plan.Rule]plan.Rule
	drops     map[plan.Drop]plan.Drop
}

func newHoldings() holdings {
	return holdings{
		newShelf(plan.Address.Key, plan.Address.Normal), newShelf(plan.Route.Key, plan.Route.Normal),
		newShelf(plan.Rule.Normal, plan.Rule.Normal), newShelf(plan.Drop.Normal, plan.Drop.Normal),
	}
}

// clone shares nothing that change touches.
func (h holdings) clone() holdings {
	return holdings{h.addresses.clone(), h.routes.clone(), h.rules.clone(), h.drops.clone()}
}

// change takes note of wishes and gives what they mean for the kernel: the
// difference between what we know to be there of their things and what is to be
// there. It looks at nothing else, so that a take-over costs what the router
// holds and not what the host holds. The kernel lets routes go with their source: those
// are looked at with the address.
func (h *holdings) change(wishes ...wish) plan.Plan {
	var have, want plan.State
	have.Addresses, want.Addresses = h.addresses.change(wishes, func(w wish) []plan.Address { return w.Addresses }, nil)
	sources := map[netip.Addr]bool{}
	for _, a := range have.Addresses {
		sources[a.Prefix.Addr()] = true
	}
	have.Routes, want.Routes = h.routes.change(wishes, func(w wish) []plan.Route { return w.Routes }, func(r plan.Route) bool { return sources[r.Src] })
	have.Rules, want.Rules = h.rules.change(wishes, func(w wish) []plan.Rule { return w.Rules }, nil)
	have.Drops, want.Drops = h.drops.change(wishes, func(w wish) []plan.Drop { return w.Drops }, nil)
	return plan.Diff(have, want)
}

// has says whether a router is to hold this address of a link.
func (h *holdings) has(router routerKey, link string, ip netip.Addr) bool {
	return slices.ContainsFunc(h.addresses.wanted[router], func(a plan.Address) bool { return a.Link == link && a.Prefix.Addr() == ip })
}

// resume is change for a wish that an earlier run carried out: what the kernel has
// of it is ours.
func (h *holdings) resume(w wish, there present) plan.Plan {
	h.see(there, w.State)
	return h.change(w)
}

// renamed takes note that a link bears another name, and gives what it means for the
// kernel: what is ours on the link comes off where no master is to hold it there.
func (h *holdings) renamed(from, to string) (off plan.Plan) {
	for _, r := range h.routes.renamed(func(r plan.Route) (plan.Route, bool) {
		was := r.Link == from
		if was {
			r.Link = to
		}
		return r, was
	}) {
		off = append(off, plan.Op{Verb: plan.DeleteRoute, Route: r})
	}
	for _, a := range h.addresses.renamed(func(a plan.Address) (plan.Address, bool) {
		was := a.Link == from
		if was {
			a.Link = to
		}
		return a, was
	}) {
		off = append(off, plan.Op{Verb: plan.DeleteAddress, Address: a})
	}
	return off
}

// carried takes note of operations of our plans that the kernel has carried out;
// what they are about is in normal form.
func (h *holdings) carried(done plan.Plan) {
	for _, o := range done {
		switch o.Verb {
		case plan.AddAddress, plan.AddRoute, plan.AddRule, plan.AddDrop:
			h.about(o).put()
		case plan.DeleteAddress, plan.DeleteRoute, plan.DeleteRule, plan.DeleteDrop:
			h.about(o).taken()
		}
	}
}

// about is what an operation on a route, a rule or a drop is about, else its address.
func (h *holdings) about(o plan.Op) item {
	switch o.Verb {
	case plan.AddRoute, plan.DeleteRoute:
		return onShelf[plan.RouteKey, plan.Route]{&h.routes, o.Route}
	case plan.AddRule, plan.DeleteRule:
		return onShelf[plan.Rule, plan.Rule]{&h.rules, o.Rule}
	case plan.AddDrop, plan.DeleteDrop:
		return onShelf[plan.Drop, plan.Drop]{&h.drops, o.Drop}
	}
	return onShelf[plan.AddressKey, plan.Address]{&h.addresses, o.Address}
}

// see takes note of what the kernel has of all that was placed, and of what is ours
// beside it.
func (h *holdings) see(there present, ours plan.State) {
	h.addresses.see(there.addresses, ours.Addresses)
	h.routes.see(there.routes, ours.Routes)
	h.rules.see(there.rules, ours.Rules)
	h.drops.see(there.drops, ours.Drops)
}

// lost gives what a router is to hold and somebody else took off, or put there anew
// in another form, and takes note of it. What the kernel never took is not meant.
func (h *holdings) lost(router routerKey, there present) plan.State {
	return plan.State{Addresses: h.addresses.lost(router, there.addresses), Routes: h.routes.lost(router, there.routes), Rules: h.rules.lost(router, there.rules), Drops: h.drops.lost(router, there.drops)}
}

// wanted is what a router is to hold.
func (h *holdings) wanted(router routerKey) plan.State {
	return plan.State{Addresses: h.addresses.wanted[router], Routes: h.routes.wanted[router], Rules: h.rules.wanted[router], Drops: h.drops.wanted[router]}
}

// all is what the masters are to hold.
func (h *holdings) all() plan.State {
	return plan.State{Addresses: h.addresses.all(), Routes: h.routes.all(), Rules: h.rules.all(), Drops: h.drops.all()}
}

// masters gives the routers that are to hold something.
func (h *holdings) masters() []routerKey {
	known := maps.Clone(h.addresses.wanted)
	for key := range h.routes.wanted {
		known[key] = nil
	}
	for key := range h.rules.wanted {
		known[key] = nil
	}
	for key := range h.drops.wanted {
		known[key] = nil
	}
	return slices.Collect(maps.Keys(known))
}

// together are two states in one; the second comes behind.
func together(a, b plan.State) plan.State {
	return plan.State{Addresses: slices.Concat(a.Addresses, b.Addresses), Routes: slices.Concat(a.Routes, b.Routes), Rules: slices.Concat(a.Rules, b.Rules), Drops: slices.Concat(a.Drops, b.Drops)}
}

package vrrprole

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"holdfast/engine/plan"
)

// there reads which addresses the kernel has, and which of the routes, rules and drops
// that we know or that are named.
func (h *writer) there(named plan.State) (present, error) {
	p := present{map[plan.AddressKey]plan.Address{}, map[plan.RouteKey]plan.Route{}, map[plan.Rule]plan.Rule{}, map[plan.Drop]plan.Drop{}}
	addresses, err := h.net.Addresses()
	for _, a := range addresses {
		p.addresses[a.Key()] = a
	}
	for _, asked := range slices.Concat(slices.Collect(maps.Values(h.holdings.addresses.placed)), named.Addresses) {
		if now, is := p.addresses[asked.Key()]; is {
			p.addresses[asked.Key()] = now.As(asked.Normal())
		}
	}
	routes, routesErr := h.net.Routes(slices.Concat(h.holdings.routes.known(), named.Routes))
	for _, r := range routes {
		p.routes[r.Key()] = r.Normal()
	}
	rules, rulesErr := h.net.Rules(slices.Concat(h.holdings.rules.known(), named.Rules))
	for _, r := range rules {
		p.rules[r.Normal()] = r.Normal()
	}
	var dropsErr error
	if len(named.Drops)+len(h.holdings.drops.wanted)+len(h.holdings.drops.placed) > 0 { // else the kernel is not asked
		var drops []plan.Drop
		drops, dropsErr = h.net.Drops(slices.Concat(h.holdings.drops.known(), named.Drops))
		for _, d := range drops {
			p.drops[d] = d
		}
	}
	return p, errors.Join(err, routesErr, rulesErr, dropsErr)
}

// look reads what the kernel has of what we placed. Where it cannot be read, what
// was placed is believed to be there.
func (h *writer) look() (present, error) {
	there, err := h.there(plan.State{})
	if err != nil {
		h.tell(kernelRefusal{"ip address show", err.Error()})
	} else {
		h.holdings.see(there, plan.State{})
	}
	return there, err
}

// foresee hands a copy of the holdings, as the kernel has them, and all addresses of
// the kernel to use.
func (h *writer) foresee(use func(holdings, plan.State)) {
	h.do(func(h *writer) {
		there, _ := h.look() // what failed is told
		use(h.holdings.clone(), plan.State{Addresses: slices.Collect(maps.Values(there.addresses))})
	})
}

// report hands over what was carried out since the last change, when the kernel has
// all that the masters are to hold; refused is what it refuses, err says what else it
// has not.
func (h *writer) report(use func(did plan.Plan, refused standing, err error)) {
	h.do(func(h *writer) {
		did := h.did
		h.did = nil
		h.settleRefusals()
		use(did, h.told, h.readBack())
	})
}

// readBack compares what the masters hold with what the kernel has.
func (h *writer) readBack() error {
	there, err := h.there(plan.State{})
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	for key, placed := range h.holdings.addresses.placed {
		if now, is := there.addresses[key]; h.holdings.addresses.isWanted(placed) && !is {
			return fmt.Errorf("read back: %s is not on %s", placed.Prefix, placed.Link)
		} else if is && now != placed {
			return fmt.Errorf("read back: %s on %s is not as it was asked for", placed.Prefix, placed.Link)
		}
	}
	for key, placed := range h.holdings.routes.placed {
		if _, is := there.routes[key]; h.holdings.routes.isWanted(placed) && !is && placed.Expires == 0 {
			return fmt.Errorf("read back: there is no route %s", placed)
		}
	}
	for key, placed := range h.holdings.rules.placed {
		if _, is := there.rules[key]; h.holdings.rules.isWanted(placed) && !is {
			return fmt.Errorf("read back: there is no rule %s", placed)
		}
	}
	for key, placed := range h.holdings.drops.placed {
		if _, is := there.drops[key]; h.holdings.drops.isWanted(placed) && !is {
			return fmt.Errorf("read back: packets to %s are not dropped", placed.Addr)
		}
	}
	return nil
}

// verify reports what of a master's somebody else took off or replaced.
func (h *writer) verify(key routerKey) {
	h.do(func(h *writer) {
		there, err := h.there(plan.State{})
		if err != nil {
			return // the next event asks again
		}
		h.tellLost(key, there)
	})
}

// verifyAll is verify for all that hold routes or rules. What is asked for while the
// same is queued is one.
func (h *writer) verifyAll() {
	if h.verifying.Swap(true) {
		return
	}
	h.do(func(h *writer) {
		h.verifying.Store(false)
		there, err := h.there(plan.State{})
		if err != nil {
			return // the next event asks again
		}
		for _, key := range h.holdings.masters() {
			h.tellLost(key, there)
		}
	})
}

func (h *writer) tellLost(key routerKey, there present) {
	lost := h.holdings.lost(key, there)
	var again plan.Plan // a flushed ruleset is no reason to resign
	for _, d := range lost.Drops {
		again = append(again, plan.Op{Verb: plan.AddDrop, Drop: d.Normal()})
	}
	h.carry(again)
	lost.Drops = nil
	lost.Routes = slices.DeleteFunc(lost.Routes, func(r plan.Route) bool { return r.Expires > 0 }) // as it was to
	if !lost.HoldsNothing() {
		h.tell(lostThings{key, lost})
	}
}

// clear takes off what is in the kernel and nobody wants: left, the leftovers of
// an earlier run, and of found what an earlier run may have put there although
// no manifest says so. It comes after the holds of those that resume. An address
// of found that does not bear our mark is perhaps the host's own: it goes only
// where its link keeps another one that is not virtual. Routes and rules bear
// keepalived's number, which nobody else gives.
func (h *writer) clear(left, found plan.State, virtual map[netip.Addr]bool) {
	h.do(func(h *writer) {
		h.manifest.left = plan.State{}
		there, err := h.there(together(left, found))
		if err != nil {
			h.tell(kernelRefusal{"ip address show", err.Error()})
			return
		}
		ours := map[plan.AddressKey]bool{}
		marked, err := h.net.OurAddresses()
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			h.tell(kernelRefusal{"ip address show", err.Error()})
		}
		for _, a := range append(marked, left.Addresses...) {
			ours[a.Key()] = true
		}
		reachable := map[string]bool{} // by link: without virtual addresses
		for key := range there.addresses {
			if ip := key.Prefix.Addr(); ip.Is4() && !virtual[ip] {
				reachable[key.Link] = true
			}
		}
		off := h.leftRoutes(left, found, there)
		for _, a := range slices.Concat(left.Addresses, found.Addresses) {
			at, is := there.addresses[a.Key()]
			switch {
			case !is || h.holdings.addresses.isWanted(a):
			case ours[a.Key()] || reachable[a.Link]:
				off = append(off, plan.Op{Verb: plan.DeleteAddress, Address: at})
			default:
				h.tell(foreignAddress(at))
			}
			delete(there.addresses, a.Key()) // once
		}
		h.carry(append(off, h.leftDrops(left, there)...))
	})
}

// leftDrops are the operations that end the drops that an earlier run left: the tables
// are ours, and the addresses are gone or accepted.
func (h *writer) leftDrops(left plan.State, there present) (off plan.Plan) {
	for _, d := range left.Drops {
		if key := d.Normal(); there.drops[key] == key && !h.holdings.drops.isWanted(d) {
			off = append(off, plan.Op{Verb: plan.DeleteDrop, Drop: key})
			delete(there.drops, key) // once
		}
	}
	return off
}

// leftRoutes are the operations that remove the rules and routes that an earlier run
// left.
func (h *writer) leftRoutes(left, found plan.State, there present) (off plan.Plan) {
	for i, s := range []plan.State{left, found} {
		for _, r := range s.Rules {
			if key := r.Normal(); there.rules[key] == key && !h.holdings.rules.isWanted(r) && (i == 0 || r.Protocol == plan.KeepalivedProtocol) {
				off = append(off, plan.Op{Verb: plan.DeleteRule, Rule: key})
				delete(there.rules, key) // once
			}
		}
	}
	for i, s := range []plan.State{left, found} {
		for _, r := range s.Routes {
			if now, is := there.routes[r.Key()]; is && !h.holdings.routes.isWanted(r) && (i == 0 || r.Protocol == plan.KeepalivedProtocol) {
				off = append(off, plan.Op{Verb: plan.DeleteRoute, Route: now})
				delete(there.routes, r.Key())
			}
		}
	}
	return off
}

// foreignAddress is an address that is configured as virtual and was left where it
// is, because it is perhaps the host's own.
type foreignAddress plan.Address

// lostThings says that things of a master are not in the kernel as they were put there.
type lostThings struct {
	router routerKey
	lost   plan.State
}

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
	wanted  map[routerKey][]plan.Address
	wishers map[plan.AddressKey][]wisher
	placed  map[plan.AddressKey]plan.Address // as the kernel has it, in normal form
}

// wish is what one router is to hold from now on; no addresses if it is no master.
type wish struct {
	router routerKey
	addrs  []plan.Address
}

// wisher is a master that is to hold an address in this form.
type wisher struct {
	router routerKey
	addr   plan.Address
}

func newHoldings() holdings {
	return holdings{
		wanted: map[routerKey][]plan.Address{}, wishers: map[plan.AddressKey][]wisher{},
		placed: map[plan.AddressKey]plan.Address{},
	}
}

// clone shares nothing that change touches.
func (h holdings) clone() holdings {
	return holdings{wanted: maps.Clone(h.wanted), wishers: maps.Clone(h.wishers), placed: maps.Clone(h.placed)}
}

// change takes note of wishes and gives what they mean for the kernel: the
// difference between what we know to be there of their addresses and what is to be
// there. It looks at no other address, so that a take-over costs what the router
// holds and not what the host holds.
func (h *holdings) change(wishes ...wish) plan.Plan {
	touched := map[plan.AddressKey]bool{}
	asks := map[routerKey]bool{}
	for _, w := range wishes {
		asks[w.router] = true
		h.forget(w.router, touched)
		h.note(w, touched)
	}
	var have, want plan.State
	for key := range touched {
		placed, there := h.placed[key]
		if there {
			have.Addresses = append(have.Addresses, placed)
		}
		if a, wanted := h.choose(key, asks); wanted {
			want.Addresses = append(want.Addresses, a)
		}
	}
	return plan.Diff(have, want)
}

// choose says how an address is to be, if it is to be there at all. One that
// several masters hold stays as it is while it suits any of them, and while those
// whom it does not suit ask for nothing.
func (h *holdings) choose(key plan.AddressKey, asks map[routerKey]bool) (plan.Address, bool) {
	placed, there := h.placed[key]
	var asked []plan.Address
	for _, w := range h.wishers[key] {
		if there && w.addr == placed {
			return placed, true
		}
		if asks[w.router] {
			asked = append(asked, w.addr)
		}
	}
	if len(asked) > 0 {
		return asked[0], true
	}
	return placed, there && len(h.wishers[key]) > 0
}

// has says whether a router is to hold this address of a link.
func (h *holdings) has(router routerKey, link string, ip netip.Addr) bool {
	return slices.ContainsFunc(h.wanted[router], func(a plan.Address) bool { return a.Link == link && a.Prefix.Addr() == ip })
}

// forget takes back what a router wished for.
func (h *holdings) forget(router routerKey, touched map[plan.AddressKey]bool) {
	for _, a := range h.wanted[router] {
		key := a.Key()
		touched[key] = true
		left := slices.DeleteFunc(slices.Clone(h.wishers[key]), func(w wisher) bool { return w.router == router })
		if h.wishers[key] = left; len(left) == 0 {
			delete(h.wishers, key)
		}
	}
	delete(h.wanted, router)
}

// note keeps a wish; of an address that it names twice the first counts.
func (h *holdings) note(w wish, touched map[plan.AddressKey]bool) {
	if len(w.addrs) == 0 {
		return
	}
	h.wanted[w.router] = w.addrs
	for _, a := range w.addrs {
		key := a.Key()
		touched[key] = true
		list := h.wishers[key]
		if n := len(list); n == 0 || list[n-1].router != w.router {
			h.wishers[key] = append(slices.Clip(list), wisher{w.router, a.Normal()})
		}
	}
}

// resume is change for a wish that an earlier run carried out: what the kernel has
// of it is ours.
func (h *holdings) resume(w wish, there map[plan.AddressKey]plan.Address) plan.Plan {
	h.see(there, w.addrs...)
	return h.change(w)
}

// renamed takes note that a link bears another name, and gives what it means for the
// kernel: what is ours on the link comes off where no master is to hold it there.
func (h *holdings) renamed(from, to string) (off plan.Plan) {
	for key, a := range h.placed {
		if a.Link != from {
			continue
		}
		delete(h.placed, key)
		a.Link = to
		h.placed[a.Key()] = a
		if !h.isWanted(a) {
			off = append(off, plan.Op{Verb: plan.DeleteAddress, Address: a})
		}
	}
	return off
}

// carried takes note of operations of our plans that the kernel has carried out;
// their addresses are in normal form.
func (h *holdings) carried(done plan.Plan) {
	for _, o := range done {
		if o.Verb == plan.AddAddress {
			h.placed[o.Address.Key()] = o.Address
		} else {
			delete(h.placed, o.Address.Key())
		}
	}
}

// see takes note of what the kernel has of all that was placed, and of what is ours
// beside it.
func (h *holdings) see(there map[plan.AddressKey]plan.Address, ours ...plan.Address) {
	for _, a := range ours {
		if now, is := there[a.Key()]; is {
			h.placed[a.Key()] = now
		}
	}
	for key := range h.placed {
		if now, is := there[key]; is {
			h.placed[key] = now
		} else {
			delete(h.placed, key)
		}
	}
}

// lost gives what a router is to hold and somebody else took off, or put there anew
// in another form, and takes note of it. What the kernel never took is not meant.
func (h *holdings) lost(router routerKey, there map[plan.AddressKey]plan.Address) (lost []plan.Address) {
	for _, a := range h.wanted[router] {
		key := a.Key()
		placed, was := h.placed[key]
		now, is := there[key]
		if !was || is && now == placed {
			continue
		}
		lost = append(lost, a)
		if h.placed[key] = now; !is {
			delete(h.placed, key)
		}
	}
	return lost
}

// isWanted says whether any master is to hold an address.
func (h *holdings) isWanted(a plan.Address) bool { return len(h.wishers[a.Key()]) > 0 }

// all is what the masters are to hold.
func (h *holdings) all() (addrs []plan.Address) {
	for _, list := range h.wanted {
		addrs = append(addrs, list...)
	}
	return addrs
}

// masters gives the routers that are to hold something.
func (h *holdings) masters() []routerKey { return slices.Collect(maps.Keys(h.wanted)) }

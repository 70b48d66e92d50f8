package vrrprole

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"holdfast/engine/plan"
)

// hold puts a master's addresses on.
func (h *writer) hold(key routerKey, addrs []plan.Address) {
	h.close(key, false)
	h.add(task{adds: addrs, do: func(h *writer) {
		h.carry(h.holdings.change(wish{key, addrs}))
	}})
}

// holdAgain has a master go on holding what an earlier run of it held. Of announce
// it announces what was not there any more, or not in this form.
func (h *writer) holdAgain(key routerKey, addrs, announce []plan.Address, rounds int) {
	h.add(task{adds: addrs, do: func(h *writer) {
		there, err := h.there()
		if err != nil {
			h.tell(kernelRefusal{"ip address show", err.Error()})
		}
		h.holdings.see(there, addrs...)
		added := h.carry(h.holdings.change(wish{key, addrs}))
		h.rounds(key, slices.DeleteFunc(slices.Clone(announce), func(a plan.Address) bool {
			_, was := there[a.Key()]
			return was && !adds(added, a)
		}), rounds)
	}})
}

// release takes a master's addresses off, except what another master holds too.
func (h *writer) release(key routerKey) {
	h.close(key, true)
	h.do(func(h *writer) {
		h.carry(h.holdings.change(wish{router: key}))
	})
}

// newWish is a wish that comes with a new configuration, and the gratuitous ARP for
// what is new in it.
type newWish struct {
	wish
	announce []plan.Address
	rounds   int
}

// change makes masters hold what a new configuration says, all in one plan, and
// announces what is new to each or was put there anew.
func (h *writer) change(list []newWish) {
	var names []plan.Address
	for _, n := range list {
		h.close(n.router, len(n.addrs) == 0)
		names = append(names, n.addrs...)
	}
	h.add(task{adds: names, do: func(h *writer) {
		h.look()
		h.did = plan.Plan{}
		wishes, old := make([]wish, len(list)), make([][]plan.Address, len(list))
		for i, n := range list {
			wishes[i], old[i] = n.wish, h.holdings.wanted[n.router]
		}
		added := h.carry(h.holdings.change(wishes...))
		for i, n := range list {
			h.rounds(n.router, slices.DeleteFunc(slices.Clone(n.announce), func(a plan.Address) bool {
				held := slices.ContainsFunc(old[i], func(b plan.Address) bool { return a.Key() == b.Key() })
				return held && !adds(added, a)
			}), n.rounds)
		}
	}})
}

// adds says whether a plan adds an address.
func adds(p plan.Plan, a plan.Address) bool {
	return slices.ContainsFunc(p, func(o plan.Op) bool { return o.Verb == plan.AddAddress && o.Address.Key() == a.Key() })
}

// look reads what the kernel has of what we placed. Where it cannot be read, what
// was placed is believed to be there.
func (h *writer) look() {
	if there, err := h.there(); err != nil {
		h.tell(kernelRefusal{"ip address show", err.Error()})
	} else {
		h.holdings.see(there)
	}
}

// foresee hands a copy of the holdings, as the kernel has them, to use.
func (h *writer) foresee(use func(holdings)) {
	h.do(func(h *writer) {
		h.look()
		use(h.holdings.clone())
	})
}

// report hands over what was carried out since the last change, when the kernel has
// all that the masters are to hold; err says what it has not.
func (h *writer) report(use func(did plan.Plan, err error)) {
	h.do(func(h *writer) {
		did := h.did
		h.did = nil
		use(did, h.readBack())
	})
}

// readBack compares what the masters hold with what the kernel has.
func (h *writer) readBack() error {
	there, err := h.there()
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	for key, placed := range h.holdings.placed {
		if now, is := there[key]; h.holdings.isWanted(placed) && !is {
			return fmt.Errorf("read back: %s is not on %s", placed.Prefix, placed.Link)
		} else if is && now != placed {
			return fmt.Errorf("read back: %s on %s is not as it was asked for", placed.Prefix, placed.Link)
		}
	}
	return nil
}

// announce sends rounds of gratuitous ARP, unless the addresses were released
// meanwhile. What is asked for while the same is queued becomes one: a neighbour
// that claims the address again and again makes no backlog.
func (h *writer) announce(key routerKey, addrs []plan.Address, rounds int) {
	h.mu.Lock()
	queued := h.announces[key]
	if queued != nil {
		queued.addrs, queued.n = addrs, max(queued.n, rounds)
		h.mu.Unlock()
		return
	}
	queued = &garpRounds{addrs, rounds}
	h.announces[key] = queued
	h.mu.Unlock()
	h.do(func(h *writer) {
		h.mu.Lock()
		if h.announces[key] == queued {
			delete(h.announces, key)
		}
		now := *queued
		h.mu.Unlock()
		if h.holdings.wanted[key] != nil {
			h.rounds(key, now.addrs, now.n)
		}
	})
}

// close lets a queued announcement take no more: what follows is for other
// addresses. drop takes away what it has, too.
func (h *writer) close(key routerKey, drop bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if queued := h.announces[key]; queued != nil && drop {
		queued.n = 0
	}
	delete(h.announces, key)
}

// verify reports which of a master's addresses somebody else took off or replaced.
func (h *writer) verify(key routerKey) {
	h.do(func(h *writer) {
		there, err := h.there()
		if err != nil {
			return // the next event asks again
		}
		var missing []netip.Prefix
		for _, a := range h.holdings.lost(key, there) {
			missing = append(missing, a.Prefix)
		}
		if len(missing) > 0 {
			h.tell(missingAddresses{key, missing})
		}
	})
}

// again tries once more to put on what the kernel refused.
func (h *writer) again() {
	h.do(func(h *writer) {
		for _, key := range h.holdings.masters() {
			h.carry(h.holdings.change(wish{key, h.holdings.wanted[key]}))
		}
	})
}

// inherit keeps what an earlier run left in the manifest until it is cleared.
func (h *writer) inherit(left []plan.Address) {
	h.add(task{adds: left, do: func(h *writer) { h.manifest.left = left }})
}

// clear takes off what is in the kernel and nobody wants: left, the leftovers of
// an earlier run, and of found what an earlier run may have put there although
// no manifest says so. It comes after the holds of those that resume. An address
// of found that does not bear our mark is perhaps the host's own: it goes only
// where its link keeps another one that is not virtual.
func (h *writer) clear(left, found []plan.Address, virtual map[netip.Addr]bool) {
	h.do(func(h *writer) {
		h.manifest.left = nil
		there, err := h.there()
		if err != nil {
			h.tell(kernelRefusal{"ip address show", err.Error()})
			return
		}
		ours := map[plan.AddressKey]bool{}
		marked, err := h.net.OurAddresses()
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			h.tell(kernelRefusal{"ip address show", err.Error()})
		}
		for _, a := range append(marked, left...) {
			ours[a.Key()] = true
		}
		reachable := map[string]bool{} // by link: without virtual addresses
		for key := range there {
			if ip := key.Prefix.Addr(); ip.Is4() && !virtual[ip] {
				reachable[key.Link] = true
			}
		}
		var off plan.Plan
		for _, a := range append(slices.Clone(left), found...) {
			at, is := there[a.Key()]
			switch {
			case !is || h.holdings.isWanted(a):
			case ours[a.Key()] || reachable[a.Link]:
				off = append(off, plan.Op{Verb: plan.DeleteAddress, Address: at})
			default:
				h.tell(foreignAddress(at))
			}
			delete(there, a.Key()) // once
		}
		h.carry(off)
	})
}

// foreignAddress is an address that is configured as virtual and was left where it
// is, because it is perhaps the host's own.
type foreignAddress plan.Address

// missingAddresses says that addresses of a master are not in the kernel as they
// were put there.
type missingAddresses struct {
	router routerKey
	addrs  []netip.Prefix
}

package vrrprole

import (
	"errors"
	"net/netip"
	"slices"

	"holdfast/engine/journal"
	"holdfast/engine/plan"
)

// hold puts a master's addresses on.
func (h *writer) hold(key routerKey, addrs []plan.Address) {
	h.close(key, false)
	h.add(task{adds: addrs, do: func(h *writer) {
		h.wanted[key] = addrs
		h.put(addrs)
	}})
}

// holdAgain has a master go on holding what an earlier run of it held. Of announce
// it announces what was not there any more.
func (h *writer) holdAgain(key routerKey, addrs, announce []plan.Address, rounds int) {
	h.add(task{adds: addrs, do: func(h *writer) {
		there, err := h.there()
		if err != nil {
			h.tell(kernelRefusal{"ip address show", err.Error()})
		}
		h.wanted[key] = addrs
		h.put(addrs)
		h.rounds(slices.DeleteFunc(slices.Clone(announce), func(a plan.Address) bool {
			return there[plan.Address{Link: a.Link, Prefix: a.Prefix}]
		}), rounds)
	}})
}

// release takes a master's addresses off, except what another master holds too.
func (h *writer) release(key routerKey) {
	h.close(key, true)
	h.do(func(h *writer) {
		addrs := h.wanted[key]
		delete(h.wanted, key)
		h.takeOff(addrs)
	})
}

// change makes a master hold other addresses and announces the new ones.
func (h *writer) change(key routerKey, addrs []plan.Address, announce []plan.Address, rounds int) {
	h.close(key, false)
	h.add(task{adds: addrs, do: func(h *writer) {
		old := h.wanted[key]
		h.wanted[key] = addrs
		h.put(without(addrs, old))
		h.takeOff(without(old, addrs))
		h.rounds(without(announce, old), rounds)
	}})
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
		if h.wanted[key] != nil {
			h.rounds(now.addrs, now.n)
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

// verify reports which of a master's addresses somebody else took off. Those
// the kernel never took are not meant.
func (h *writer) verify(key routerKey) {
	h.do(func(h *writer) {
		there, err := h.there()
		if err != nil {
			return // the next event asks again
		}
		var missing []netip.Prefix
		for _, a := range h.wanted[key] {
			if h.placed[a] && !there[plan.Address{Link: a.Link, Prefix: a.Prefix}] {
				missing = append(missing, a.Prefix)
				delete(h.placed, a)
			}
		}
		if len(missing) > 0 {
			h.tell(missingAddresses{key, missing})
		}
	})
}

// again tries once more to put on what the kernel refused.
func (h *writer) again() {
	h.do(func(h *writer) {
		for _, addrs := range h.wanted {
			if refused := slices.DeleteFunc(slices.Clone(addrs), func(a plan.Address) bool { return h.placed[a] }); len(refused) > 0 {
				h.put(refused)
			}
		}
	})
}

// inherit keeps what an earlier run left in the manifest until it is cleared.
func (h *writer) inherit(left []plan.Address) {
	h.add(task{adds: left, do: func(h *writer) { h.left = left }})
}

// clear takes off what is in the kernel and nobody wants: left, the leftovers of
// an earlier run, and of found what an earlier run may have put there although
// no manifest says so. It comes after the holds of those that resume. An address
// of found that does not bear our mark is perhaps the host's own: it goes only
// where its link keeps another one that is not virtual.
func (h *writer) clear(left, found []plan.Address, virtual map[netip.Addr]bool) {
	h.do(func(h *writer) {
		h.left = nil
		there, err := h.there()
		if err != nil {
			h.tell(kernelRefusal{"ip address show", err.Error()})
			return
		}
		ours := map[plan.Address]bool{}
		marked, err := h.net.OurAddresses()
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			h.tell(kernelRefusal{"ip address show", err.Error()})
		}
		for _, a := range append(marked, left...) {
			ours[plan.Address{Link: a.Link, Prefix: a.Prefix}] = true
		}
		reachable := map[string]bool{} // by link: without virtual addresses
		for a := range there {
			if ip := a.Prefix.Addr(); ip.Is4() && !virtual[ip] {
				reachable[a.Link] = true
			}
		}
		var off []plan.Address
		for _, a := range append(slices.Clone(left), found...) {
			at := plan.Address{Link: a.Link, Prefix: a.Prefix}
			switch {
			case !there[at] || h.isWanted(a):
			case ours[at] || reachable[a.Link]:
				off = append(off, a)
			default:
				h.tell(foreignAddress(at))
			}
			delete(there, at) // once
		}
		h.takeOff(off)
	})
}

// foreignAddress is an address that is configured as virtual and was left where it
// is, because it is perhaps the host's own.
type foreignAddress plan.Address

func (v foreignAddress) reach(l *loop) {
	l.note(journal.Entry{Kind: journal.Notice, Facts: map[string]string{
		"code": "address-not-ours", "address": v.Prefix.String(), "interface": v.Link}})
}

// without is a minus b.
func without(a, b []plan.Address) []plan.Address {
	return slices.DeleteFunc(slices.Clone(a), func(x plan.Address) bool { return slices.Contains(b, x) })
}

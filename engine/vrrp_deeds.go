package engine

import (
	"net/netip"
	"slices"

	"holdfast/engine/plan"
)

// hold puts a master's addresses on.
func (h *vrrpHand) hold(key vrrpKey, addrs []plan.Address) {
	h.add(vrrpDeed{adds: addrs, do: func(h *vrrpHand) {
		h.wanted[key] = addrs
		h.put(addrs)
	}})
}

// release takes a master's addresses off, except what another master holds too.
func (h *vrrpHand) release(key vrrpKey) {
	h.do(func(h *vrrpHand) {
		addrs := h.wanted[key]
		delete(h.wanted, key)
		h.takeOff(addrs)
	})
}

// change makes a master hold other addresses and announces the new ones.
func (h *vrrpHand) change(key vrrpKey, addrs []plan.Address, announce []plan.Address, rounds int) {
	h.add(vrrpDeed{adds: addrs, do: func(h *vrrpHand) {
		old := h.wanted[key]
		h.wanted[key] = addrs
		h.put(without(addrs, old))
		h.takeOff(without(old, addrs))
		h.rounds(without(announce, old), rounds)
	}})
}

// announce sends rounds of gratuitous ARP, unless the addresses were released
// meanwhile.
func (h *vrrpHand) announce(key vrrpKey, addrs []plan.Address, rounds int) {
	h.do(func(h *vrrpHand) {
		if h.wanted[key] != nil {
			h.rounds(addrs, rounds)
		}
	})
}

// verify reports which of a master's addresses somebody else took off. Those
// the kernel never took are not meant.
func (h *vrrpHand) verify(key vrrpKey) {
	h.do(func(h *vrrpHand) {
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
			h.tell(vrrpMissing{key, missing})
		}
	})
}

// again tries once more to put on what the kernel refused.
func (h *vrrpHand) again() {
	h.do(func(h *vrrpHand) {
		for _, addrs := range h.wanted {
			if refused := slices.DeleteFunc(slices.Clone(addrs), func(a plan.Address) bool { return h.placed[a] }); len(refused) > 0 {
				h.put(refused)
			}
		}
	})
}

// inherit keeps what an earlier run left in the manifest until it is cleared.
func (h *vrrpHand) inherit(left []plan.Address) {
	h.add(vrrpDeed{adds: left, do: func(h *vrrpHand) { h.left = left }})
}

// clear takes off what is in the kernel and nobody wants: leftovers of an
// earlier run. It comes after the holds of those that resume.
func (h *vrrpHand) clear(left []plan.Address) {
	h.do(func(h *vrrpHand) {
		h.left = nil
		there, err := h.there()
		if err != nil {
			h.tell(vrrpRefused{"ip address show", err.Error()})
			return
		}
		h.takeOff(slices.DeleteFunc(left, func(a plan.Address) bool {
			return !there[plan.Address{Link: a.Link, Prefix: a.Prefix}]
		}))
	})
}

// without is a minus b.
func without(a, b []plan.Address) []plan.Address {
	return slices.DeleteFunc(slices.Clone(a), func(x plan.Address) bool { return slices.Contains(b, x) })
}

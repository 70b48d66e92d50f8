package vrrprole

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"holdfast/engine/plan"
)

// there reads which addresses the kernel has.
func (h *writer) there() (map[plan.AddressKey]plan.Address, error) {
	list, err := h.net.Addresses()
	there := make(map[plan.AddressKey]plan.Address, len(list))
	for _, a := range list {
		there[a.Key()] = a
	}
	return there, err
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

// foresee hands a copy of the holdings, as the kernel has them, and all addresses of
// the kernel to use.
func (h *writer) foresee(use func(holdings, plan.State)) {
	h.do(func(h *writer) {
		there, err := h.there()
		if err != nil {
			h.tell(kernelRefusal{"ip address show", err.Error()})
		} else {
			h.holdings.see(there)
		}
		use(h.holdings.clone(), plan.State{Addresses: slices.Collect(maps.Values(there))})
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

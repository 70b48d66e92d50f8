package vrrprole

import (
	"slices"

	"holdfast/engine/plan"
)

// name writes the manifest: all that masters hold, and adds beside it. It must
// be there before the kernel is touched.
func (h *writer) name(adds []plan.Address) {
	s := plan.State{Addresses: append(slices.Clone(adds), h.left...)}
	for _, addrs := range h.wanted {
		s.Addresses = append(s.Addresses, addrs...)
	}
	if err := h.manifest.Write(s); err != nil {
		h.tell(kernelRefusal{"", err.Error()})
	}
}

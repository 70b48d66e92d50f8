package vrrprole

import (
	"slices"

	"holdfast/engine/plan"
)

// name writes the manifest: all that masters hold, and adds beside it. It must
// be there before the kernel is touched.
func (h *writer) name(adds []plan.Address) {
	s := plan.State{Addresses: slices.Concat(adds, h.left, h.holdings.all())}
	if err := h.manifest.Write(s); err != nil {
		h.tell(kernelRefusal{"", err.Error()})
	}
}

package vrrprole

import (
	"slices"

	"holdfast/engine/plan"
	"holdfast/engine/state"
)

// manifest names all that may be in the kernel by our doing.
type manifest struct {
	file *state.Manifest
	left []plan.Address // of an earlier run, until they are cleared

	links    []plan.Link    // macvlans of ours
	settings []plan.Setting // what those that we changed were before
}

// name writes what the masters hold, and adds beside it. It must be there before
// the kernel is touched.
func (m *manifest) name(held, adds []plan.Address) error {
	return m.file.Write(plan.State{Addresses: slices.Concat(adds, m.left, held), Links: m.links, Settings: m.settings})
}

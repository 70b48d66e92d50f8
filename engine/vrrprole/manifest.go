package vrrprole

import (
	"holdfast/engine/plan"
	"holdfast/engine/state"
)

// manifest names all that may be in the kernel by our doing.
type manifest struct {
	file *state.Manifest
	left plan.State // of an earlier run, until it is cleared

	daemons []plan.SyncDaemon

	links    []plan.Link    // macvlans of ours
	settings []plan.Setting // what those that we changed were before
}

// name writes what the masters hold, and adds beside it. It must be there before
// the kernel is touched.
func (m *manifest) name(held, adds plan.State) error {
	s := together(adds, together(m.left, held))
	s.Daemons, s.Links, s.Settings = m.daemons, m.links, m.settings
	return m.file.Write(s)
}

package lvsrole

import (
	"slices"

	"holdfast/engine/plan"
	"holdfast/engine/state"
)

// manifest says which services of the kernel's table are ours, here and in the
// file RUN/lvs.manifest.
type manifest struct {
	file   *state.Manifest
	ours   plan.Owned
	listed []plan.Service // what the file names
	before plan.Timeouts  // the kernel's, before lvs_timeouts changed them; zero: it did not
}

func manifestIn(dir string) *manifest {
	return &manifest{file: state.ManifestOf(dir, "lvs"), ours: plan.Owned{}}
}

// load reads which services are ours from an earlier run; where it cannot, none is.
func (m *manifest) load() error {
	s, err := m.file.Read()
	if err != nil {
		return err
	}
	m.ours, m.listed, m.before = plan.OwnedOf(s.Services), s.Services, s.Timeouts
	return nil
}

// claim makes all of whole ours, besides what is ours already, before the
// kernel is touched: a later process finds everything named that it has to
// clean up.
func (m *manifest) claim(whole []plan.Service) error {
	if m.ours.Has(whole) {
		return nil // the file names all of it
	}
	if err := m.save(mergeServices(m.listed, whole)); err != nil {
		return err
	}
	m.ours.Add(whole)
	return nil
}

// keep makes whole, and nothing else, ours.
func (m *manifest) keep(whole []plan.Service) error {
	if slices.EqualFunc(m.listed, whole, plan.Service.Equal) {
		return nil // the file says so, and nothing else is ours
	}
	m.ours = plan.OwnedOf(whole)
	return m.save(whole)
}

// save writes the file.
func (m *manifest) save(services []plan.Service) error {
	if err := m.file.Write(plan.State{Services: services, Timeouts: m.before}); err != nil {
		return err
	}
	m.listed = services
	return nil
}

// remember notes which timeouts the kernel had before us; zero: it has them again.
func (m *manifest) remember(before plan.Timeouts) error {
	if m.before == before {
		return nil
	}
	m.before = before
	return m.save(m.listed)
}

// forget removes the file: nothing of ours is left.
func (m *manifest) forget() error {
	m.ours, m.listed, m.before = plan.Owned{}, nil, plan.Timeouts{}
	return m.file.Remove()
}

// mergeServices joins two lists: a service on both has the destinations of both.
func mergeServices(old, fresh []plan.Service) []plan.Service {
	if len(old) == 0 {
		return fresh
	}
	at := make(map[plan.ServiceKey]int, len(fresh))
	all := make([]plan.Service, 0, len(fresh))
	for _, s := range fresh {
		at[s.Key] = len(all)
		all = append(all, s)
	}
	for _, s := range old {
		i, both := at[s.Key]
		if !both {
			all = append(all, s)
			continue
		}
		if slices.Equal(all[i].Destinations, s.Destinations) {
			continue
		}
		// Normal keeps the first of a key.
		all[i].Destinations = append(append([]plan.Destination(nil), all[i].Destinations...), s.Destinations...)
	}
	return all
}

package lvsrole

import (
	"errors"

	"holdfast/engine/plan"
)

// load reads which services are ours from an earlier run; where it cannot, none is.
func (h *writer) load() error {
	h.ours = plan.Owned{}
	s, err := h.manifest.Read()
	if err != nil {
		return err
	}
	h.ours, h.listed = plan.OwnedOf(s.Services), s.Services
	return nil
}

// claim makes all of whole ours, besides what is ours already, before the
// kernel is touched: whoever has to clean up after us finds everything named.
func (h *writer) claim(whole []plan.Service) error {
	h.ours.Add(whole)
	return h.save(mergeServices(h.listed, whole))
}

// keep makes whole, and nothing else, ours.
func (h *writer) keep(whole []plan.Service) error {
	h.ours = plan.OwnedOf(whole)
	return h.save(whole)
}

// save writes the manifest.
func (h *writer) save(services []plan.Service) error {
	h.listed = services
	return h.manifest.Write(plan.State{Services: services})
}

// forget removes record and manifest: nothing of ours is left.
func (h *writer) forget() error {
	h.ours, h.listed = plan.Owned{}, nil
	return errors.Join(h.manifest.Remove(), h.record.remove())
}

// mergeServices joins two lists: a service on both has the destinations of both.
func mergeServices(old, fresh []plan.Service) []plan.Service {
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
		// Normal keeps the first of a key.
		all[i].Destinations = append(append([]plan.Destination(nil), all[i].Destinations...), s.Destinations...)
	}
	return all
}

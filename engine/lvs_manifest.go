package engine

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"holdfast/engine/plan"
)

// load reads which services are ours from an earlier run; where it cannot, none is.
func (h *lvsHand) load() error {
	h.ours = lvsOwned{}
	text, err := os.ReadFile(filepath.Join(h.dir, lvsManifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	var s plan.State
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	h.ours, h.saved, h.listed = lvsOwnedOf(s.Services), sha256.Sum256(text), s.Services
	return nil
}

// claim makes all of whole ours, besides what is ours already, before the
// kernel is touched: whoever has to clean up after us finds everything named.
func (h *lvsHand) claim(whole []plan.Service) error {
	h.ours.add(whole)
	return h.save(mergeServices(h.listed, whole))
}

// keep makes whole, and nothing else, ours.
func (h *lvsHand) keep(whole []plan.Service) error {
	h.ours = lvsOwnedOf(whole)
	return h.save(whole)
}

// save writes the manifest if it changed.
func (h *lvsHand) save(services []plan.Service) error {
	text, err := json.Marshal(plan.State{Services: services}.Normal())
	if err != nil {
		return err
	}
	h.listed = services
	sum := sha256.Sum256(text)
	if sum == h.saved {
		return nil
	}
	if err := lvsReplace(h.dir, lvsManifestName, text); err != nil {
		return err
	}
	h.saved = sum
	return nil
}

// forget removes record and manifest: nothing of ours is left.
func (h *lvsHand) forget() error {
	h.ours, h.listed, h.saved = lvsOwned{}, nil, [sha256.Size]byte{}
	var errs []error
	for _, name := range []string{lvsManifestName, lvsRecordName} {
		if err := os.Remove(filepath.Join(h.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
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

package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"holdfast/engine/plan"
)

// vrrpManifest names our addresses before they are put on, for whoever has to
// release them after us: a plan.State as JSON.
const vrrpManifest = "vrrp.manifest"

// name writes the manifest: all that masters hold, and adds beside it. It must
// be there before the kernel is touched.
func (h *vrrpHand) name(adds []plan.Address) {
	s := plan.State{Addresses: append(slices.Clone(adds), h.left...)}
	for _, addrs := range h.wanted {
		s.Addresses = append(s.Addresses, addrs...)
	}
	text, err := json.Marshal(s.Normal())
	if err == nil && string(text) == h.named {
		return
	}
	if err == nil {
		err = replaceFile(h.path, text)
	}
	if err != nil {
		h.tell(vrrpRefused{"", fmt.Sprintf("write manifest: %v", err)})
		return
	}
	h.named = string(text)
}

// replaceFile writes a file so that a reader finds the old or the new one.
func replaceFile(path string, text []byte) error {
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// readVRRPManifest gives what an earlier run named as ours.
func readVRRPManifest(runDir string) ([]plan.Address, error) {
	text, err := os.ReadFile(filepath.Join(runDir, vrrpManifest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var s plan.State
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	return s.Addresses, err
}

// forget removes the manifest: nothing is ours any more.
func (h *vrrpHand) forget() error {
	if err := os.Remove(h.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

package state

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"holdfast/engine/atomicfile"
	"holdfast/engine/control"
	"holdfast/engine/plan"
)

// Manifest is the file RUN/ROLE.manifest: a plan.State as JSON that names what a
// role has in the kernel. It is written before the kernel is, so that a later
// process can release whatever a dead one left. It has one user at a time.
type Manifest struct {
	path string
	last [sha256.Size]byte // of the text that was read or written last
}

// ManifestOf is the manifest of role in runDir.
func ManifestOf(runDir, role string) *Manifest {
	return &Manifest{path: filepath.Join(runDir, role+".manifest")}
}

// Read gives what the manifest names; nothing where there is no file.
func (m *Manifest) Read() (s plan.State, err error) {
	text, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return plan.State{}, fmt.Errorf("read manifest %s: %w", m.path, err)
	}
	m.last = sha256.Sum256(text)
	return s, nil
}

// Write makes the manifest name s. It touches no file that says so already.
func (m *Manifest) Write(s plan.State) error {
	s = s.AsNormal()
	hash := sha256.New()
	err := writeJSON(hash, s)
	sum := [sha256.Size]byte(hash.Sum(nil))
	if err == nil && sum == m.last {
		return nil
	}
	if err == nil {
		err = atomicfile.WriteVolatileBy(m.path, func(w io.Writer) error { return writeJSON(w, s) })
	}
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	m.last = sum
	return nil
}

// Remove removes the file: the role has nothing in the kernel any more.
func (m *Manifest) Remove() error {
	m.last = [sha256.Size]byte{}
	return atomicfile.Remove(m.path)
}

// Manifests gives what all roles name in runDir, in normal form.
func Manifests(runDir string) (all plan.State, err error) {
	for _, role := range control.Roles {
		s, err := ManifestOf(runDir, role).Read()
		if err != nil {
			return plan.State{}, err
		}
		all.Addresses = append(all.Addresses, s.Addresses...)
		all.Routes = append(all.Routes, s.Routes...)
		all.Rules = append(all.Rules, s.Rules...)
		all.Services = append(all.Services, s.Services...)
		all.Daemons = append(all.Daemons, s.Daemons...)
		all.Timeouts = all.Timeouts.Over(s.Timeouts)
	}
	return all.Normal(), nil
}

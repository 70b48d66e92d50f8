package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"holdfast/engine/atomicfile"
	"holdfast/engine/model"
	"holdfast/engine/script"
)

// Key names a program as it runs: a line of JSON with its words, its user and
// whether script security watches over it.
type Key string

type keyed struct {
	Argv   []string `json:"argv"`
	UID    uint32   `json:"uid"`
	GID    uint32   `json:"gid"`
	User   string   `json:"user,omitempty"` // where there is no such account
	Secure bool     `json:"secure"`
}

func keyOf(run model.Run, who script.Identity, err error) Key {
	k := keyed{Argv: run.Argv, UID: who.UID, GID: who.GID, Secure: run.Secure}
	if err != nil {
		k.User = run.As.Name + ":" + run.As.Group
	}
	return k.key()
}

func (k keyed) key() Key {
	b, err := json.Marshal(k)
	if err != nil {
		panic(err) // strings and numbers
	}
	return Key(b)
}

// unwatched is the same program without script security: who may run it so may run
// it watched over.
func (k Key) unwatched() Key {
	var v keyed
	if json.Unmarshal([]byte(k), &v) != nil {
		return k
	}
	v.Secure = false
	return v.key()
}

// Imported is the name under which root's import keeps what it brought in.
const Imported = "imported"

// suffix of the files that keep keys, one on each line, in the state directory.
const suffix = ".programs"

// Known reads the programs that the files of these names keep.
func Known(stateDir string, names ...string) (map[Key]bool, error) {
	known := map[Key]bool{}
	var errs []error
	for _, name := range names {
		b, err := atomicfile.Real{}.Read(filepath.Join(stateDir, name+suffix))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		errs = append(errs, err)
		for line := range strings.Lines(string(b)) {
			known[Key(strings.TrimSpace(line))] = true
		}
	}
	if err := errors.Join(errs...); err != nil {
		return known, fmt.Errorf("read the programs that are known: %w", err)
	}
	return known, nil
}

// Vouch adds the programs of a resolved configuration to the file of this name, as
// far as p alone does not allow them. It is for a text that root brought, or that
// runs already.
func (p Policy) Vouch(stateDir, name string, cfg model.Config) error {
	known, err := Known(stateDir, name)
	if err != nil {
		return err
	}
	fresh := p.Refused(cfg, known)
	if len(fresh) == 0 {
		return nil
	}
	for _, r := range fresh {
		known[r.key] = true
	}
	var lines []string
	for key := range known {
		lines = append(lines, string(key)+"\n")
	}
	slices.Sort(lines)
	return atomicfile.WriteDurably(filepath.Join(stateDir, name+suffix), []byte(strings.Join(lines, "")))
}

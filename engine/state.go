package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"holdfast/engine/control"
	"holdfast/engine/model"
)

// applied is what a role keeps in its state directory: the applied text, the
// one before it, and whether the applied one still waits for its confirmation.
type applied struct {
	dir, role string
}

func (a applied) path(suffix string) string { return filepath.Join(a.dir, a.role+suffix) }

// text is what the role boots from; "" on the first start.
func (a applied) text() (string, error) {
	b, err := os.ReadFile(a.path(".conf"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read applied text: %w", err)
	}
	return string(b), nil
}

// previous is the text that was applied before the present one.
func (a applied) previous() (string, error) {
	b, err := os.ReadFile(a.path(".conf.prev"))
	if err != nil {
		return "", fmt.Errorf("read previous text: %w", err)
	}
	return string(b), nil
}

// save makes text the applied one and keeps the one before it. The same text
// again changes nothing.
func (a applied) save(text string) error {
	old, err := a.text()
	if err != nil {
		return err
	}
	if old == text {
		if _, err := os.Stat(a.path(".conf")); err == nil {
			return nil
		}
	} else if err := writeDurably(a.path(".conf.prev"), []byte(old)); err != nil {
		return err
	}
	return writeDurably(a.path(".conf"), []byte(text))
}

// prepare writes what a restart needs to go back from text, before text is in
// force. It is harmless if text never comes into force: a confirmation counts
// only for the text that the role boots from. older is the text that had been
// the previous one, nil if there was none.
func (a applied) prepare(text string, waits *control.Pending) (older []byte, err error) {
	old, err := a.text()
	if err != nil {
		return nil, err
	}
	if old != text {
		older, err = os.ReadFile(a.path(".conf.prev"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read previous text: %w", err)
		}
		if err := writeDurably(a.path(".conf.prev"), []byte(old)); err != nil {
			return older, err
		}
	}
	if waits == nil {
		return older, a.dropPending()
	}
	return older, a.savePending(*waits)
}

// back makes text the applied one, unless it still is, and older, if not nil, the
// one before it. The confirmation is dropped only then: as long as another text
// is on disk, it has to go.
func (a applied) back(text string, older []byte) error {
	now, err := a.text()
	if err == nil && now != text {
		err = writeDurably(a.path(".conf"), []byte(text))
	}
	if err == nil && older != nil {
		err = writeDurably(a.path(".conf.prev"), older)
	}
	if err != nil {
		return err
	}
	return a.dropPending()
}

// restore makes the previous text the applied one again.
func (a applied) restore() error {
	text, err := a.previous()
	if err != nil {
		return err
	}
	return writeDurably(a.path(".conf"), []byte(text))
}

// pending gives the confirmation that hash waits for, nil if there is none. One
// that was noted for another text is void.
func (a applied) pending(hash string) (*control.Pending, error) {
	b, err := os.ReadFile(a.path(".pending"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read pending confirmation: %w", err)
	}
	p := &control.Pending{}
	if err := json.Unmarshal(b, p); err != nil {
		return nil, fmt.Errorf("read pending confirmation: %w", err)
	}
	if p.Hash != hash {
		return nil, nil
	}
	return p, nil
}

func (a applied) savePending(p control.Pending) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return writeDurably(a.path(".pending"), b)
}

func (a applied) dropPending() error {
	if err := removeIfThere(a.path(".pending")); err != nil {
		return fmt.Errorf("drop pending confirmation: %w", err)
	}
	return nil
}

// SaveText sets the text that role boots from next, as if it had been applied.
// It is for a role that does not run.
func SaveText(stateDir, role, text string) error {
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return err
	}
	return applied{stateDir, role}.save(text)
}

// AppliedText is the text that role boots from; "" if there is none yet.
func AppliedText(stateDir, role string) (string, error) {
	return applied{stateDir, role}.text()
}

// FallBack makes the previous text the one that role boots from, because it
// died again and again on the present one; the next start journals it. It says
// false where there is no other text to go back to.
func FallBack(stateDir, role string) (bool, error) {
	a := applied{stateDir, role}
	now, err := a.text()
	if err != nil {
		return false, err
	}
	before, err := a.previous()
	if errors.Is(err, fs.ErrNotExist) || before == now || before == "" {
		return false, nil // nothing better to run: no configuration at all is not
	}
	if err != nil {
		return false, err
	}
	if err := writeDurably(a.path(".fallen"), []byte(model.Hash([]byte(now)))); err != nil {
		return false, err
	}
	return true, a.restore()
}

// fallen gives the hash of the text that the role was taken off, once.
func (a applied) fallen() (string, error) {
	b, err := os.ReadFile(a.path(".fallen"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return string(b), os.Remove(a.path(".fallen"))
}

// writeDurably replaces the file at path: whatever happens, it holds the old
// bytes or the new ones.
func writeDurably(path string, data []byte) error {
	dir, name := filepath.Split(path)
	f, err := os.CreateTemp(dir, "."+name+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // gone by then if all went well
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"holdfast/engine/atomicfile"
	"holdfast/engine/control"
	"holdfast/engine/model"
)

// Applied is what a role keeps in its state directory: the applied text, the
// one before it, and whether the applied one still waits for its confirmation.
type Applied struct {
	dir, role string
}

// AppliedIn is what the role keeps in stateDir.
func AppliedIn(stateDir, role string) Applied { return Applied{stateDir, role} }

// Path is the file of the role with this suffix.
func (a Applied) Path(suffix string) string { return filepath.Join(a.dir, a.role+suffix) }

// Text is what the role boots from; "" on the first start.
func (a Applied) Text() (string, error) {
	b, err := os.ReadFile(a.Path(".conf"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read applied text: %w", err)
	}
	return string(b), nil
}

// Previous is the text that was applied before the present one.
func (a Applied) Previous() (string, error) {
	b, err := os.ReadFile(a.Path(".conf.prev"))
	if err != nil {
		return "", fmt.Errorf("read previous text: %w", err)
	}
	return string(b), nil
}

// Save makes text the applied one and keeps the one before it. The same text
// again changes nothing.
func (a Applied) Save(text string) error {
	old, err := a.Text()
	if err != nil {
		return err
	}
	if old == text {
		if _, err := os.Stat(a.Path(".conf")); err == nil {
			return nil
		}
	} else if err := atomicfile.WriteDurably(a.Path(".conf.prev"), []byte(old)); err != nil {
		return err
	}
	return atomicfile.WriteDurably(a.Path(".conf"), []byte(text))
}

// Prepare writes what a restart needs to go back from text, before text is in
// force. It is harmless if text never comes into force: a confirmation counts
// only for the text that the role boots from. older is the text that had been
// the previous one, nil if there was none.
func (a Applied) Prepare(text string, waits *control.Pending) (older []byte, err error) {
	old, err := a.Text()
	if err != nil {
		return nil, err
	}
	if old != text {
		older, err = os.ReadFile(a.Path(".conf.prev"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read previous text: %w", err)
		}
		if err := atomicfile.WriteDurably(a.Path(".conf.prev"), []byte(old)); err != nil {
			return older, err
		}
	}
	if waits == nil {
		return older, a.DropPending()
	}
	return older, a.SavePending(*waits)
}

// Back makes text the applied one, unless it still is, and older, if not nil, the
// one before it. The confirmation is dropped only then: as long as another text
// is on disk, it has to go.
func (a Applied) Back(text string, older []byte) error {
	now, err := a.Text()
	if err == nil && now != text {
		err = atomicfile.WriteDurably(a.Path(".conf"), []byte(text))
	}
	if err == nil && older != nil {
		err = atomicfile.WriteDurably(a.Path(".conf.prev"), older)
	}
	if err != nil {
		return err
	}
	return a.DropPending()
}

// restore makes the previous text the applied one again.
func (a Applied) restore() error {
	text, err := a.Previous()
	if err != nil {
		return err
	}
	return atomicfile.WriteDurably(a.Path(".conf"), []byte(text))
}

// Pending gives the confirmation that hash waits for, nil if there is none. One
// that was noted for another text is void.
func (a Applied) Pending(hash string) (*control.Pending, error) {
	b, err := os.ReadFile(a.Path(".pending"))
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

// SavePending notes that the applied text waits for a confirmation.
func (a Applied) SavePending(p control.Pending) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return atomicfile.WriteDurably(a.Path(".pending"), b)
}

// DropPending notes that no text waits any more.
func (a Applied) DropPending() error {
	if err := atomicfile.Remove(a.Path(".pending")); err != nil {
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
	return AppliedIn(stateDir, role).Save(text)
}

// AppliedText is the text that role boots from; "" if there is none yet.
func AppliedText(stateDir, role string) (string, error) {
	return AppliedIn(stateDir, role).Text()
}

// FallBack makes the previous text the one that role boots from, because it
// died again and again on the present one; the next start journals it. It says
// false where there is no other text to go back to.
func FallBack(stateDir, role string) (bool, error) {
	a := AppliedIn(stateDir, role)
	now, err := a.Text()
	if err != nil {
		return false, err
	}
	before, err := a.Previous()
	if errors.Is(err, fs.ErrNotExist) || before == now || before == "" {
		return false, nil // nothing better to run: no configuration at all is not
	}
	if err != nil {
		return false, err
	}
	if err := atomicfile.WriteDurably(a.Path(".fallen"), []byte(model.Hash([]byte(now)))); err != nil {
		return false, err
	}
	return true, a.restore()
}

// Fallen gives the hash of the text that the role was taken off, once.
func (a Applied) Fallen() (string, error) {
	b, err := os.ReadFile(a.Path(".fallen"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return string(b), os.Remove(a.Path(".fallen"))
}

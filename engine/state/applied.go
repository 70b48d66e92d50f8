package state

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"holdfast/engine/atomicfile"
	"holdfast/engine/code"
	"holdfast/engine/control"
)

// Applied is what a role keeps in its state directory: the applied text, the
// one before it, whether the applied one still waits for its confirmation, and
// why the role runs another text than was applied, if it does.
type Applied struct {
	disk      atomicfile.Disk
	dir, role string
}

// AppliedIn is what the role keeps in stateDir.
func AppliedIn(stateDir, role string) Applied { return AppliedOn(atomicfile.Real{}, stateDir, role) }

// AppliedOn is AppliedIn on another disk.
func AppliedOn(disk atomicfile.Disk, stateDir, role string) Applied {
	return Applied{disk, stateDir, role}
}

// Of is what another role keeps beside it.
func (a Applied) Of(role string) Applied { return Applied{a.disk, a.dir, role} }

// Path is the file of the role with this suffix.
func (a Applied) Path(suffix string) string { return filepath.Join(a.dir, a.role+suffix) }

// Choice is what a role boots from. Damage is "" where that is the applied text. It is
// code.TextDamaged where the applied text does not fit its hash and the one before
// it stands in, and code.TextLost where that one does not fit either, or is none.
type Choice struct {
	Text, Damage string
}

// Choose reads the last text that fits its hash; "" on the first start.
func (a Applied) Choose() (Choice, error) {
	if t, err := a.find(now); err == nil && t.fits {
		return Choice{Text: t.text}, nil
	}
	texts, old, err := a.older()
	if err != nil {
		return Choice{}, err
	}
	applied, before := texts[now], texts[previous]
	switch {
	case applied.fits, old && applied.there:
		return Choice{Text: applied.text}, nil
	case !applied.there && !applied.summed && (!before.there || before.fits && before.text == ""):
		return Choice{}, nil // nothing was ever applied
	case before.fits && before.text != "":
		return Choice{before.text, code.TextDamaged}, nil
	}
	return Choice{Damage: code.TextLost}, nil
}

// Stands says whether the applied text still is the one with this hash, which fitted:
// its file of hashes names no other one. The text itself is not read.
func (a Applied) Stands(hash string) bool {
	sums, summed, err := a.read(now + sumOf)
	return err == nil && summed && sums == a.sum(now, hash)
}

// Text is the text of Choose.
func (a Applied) Text() (string, error) {
	b, err := a.Choose()
	return b.Text, err
}

// Previous is the text that was applied before the present one. It is ErrDamaged
// where there is none, or one that does not fit its hash.
func (a Applied) Previous() (string, error) {
	texts, old, err := a.older()
	if err != nil {
		return "", err
	}
	if t := texts[previous]; t.fits || old && t.there {
		return t.text, nil
	}
	return "", fmt.Errorf("read previous text: %w", ErrDamaged)
}

// Save makes text the applied one and keeps the one before it. The same text
// again changes nothing.
func (a Applied) Save(text string) error {
	b, err := a.Choose()
	if err != nil {
		return err
	}
	if b.Text != text {
		if err := a.put(previous, b.Text); err != nil {
			return err
		}
	}
	return a.Keep(text)
}

// Keep makes text the applied one, unless it is, and leaves the one before it.
func (a Applied) Keep(text string) error {
	t, err := a.find(now)
	if err != nil || t.fits && t.text == text {
		return err
	}
	return a.putOver(now, t, text)
}

// Prepare writes what a restart needs to go back from text to running, before text
// is in force. It is harmless if text never comes into force: a confirmation counts
// only for the text that the role boots from. older is the text that had been
// the previous one, nil if there was none.
func (a Applied) Prepare(running, text string, waits *control.Pending) (older []byte, err error) {
	if running != text {
		was, err := a.find(previous)
		if err != nil {
			return nil, err
		}
		if was.fits {
			older = []byte(was.text)
		}
		if err := a.putOver(previous, was, running); err != nil {
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
	err := a.Keep(text)
	if err == nil && older != nil {
		err = a.put(previous, string(older))
	}
	if err != nil {
		return err
	}
	return a.DropPending()
}

// Pending gives the confirmation that hash waits for, nil if there is none. One
// that was noted for another text is void.
func (a Applied) Pending(hash string) (*control.Pending, error) {
	text, there, err := a.read(".pending")
	if err != nil || !there {
		return nil, err
	}
	p := &control.Pending{}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("read pending confirmation: %w: %w", ErrDamaged, err)
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
	return a.write(".pending", string(b))
}

// DropPending notes that no text waits any more.
func (a Applied) DropPending() error { return a.remove(".pending") }

// SaveText sets the text that role boots from next, as if it had been applied.
// It is for a role that does not run.
func SaveText(stateDir, role, text string) error {
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return err
	}
	a := AppliedIn(stateDir, role)
	if err := a.Save(text); err != nil {
		return err
	}
	return a.DropCondition()
}

// AppliedText is the text that role boots from; "" if there is none yet.
func AppliedText(stateDir, role string) (string, error) {
	return AppliedIn(stateDir, role).Text()
}

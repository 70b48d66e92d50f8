package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/model"
)

// Condition is why a role runs another text than was applied last. It lasts until
// the role is given a text, so that nobody overlooks it.
type Condition struct {
	Code  string    `json:"code"`  // one of code.Texts
	Hash  string    `json:"hash"`  // the text that runs instead
	From  string    `json:"from"`  // the text that was applied, "" where it is lost
	Since time.Time `json:"since"` // when that was found
	Told  bool      `json:"told"`  // the journal has it
}

// Args are what the words of the condition name.
func (c Condition) Args() map[string]string {
	return map[string]string{"hash": c.Hash, "previous": c.From}
}

// Condition gives the condition that was noted while the text with this hash ran;
// nil if there is none. One that was noted for another text is void.
func (a Applied) Condition(hash string) (*Condition, error) {
	text, there, err := a.read(".condition")
	if err != nil || !there {
		return nil, err
	}
	c := &Condition{}
	if err := json.Unmarshal([]byte(text), c); err != nil {
		return nil, fmt.Errorf("read condition: %w: %w", ErrDamaged, err)
	}
	if c.Hash != hash {
		return nil, nil
	}
	return c, nil
}

// SaveCondition notes c.
func (a Applied) SaveCondition(c Condition) error {
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return a.write(".condition", string(b))
}

// DropCondition notes that the role runs what it was given.
func (a Applied) DropCondition() error { return a.remove(".condition") }

// Repair notes that the role boots from b in place of the applied text. Where that
// is the text before it, it becomes the applied one, and what stood in its place is
// put aside; else all stays as it is, for somebody who can mend it.
func (a Applied) Repair(b Choice, at time.Time) error {
	if err := a.adopt(); err != nil {
		return err
	}
	if b.Damage == "" {
		return nil
	}
	hash := model.HashText(b.Text)
	if was, err := a.Condition(hash); err != nil || was == nil || was.Code != b.Damage {
		if err := a.SaveCondition(Condition{Code: b.Damage, Hash: hash, Since: at}); err != nil {
			return err
		}
	}
	if b.Damage != code.TextDamaged {
		return nil
	}
	if err := a.remove(damaged); err != nil { // a directory does not take the place of a file
		return err
	}
	if err := a.disk.Rename(a.Path(now), a.Path(damaged)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("put the damaged text aside: %w", err)
	}
	return a.put(now, b.Text)
}

// FallBack makes the previous text the one that role boots from, because it
// died again and again on the present one; the next start journals it. The zero Fall
// says that there is no other text to go back to.
func FallBack(stateDir, role string) (Fall, error) {
	return AppliedIn(stateDir, role).FallBack(time.Now())
}

// Fall is the way from a text to the one before it, by their hashes.
type Fall struct{ From, To string }

// FallBack is the function of this name at an instant.
func (a Applied) FallBack(at time.Time) (Fall, error) {
	return a.fallBack(at, code.FellBack, func(Fall) bool { return true })
}

// FallAlong makes role, which does not run, fall back as the other role did. It says
// false where it would be another way.
func FallAlong(stateDir, role string, way Fall) (bool, error) {
	fell, err := AppliedIn(stateDir, role).fallBack(time.Now(), code.FellBackAlong, func(f Fall) bool { return f == way })
	return fell != Fall{}, err
}

func (a Applied) fallBack(at time.Time, why string, goes func(Fall) bool) (Fall, error) {
	applied, err := a.Text()
	if err != nil {
		return Fall{}, err
	}
	before, err := a.Previous()
	if errors.Is(err, ErrDamaged) || before == applied || before == "" {
		return Fall{}, nil // nothing better to run: no configuration at all is not
	}
	if err != nil {
		return Fall{}, err
	}
	way := Fall{From: model.HashText(applied), To: model.HashText(before)}
	if !goes(way) {
		return Fall{}, nil
	}
	if err := a.SaveCondition(Condition{Code: why, Hash: way.To, From: way.From, Since: at}); err != nil {
		return Fall{}, err
	}
	return way, a.put(now, before)
}

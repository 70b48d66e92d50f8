package conf

import (
	"errors"
	"strings"
)

// Change is what an edit does to a text: New takes the place of Old at byte At.
type Change struct {
	At       int
	Old, New string
}

// ErrOtherText is the error of a change that was made for another text.
var ErrOtherText = errors.New("the change was made for another text")

// Apply gives the changed text.
func (c Change) Apply(text string) (string, error) {
	if c.At < 0 || c.At > len(text) || !strings.HasPrefix(text[c.At:], c.Old) {
		return "", ErrOtherText
	}
	return text[:c.At] + c.New + text[c.At+len(c.Old):], nil
}

// Inverse is the change that takes this one back.
func (c Change) Inverse() Change { return Change{At: c.At, Old: c.New, New: c.Old} }

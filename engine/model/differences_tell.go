package model

import (
	"slices"
	"strings"
)

func (c *comparison) tell(d Difference) { c.list = append(c.list, d) }

// value tells of a word with one value; nil is that none is in force.
func (c *comparison) value(object, word string, old, next *string) {
	d := Difference{Object: object, Word: word, Sign: Changed}
	switch {
	case old == nil && next == nil:
		return
	case old == nil:
		d.Sign, d.New = Appeared, *next
	case next == nil:
		d.Sign, d.Old = Vanished, *old
	default:
		d.Old, d.New = *old, *next
	}
	c.tell(d)
}

// only is the one value of a list, nil for none.
func only(list []string) *string {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// lines compares the values of a list. A value whose first word stays has changed;
// of the others each has come or gone. Flags are words of their own.
func (c *comparison) lines(object, word string, old, next []string, flags bool) {
	came, went := missingFrom(old, next), missingFrom(next, old)
	if len(came)+len(went) == 0 {
		if !slices.Equal(old, next) {
			c.tell(Difference{Object: object, Word: word, Sign: Reads})
		}
		return
	}
	tell := func(sign Sign, old, next string) {
		d := Difference{Object: object, Word: word, Sign: sign, Old: old, New: next, InList: true}
		if flags {
			d.Word, d.Old, d.New, d.InList = old+next, "", "", false
		}
		c.tell(d)
	}
	for _, n := range came {
		if i := slices.IndexFunc(went, func(o string) bool { return firstWord(o) == firstWord(n) }); i >= 0 && !flags {
			tell(Changed, went[i], n)
			went = slices.Delete(went, i, i+1)
			continue
		}
		tell(Appeared, "", n)
	}
	for _, o := range went {
		tell(Vanished, o, "")
	}
}

// missingFrom are the values of list that have is short of, in their order.
func missingFrom(have, list []string) (missing []string) {
	left := make(map[string]int, len(have))
	for _, h := range have {
		left[h]++
	}
	for _, l := range list {
		if left[l] == 0 {
			missing = append(missing, l)
		} else {
			left[l]--
		}
	}
	return missing
}

func firstWord(line string) string {
	word, _, _ := strings.Cut(line, " ")
	return word
}

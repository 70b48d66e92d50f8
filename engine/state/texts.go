package state

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"holdfast/engine/atomicfile"
	"holdfast/engine/model"
)

// The texts of a role, and beside each the hash that it has to have:
//
//	ROLE.conf              what was applied last
//	ROLE.conf.prev         what was applied before it
//	ROLE.conf.sha256       as sha256sum writes and checks it
//	ROLE.conf.prev.sha256
//	ROLE.conf.damaged      what stood in the place of ROLE.conf and did not fit
const (
	now      = ".conf"
	previous = ".conf.prev"
	sumOf    = ".sha256" // behind either
	damaged  = ".conf.damaged"
)

// ErrDamaged says that a text is not the one that was written there.
var ErrDamaged = errors.New("the text does not fit its hash")

// looks is how often a text and its hash are read before they count as not fitting:
// another process may replace both meanwhile.
const looks = 3

// stored is one text as it lies on the disk.
type stored struct {
	text   string
	hash   string // of the text
	there  bool   // the file is there
	summed bool   // its hash is there, in whatever state
	fits   bool
}

// find reads a text and its hash. A file that is not there is an empty text: it fits
// while the first text is being written. One that cannot be read is there and does not fit.
func (a Applied) find(suffix string) (s stored, err error) {
	for range looks {
		sums, summed, err := a.read(suffix + sumOf)
		if atomicfile.Unreadable(err) {
			summed, err = true, nil
		}
		if err != nil {
			return stored{}, err
		}
		text, there, err := a.bytes(suffix)
		unread := atomicfile.Unreadable(err)
		if err != nil && !unread {
			return stored{}, err
		}
		s = stored{text: atomicfile.Text(text), hash: model.Hash(text), there: there || unread, summed: summed || unread}
		if s.fits = summed && !unread && names(sums, s.hash); s.fits {
			break
		}
	}
	return s, nil
}

// names says whether hash is one of those that a file of sha256sum holds.
func names(sums, hash string) bool {
	for line := range strings.Lines(sums) {
		if first, _, _ := strings.Cut(strings.TrimSpace(line), " "); strings.EqualFold(first, hash) {
			return true
		}
	}
	return false
}

// read reads a file of the role; there is false where there is none.
func (a Applied) read(suffix string) (text string, there bool, err error) {
	b, there, err := a.bytes(suffix)
	return string(b), there, err
}

func (a Applied) bytes(suffix string) (b []byte, there bool, err error) {
	b, err = a.disk.Read(a.Path(suffix))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read %s%s: %w", a.role, suffix, err)
	}
	return b, true, nil
}

// write replaces a file of the role, also where a directory took its place.
func (a Applied) write(suffix, text string) error {
	err := atomicfile.Replace(a.disk, a.Path(suffix), atomicfile.Bytes(text))
	if errors.Is(err, fs.ErrExist) || errors.Is(err, unix.EISDIR) {
		if err = a.remove(suffix); err == nil {
			err = atomicfile.Replace(a.disk, a.Path(suffix), atomicfile.Bytes(text))
		}
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", a.Path(suffix), err)
	}
	return nil
}

func (a Applied) remove(suffix string) error {
	if err := atomicfile.Delete(a.disk, a.Path(suffix)); err != nil {
		return fmt.Errorf("remove %s: %w", a.Path(suffix), err)
	}
	return nil
}

// put replaces a text and its hash.
func (a Applied) put(suffix, text string) error {
	if err := a.adopt(); err != nil {
		return err
	}
	old, err := a.find(suffix)
	if err != nil {
		return err
	}
	return a.replace(suffix, old, text)
}

// putOver is put where old was just found there: a large text is not read again.
func (a Applied) putOver(suffix string, old stored, text string) error {
	if !old.summed { // perhaps no text has a hash yet
		return a.put(suffix, text)
	}
	return a.replace(suffix, old, text)
}

// replace replaces old and its hash. While the text changes, both hashes count, so
// that whichever text is there after a cut fits.
func (a Applied) replace(suffix string, old stored, text string) error {
	sum, both := a.sum(suffix, model.HashText(text)), false
	if first := !old.there && !old.summed; (old.fits || first) && old.text != text {
		both = true
		if err := a.write(suffix+sumOf, sum+a.sum(suffix, old.hash)); err != nil {
			return err
		}
	} else if err := a.write(suffix+sumOf, sum); err != nil {
		return err
	}
	if err := a.write(suffix, text); err != nil {
		return err
	}
	if both {
		return a.write(suffix+sumOf, sum)
	}
	return nil
}

// sum is a line of sha256sum: the hash of a text and its file.
func (a Applied) sum(suffix, hash string) string {
	return hash + "  " + filepath.Base(a.Path(suffix)) + "\n"
}

// adopt writes the hashes of texts that a version without hashes left. Where any
// hash is there, one that is missing got lost.
func (a Applied) adopt() error {
	for _, suffix := range []string{now, previous} {
		if _, summed, err := a.bytes(suffix + sumOf); summed || err != nil && atomicfile.Unreadable(err) {
			return nil
		}
	}
	texts, old, err := a.older()
	if err != nil || !old {
		return err
	}
	for _, suffix := range []string{now, previous} {
		if t := texts[suffix]; t.there {
			if err := a.write(suffix+sumOf, a.sum(suffix, t.hash)); err != nil {
				return err
			}
		}
	}
	return nil
}

// older reads both texts, and says whether a version without hashes left them.
func (a Applied) older() (texts map[string]stored, old bool, err error) {
	texts = map[string]stored{}
	old = true
	for _, suffix := range []string{now, previous} {
		t, err := a.find(suffix)
		if err != nil {
			return nil, false, err
		}
		texts[suffix] = t
		old = old && !t.summed
	}
	return texts, old && (texts[now].there || texts[previous].there), nil
}

package atomicfile

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"sync"
)

// ErrPower is what every operation of a Twin gives once its power is cut.
var ErrPower = errors.New("the power is cut")

// Twin is a Disk in memory that forgets, when its power is cut, each operation that
// was not followed by its sync. The zero Twin is an empty disk.
type Twin struct {
	mu    sync.Mutex       // guards all below
	now   map[string]*body // by path, as a running process sees them
	kept  map[string]*body // by path, as the disk has them
	count int
	limit int // 0: none
}

// body is the bytes of one file, under whatever name.
type body struct {
	now, kept []byte
}

// CutAfter cuts the power when n more operations were done. Reading is none.
func (t *Twin) CutAfter(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limit = t.count + n + 1
}

// Count is how many operations were asked for so far.
func (t *Twin) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// Cut says whether the power is cut.
func (t *Twin) Cut() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dark()
}

func (t *Twin) dark() bool { return t.limit != 0 && t.count >= t.limit }

// Reboot gives the disk as it is after the cut. lucky is a disk that had written
// everything already, as far as it was told before the cut.
func (t *Twin) Reboot(lucky bool) *Twin {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := &Twin{now: map[string]*body{}, kept: map[string]*body{}}
	names := t.kept
	if lucky {
		names = t.now
	}
	for path, b := range names {
		data := b.kept
		if lucky {
			data = b.now
		}
		next.now[path] = &body{now: data, kept: data}
	}
	next.kept = maps.Clone(next.now)
	return next
}

// operate does one operation unless the power is cut.
func (t *Twin) operate(f func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now == nil {
		t.now, t.kept = map[string]*body{}, map[string]*body{}
	}
	if t.dark() {
		return ErrPower
	}
	if t.count++; t.dark() {
		return ErrPower
	}
	return f()
}

// Read implements Disk.
func (t *Twin) Read(path string) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dark() {
		return nil, ErrPower
	}
	b, err := t.find(path)
	if err != nil {
		return nil, err
	}
	return slices.Clone(b.now), nil
}

func (t *Twin) find(path string) (*body, error) {
	if b := t.now[path]; b != nil {
		return b, nil
	}
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}

// Write implements Disk.
func (t *Twin) Write(path string, data []byte) error {
	return t.operate(func() error {
		b := t.now[path]
		if b == nil {
			b = &body{}
			t.now[path] = b
		}
		b.now = slices.Clone(data)
		return nil
	})
}

// Sync implements Disk.
func (t *Twin) Sync(path string) error {
	return t.operate(func() error {
		b, err := t.find(path)
		if err == nil {
			b.kept = b.now
		}
		return err
	})
}

// Rename implements Disk.
func (t *Twin) Rename(from, to string) error {
	return t.operate(func() error {
		b, err := t.find(from)
		if err == nil {
			delete(t.now, from)
			t.now[to] = b
		}
		return err
	})
}

// Remove implements Disk.
func (t *Twin) Remove(path string) error {
	return t.operate(func() error {
		_, err := t.find(path)
		delete(t.now, path)
		return err
	})
}

// SyncDir implements Disk.
func (t *Twin) SyncDir(dir string) error {
	return t.operate(func() error {
		inside := func(path string, _ *body) bool { return filepath.Dir(path) == filepath.Clean(dir) }
		maps.DeleteFunc(t.kept, inside)
		for path, b := range t.now {
			if inside(path, b) {
				t.kept[path] = b
			}
		}
		return nil
	})
}

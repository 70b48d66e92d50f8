package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// segmentLimit bounds a segment of the journal on disk; there are two.
const segmentLimit = 4 << 20

// segments are the journal on disk: a file that is appended to, and the full one
// before it. A line is written at once, so that what was published survives the
// death of the process.
type segments struct {
	path  string // the older one has ".1" behind it
	limit int64
	mu    sync.RWMutex // held to swap the files, and to open both for reading
	f     *os.File
	size  int64
}

// openSegments opens the journal at path and gives its newest entries, at most
// tail of them.
func openSegments(path string, limit int64, tail int) (*segments, []Entry, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open journal: %w", err)
	}
	s := &segments{path: path, limit: limit, f: f}
	if err := s.mend(); err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("open journal: %w", err)
	}
	var newest []Entry
	err = s.read(func(e Entry) {
		if len(newest) == tail {
			newest = append(newest[:0], newest[1:]...)
		}
		newest = append(newest, e)
	})
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return s, newest, nil
}

// mend cuts off a last line that a dying process left half written.
func (s *segments) mend() error {
	text, err := io.ReadAll(s.f)
	if err != nil {
		return err
	}
	s.size = int64(bytes.LastIndexByte(text, '\n') + 1)
	if s.size == int64(len(text)) {
		return nil
	}
	return s.f.Truncate(s.size)
}

// append writes one entry.
func (s *segments) append(e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if s.size > 0 && s.size+int64(len(line)) > s.limit {
		if err := s.turn(); err != nil {
			return fmt.Errorf("turn journal: %w", err)
		}
	}
	n, err := s.f.Write(line)
	if err == nil {
		s.size += int64(n)
		return nil
	}
	// Half a line would spoil the next one.
	if e := s.f.Truncate(s.size); e != nil {
		s.size += int64(n)
		err = errors.Join(err, e)
	}
	return fmt.Errorf("write journal: %w", err)
}

// turn makes the full segment the older one and begins a new one.
func (s *segments) turn() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.Rename(s.path, s.path+".1"); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	s.f.Close()
	s.f, s.size = f, 0
	return nil
}

// read tells every entry on disk, oldest first. A line that is no entry is
// passed over: the reader finds the gap by its number.
func (s *segments) read(tell func(Entry)) error {
	files, err := s.open()
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	for _, f := range files {
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(make([]byte, 0, 4096), segmentLimit)
		for lines.Scan() {
			var e Entry
			if json.Unmarshal(lines.Bytes(), &e) == nil && e.Seq > 0 {
				tell(e)
			}
		}
		if err := lines.Err(); err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
	}
	return nil
}

func (s *segments) open() ([]*os.File, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var files []*os.File
	for _, path := range []string{s.path + ".1", s.path} {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			for _, f := range files {
				f.Close()
			}
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

func (s *segments) close() error { return s.f.Close() }

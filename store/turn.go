package store

import (
	"errors"
	"os"
	"syscall"
)

// Turn makes this process the one that changes what the roles run, among the console and
// the commands on its host, until release is called; it waits for the one before. Where
// the directory cannot be locked, as on some network disks, nobody is kept out.
func (s *Store) Turn() (release func()) {
	f, err := s.lock(syscall.LOCK_EX)
	if err != nil {
		return func() {}
	}
	return func() { f.Close() } // the lock ends with the file
}

// TryTurn is Turn without waiting; ok is false while another process has the turn.
func (s *Store) TryTurn() (release func(), ok bool) {
	f, err := s.lock(syscall.LOCK_EX | syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, false
	case err != nil:
		return func() {}, true
	}
	return func() { f.Close() }, true
}

// lock locks the directory itself, so that nothing need be written to a full disk, and no
// file of SQLite's is closed, which would end SQLite's own locks.
func (s *Store) lock(how int) (*os.File, error) {
	f, err := os.Open(s.dir)
	if err != nil {
		return nil, err
	}
	for {
		if err = syscall.Flock(int(f.Fd()), how); err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(err, f.Close())
		}
	}
}

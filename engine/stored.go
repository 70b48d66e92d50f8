package engine

import (
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
)

// How often the files of the applied text are looked at, without reading them, and how
// many looks go by before one that could not be written anew is tried again.
const (
	storedLook  = time.Second
	storedAgain = 60
)

// watchStored looks whether somebody else wrote the files of the applied text. A role
// runs the text in its memory: damage on the disk would be told by the next start, which
// runs the text before it.
func (s *process) watchStored() error {
	seen := s.applied.Print()
	tick := time.NewTicker(storedLook)
	defer tick.Stop()
	for wait := 0; ; wait = max(0, wait-1) {
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			return nil
		}
		again := s.unstored() && wait == 0
		if s.applied.Print() == seen && !again || !s.restore() {
			continue
		}
		seen, wait = s.applied.Print(), storedAgain
	}
}

// restore writes the running text anew where the stored one does not fit its hash. It is
// false where a change or a reader was in the way.
func (s *process) restore() bool {
	select {
	case s.changing <- struct{}{}:
		defer func() { <-s.changing }()
	default:
		return false
	}
	if !s.reading.TryLock() {
		return false
	}
	defer s.reading.Unlock()
	now := s.running()
	if now.text == "" { // nothing was applied, or nothing that fits was found
		return true
	}
	restored, err := s.applied.Restore(now.text)
	s.rest.Later()
	s.tellUnstored(err)
	if restored && err == nil {
		s.journal.Note(journal.Entry{Kind: journal.Notice, Object: s.role.Name(), Mail: true, Facts: map[string]string{
			journal.FactObject: s.role.Name(), journal.FactCode: code.TextRestored, journal.FactHash: now.hash,
		}})
	}
	return true
}

// unstored says that the running text could not be written anew.
func (s *process) unstored() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bare) > 0
}

// tellUnstored tells that the running text could not be written anew, and why, or that
// this is over. It is told once.
func (s *process) tellUnstored(why error) {
	var list []control.Blocked
	kind, facts := journal.Unheld, map[string]string{journal.FactObject: s.role.Name(), journal.FactCode: code.TextUnstored}
	if why != nil {
		kind, facts[journal.FactReason] = journal.Held, why.Error()
		list = []control.Blocked{{Code: code.TextUnstored, Args: map[string]string{"reason": why.Error()}}}
	}
	s.mu.Lock()
	same := (len(list) > 0) == (len(s.bare) > 0)
	s.bare = list
	s.mu.Unlock()
	if !same {
		s.journal.Note(journal.Entry{Kind: kind, Object: s.role.Name(), Mail: why != nil, Facts: facts})
	}
}

package engine

import (
	"errors"
	"slices"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/state"
)

// resume looks again at the state directory, now that nobody else writes there:
// the older process may have applied a text since, and may have left a text that
// waits for its confirmation. What cannot be read beside the text is told and
// keeps nobody from serving.
func (s *process) resume() error {
	boot := s.boot
	if !s.applied.Stands(s.running().hash) {
		var err error
		if boot, err = s.applied.Choose(); err != nil {
			return err
		}
	}
	s.boot = state.Choice{}
	if boot.Text != s.running().text {
		cfg := s.run(boot.Text)
		s.changing <- struct{}{} // free as long as nobody is served
		s.tasks.Go(func() error { s.catchUp(cfg); return nil })
	}
	if err := s.applied.Repair(boot, time.Now()); err != nil {
		s.log.Error("noting what the role starts from", "err", err)
	}
	s.recallCondition(boot)
	s.recallPending(boot.Text)
	s.tasks.Go(func() error { s.vouch(); return nil }) // adverts do not wait for it
	return nil
}

// recallCondition reports why the role runs another text than was applied, and
// journals it once.
func (s *process) recallCondition(boot state.Choice) {
	hash := s.running().hash
	c, err := s.applied.Condition(hash)
	if err != nil {
		s.log.Error("reading why another text runs than was applied", "err", err)
	}
	if c == nil && boot.Damage != "" {
		c = &state.Condition{Code: boot.Damage, Hash: hash, Since: time.Now()}
	}
	if c == nil {
		return
	}
	if reason := whyBack[c.Code]; !c.Told && reason != "" {
		s.note(journal.Reverted, map[string]string{journal.FactHash: hash, journal.FactPrevious: c.From, journal.FactReason: reason})
	}
	s.enter(*c)
}

// whyBack is the reason of a revert that a condition comes from.
var whyBack = map[string]string{code.FellBack: code.DiedRepeatedly, code.FellBackAlong: code.OtherDied}

// enter makes c the condition of the role. A role that goes along is in the mail of the
// other one.
func (s *process) enter(c state.Condition) {
	s.mu.Lock()
	s.off = &c
	s.mu.Unlock()
	if c.Told {
		return
	}
	facts := c.Args()
	facts[journal.FactObject] = s.role.Name()
	facts[journal.FactCode] = c.Code
	s.journal.Note(journal.Entry{Kind: journal.Held, Object: s.role.Name(), Mail: c.Code != code.FellBackAlong, Facts: facts})
	c.Told = true
	if err := s.applied.SaveCondition(c); err != nil {
		s.log.Error("noting why another text runs than was applied", "err", err)
	}
}

// leaveCondition ends the condition of the role: it was given a text.
func (s *process) leaveCondition() {
	s.mu.Lock()
	was := s.off
	s.off = nil
	s.mu.Unlock()
	if was == nil {
		return
	}
	if err := s.applied.DropCondition(); err != nil {
		s.log.Error("noting that the applied text runs", "err", err)
	}
	s.note(journal.Unheld, map[string]string{journal.FactObject: s.role.Name(), journal.FactCode: was.Code})
}

// condition is the condition of the role and of its parent as the status has it.
func (s *process) condition() []control.Blocked {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Concat(s.alone, s.bare)
	if s.off != nil {
		list = append(list, control.Blocked{Code: s.off.Code, Args: s.off.Args()})
	}
	return list
}

// recallPending goes on waiting for the confirmation of text.
func (s *process) recallPending(text string) {
	hash := s.running().hash
	p, err := s.applied.Pending(hash)
	if errors.Is(err, state.ErrDamaged) {
		s.log.Error("the note of the confirmation is damaged", "err", err)
		p, err = s.otherPending(text)
	}
	if err != nil {
		s.log.Error("the applied text stays, unconfirmed", "err", err)
	}
	if p != nil {
		s.await(*p, nil)
	}
}

// otherPending is what stands for a note that cannot be read: that of the other role,
// so that both end with the same text. Where the other role runs the text and waits for
// nothing, the operator has kept it. Else the time is over: a note is there only while
// a text waits. A role that goes back for that says so until it is given a text.
func (s *process) otherPending(text string) (*control.Pending, error) {
	hash := model.Hash([]byte(text))
	other := s.applied.Of(control.Roles[0])
	if s.role.Name() == control.Roles[0] {
		other = s.applied.Of(control.Roles[1])
	}
	theirs, err := other.Text()
	if err == nil && theirs == text {
		p, err := other.Pending(hash)
		if err == nil && p == nil {
			s.log.Warn("the other role waits for no confirmation; the text is kept", "hash", hash)
			return nil, s.applied.DropPending()
		}
		if err == nil {
			return p, s.applied.SavePending(*p)
		}
	}
	before, err := s.applied.Previous()
	if err != nil || before == "" || before == text {
		return nil, err
	}
	s.log.Error("nobody knows whether the text was kept; going back", "hash", hash)
	s.unsure = hash
	return &control.Pending{Hash: hash, Until: time.Now()}, nil
}

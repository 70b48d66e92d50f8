package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/state"
)

// revertAgain is how long the process waits before it tries again to go back.
const revertAgain = time.Second

// pending is an applied text that waits for its confirmation.
type pending struct {
	control.Pending
	before  *string       // the text to go back to, where this process ran it
	settled chan struct{} // closed when it waits no longer
}

// await starts the time in which p has to be confirmed. After it the role goes
// back by itself, so that a change that cut the operator off undoes itself.
func (s *process) await(p control.Pending, before *string) {
	w := &pending{p, before, make(chan struct{})}
	s.mu.Lock()
	s.pending = w
	s.mu.Unlock()
	s.tasks.Go(func() error { s.expire(w); return nil })
}

// Confirm keeps the applied text.
func (s *process) Confirm(ctx context.Context, hash string) error {
	select {
	case s.changing <- struct{}{}:
		defer func() { <-s.changing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if !s.waiting(hash) {
		return notPending(hash)
	}
	// On disk first: what the operator is told is kept stays kept.
	if err := s.applied.DropPending(); err != nil {
		return err
	}
	s.settle(hash)
	s.note(journal.Confirmed, map[string]string{journal.FactHash: hash})
	return nil
}

// Revert takes the applied text back now.
func (s *process) Revert(ctx context.Context, hash string) (control.Planned, error) {
	return s.revert(ctx, hash, code.TakenBack)
}

// FallBack goes back from one text to the one before it, because the other role died on
// it again and again: both run the same. It refuses where this role runs another text,
// or came from another one.
func (s *process) FallBack(ctx context.Context, from, to string) error {
	if err := s.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-s.changing }()
	if running := s.running().hash; running != from {
		return &control.Problem{Code: control.Conflict, Message: "another text runs than was expected", Args: map[string]string{"running": running}}
	}
	text, err := s.applied.Previous()
	if s.waiting(from) {
		text, err = s.wayBack(from)
	}
	if err != nil || text == "" || model.HashText(text) != to {
		return &control.Problem{Code: control.NotFound, Message: "the text before it is another one", Args: map[string]string{"hash": to}}
	}
	if _, err := s.goBackTo(ctx, text, from, code.OtherDied); err != nil {
		return err
	}
	s.enter(state.Condition{Code: code.FellBackAlong, Hash: to, From: from, Since: time.Now()})
	return nil
}

// expire goes back if nobody confirms in time. Where it cannot, it tries again:
// the alternative is a change that nobody asked to keep.
func (s *process) expire(p *pending) {
	for wait := left(p.Pending); ; wait = revertAgain {
		due := time.NewTimer(wait)
		select {
		case <-due.C:
		case <-p.settled:
		case <-s.ctx.Done():
		}
		due.Stop()
		if s.ctx.Err() != nil || !s.waiting(p.Hash) {
			return
		}
		_, err := s.revert(s.ctx, p.Hash, code.NotConfirmed)
		if errors.Is(err, state.ErrDamaged) {
			s.stay(p.Pending)
			return
		}
		if err != nil && s.ctx.Err() == nil {
			s.log.Error("going back to the previous text", "err", err)
		}
	}
}

func (s *process) revert(ctx context.Context, hash, reason string) (control.Planned, error) {
	select {
	case s.changing <- struct{}{}:
		defer func() { <-s.changing }()
	case <-ctx.Done():
		return control.Planned{}, ctx.Err()
	}
	text, err := s.wayBack(hash)
	if err != nil {
		return control.Planned{}, err
	}
	return s.goBackTo(ctx, text, hash, reason)
}

// goBackTo makes text the running one again in place of the one with this hash.
func (s *process) goBackTo(ctx context.Context, text, hash, reason string) (control.Planned, error) {
	p, err := s.change(ctx, s.readAgain(text))
	if err != nil {
		return p, err
	}
	if err := s.applied.Back(text, nil); err != nil {
		return p, err // it still waits: a restart would run the other text
	}
	s.settle(hash)
	s.note(journal.Reverted, map[string]string{journal.FactHash: p.Hash, journal.FactPrevious: hash, journal.FactReason: reason})
	if hash == s.unsure {
		s.enter(state.Condition{Code: code.NoteLost, Hash: p.Hash, From: hash, Since: time.Now()})
	}
	return p, nil
}

// wayBack is the text that ran before the one that waits by this hash.
func (s *process) wayBack(hash string) (string, error) {
	s.mu.Lock()
	p := s.pending
	s.mu.Unlock()
	if p == nil || p.Hash != hash {
		return "", notPending(hash)
	}
	if p.before != nil {
		return *p.before, nil
	}
	text, err := s.applied.Previous()
	if err == nil && p.Previous != "" && model.HashText(text) != p.Previous {
		err = fmt.Errorf("read previous text: %w", state.ErrDamaged)
	}
	return text, err
}

// stay keeps the text that nobody confirmed, since there is none to go back to, and
// says so.
func (s *process) stay(p control.Pending) {
	select {
	case s.changing <- struct{}{}:
		defer func() { <-s.changing }()
	case <-s.ctx.Done():
		return
	}
	if !s.settle(p.Hash) {
		return
	}
	s.enter(state.Condition{Code: code.NoWayBack, Hash: p.Hash, From: p.Previous, Since: time.Now()})
	if err := s.applied.DropPending(); err != nil {
		s.log.Error("keeping the text that nobody confirmed", "err", err)
	}
}

// left is how long p still waits. A clock that was set back in between does not
// make it longer than was asked for.
func left(p control.Pending) time.Duration {
	wait := time.Until(p.Until)
	if p.Window > 0 {
		wait = min(wait, window(p))
	}
	return wait
}

func (s *process) waiting(hash string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pending != nil && s.pending.Hash == hash
}

// settle ends the waiting for hash; false says that nothing waited by that name.
func (s *process) settle(hash string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending == nil || s.pending.Hash != hash {
		return false
	}
	close(s.pending.settled)
	s.pending = nil
	return true
}

func notPending(hash string) error {
	return &control.Problem{Code: control.NotFound, Message: "no such text waits for a confirmation", Args: map[string]string{"hash": hash}}
}

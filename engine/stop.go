package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/state"
)

// Stop is the control socket's way to end the role.
func (s *process) Stop(mode string) error {
	how, err := control.StopModeOf(mode)
	if err == nil {
		s.tasks.Go(func() error { s.stop(how, mode); return nil })
	}
	return err
}

// obey ends the role when the process is told to.
func (s *process) obey() error {
	select {
	case mode := <-s.opt.Stop:
		s.stop(mode, string(mode))
	case <-s.ctx.Done():
	}
	return nil
}

// stop ends the role; only the first one counts. Before the role has taken over
// there is nothing of its own to release: it just leaves.
func (s *process) stop(mode control.StopMode, how string) {
	s.mu.Lock()
	first, held := s.how == "", s.lock != nil
	if first {
		s.how = how
	}
	s.mu.Unlock()
	if !first {
		return
	}
	if !held {
		s.cancel()
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), stopPatience)
	defer cancel()
	if err := s.role.Stop(ctx, mode); err != nil {
		s.log.Error("stopping", "mode", string(mode), "err", err)
		s.cancel()
	}
}

// ending is how the role was told to end, in a word.
func (s *process) ending() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.how == "" {
		return string(control.Handoff)
	}
	return s.how
}

// orphan is how a role ended whose parent died and had no successor.
const orphan = "orphan"

// orphanGrace is how much longer than the shortest master-down time a role
// without a parent waits for its successor: a small or busy machine needs seconds
// to start a program, and the role attends to its addresses all the while.
const orphanGrace = 6 * time.Second

// watchParent waits for what the parent says and for its death. control.LifelineHandoff
// asks for a handoff: it reaches a role that does not listen at its socket yet, and no
// signal means the same. After the parent's death the role goes on, since
// its addresses would be unattended otherwise; if no successor asks for the lock in a
// time in which one could have started, nobody is coming, and all is released.
func (s *process) watchParent() error {
	if s.opt.Lifeline == nil {
		return nil
	}
	defer context.AfterFunc(s.ctx, func() { s.opt.Lifeline.Close() })()
	// Whatever ends the reading, nobody holds the other end for us any more.
	handoff, err := s.hearParent()
	if handoff {
		s.stop(control.Handoff, string(control.Handoff))
		return nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.log.Debug("lifeline", "err", err)
	}
	if s.ctx.Err() != nil {
		return nil
	}
	wait := s.down() + orphanGrace
	s.log.Warn("the parent is gone; waiting for the next one", "limit", wait)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		s.stop(control.Release, orphan)
	case <-s.ctx.Done():
	}
	return nil
}

// How often the parent is told that the role goes on: more often where peers wait less.
const (
	signEvery  = 200 * time.Millisecond
	signSooner = 25 * time.Millisecond
)

// signPause is the time between two signs for a shortest master-down time.
func signPause(down time.Duration) time.Duration { return min(max(down/12, signSooner), signEvery) }

// giveSigns tells the parent, over the lifeline, that the role's loop goes round. A
// role that has not begun yet, or has ended, is spoken for by its process.
func (s *process) giveSigns() error {
	if s.opt.Lifeline == nil {
		return nil
	}
	begun := make(chan struct{})
	s.tasks.Go(func() error {
		defer close(begun)
		_, err := s.role.Alive(s.ctx)
		return ended(err)
	})
	for {
		down := s.down()
		due := time.Now().Add(down) // of one that holds nothing yet
		select {
		case <-begun:
			at, err := s.role.Alive(s.ctx)
			if err = ended(err); err != nil {
				return err
			}
			if !at.IsZero() {
				due = at
			}
		default:
		}
		sign := control.Sign{Down: down, Due: control.Monotonic() + time.Until(due)}
		// A parent that is gone is told of by the reading end.
		s.opt.Lifeline.Write(sign.Append(nil))
		timer := time.NewTimer(signPause(down))
		select {
		case <-timer.C:
		case <-s.ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// down is the shortest master-down time of the running text.
func (s *process) down() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.down
}

// ended is err, but for one that says that the role or the process has ended.
func ended(err error) error {
	if errors.Is(err, ErrEnded) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// clearUp releases, at the end of an orphan, what the other role left: that one
// died as an orphan too, and nobody else would notice. One that lives keeps what
// it has: it ends by itself.
func (s *process) clearUp(ctx context.Context) error {
	if s.ending() != orphan {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stopPatience)
	defer cancel()
	for _, name := range control.Roles {
		if name == s.role.Name() {
			continue
		}
		if err := ReleaseLeft(ctx, name, s.opt.RunDir, s.log); err != nil && !errors.Is(err, state.ErrRunning) {
			return fmt.Errorf("release what the %s role left: %w", name, err)
		}
	}
	return nil
}

package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/model"
)

// Stop is the control socket's way to end the role.
func (s *shell) Stop(mode string) error {
	switch StopMode(mode) {
	case Release, Handoff:
		s.tasks.Go(func() error { s.stop(StopMode(mode), mode); return nil })
		return nil
	}
	return &control.Problem{Code: control.Invalid, Message: "mode is neither release nor handoff", Args: map[string]string{"mode": mode}}
}

// obey ends the role when the process is told to.
func (s *shell) obey() error {
	select {
	case mode := <-s.opt.Stop:
		s.stop(mode, string(mode))
	case <-s.ctx.Done():
	}
	return nil
}

// stop ends the role; only the first one counts. Before the role has taken over
// there is nothing of its own to release: it just leaves.
func (s *shell) stop(mode StopMode, how string) {
	s.mu.Lock()
	first, held := s.how == "", s.baton != nil
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
func (s *shell) ending() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.how == "" {
		return string(Handoff)
	}
	return s.how
}

// orphan is how a role ended whose parent died and had no successor.
const orphan = "orphan"

// orphanGrace is how much longer than the shortest master-down time a role
// without a parent waits for its successor.
const orphanGrace = 1500 * time.Millisecond

// watchParent waits for the parent's death. The role then goes on, since its
// addresses would be unattended otherwise; if no successor asks for the baton
// before the peers would have taken over, nobody is coming, and all is released.
func (s *shell) watchParent() error {
	if s.opt.Lifeline == nil {
		return nil
	}
	defer context.AfterFunc(s.ctx, func() { s.opt.Lifeline.Close() })()
	// Whatever ends the reading, nobody holds the other end for us any more.
	if _, err := io.Copy(io.Discard, s.opt.Lifeline); err != nil {
		s.log.Debug("lifeline", "err", err)
	}
	if s.ctx.Err() != nil {
		return nil
	}
	s.mu.Lock()
	wait := s.now.down + orphanGrace
	s.mu.Unlock()
	s.log.Warn("the parent is gone; waiting for the next one", "limit", wait)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		s.stop(Release, orphan)
	case <-s.ctx.Done():
	}
	return nil
}

// clearUp releases, at the end of an orphan, what the other role left: that one
// died as an orphan too, and nobody else would notice. One that lives keeps what
// it has: it ends by itself.
func (s *shell) clearUp(ctx context.Context) error {
	if s.ending() != orphan {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stopPatience)
	defer cancel()
	for _, name := range RoleNames {
		if name == s.role.Name() {
			continue
		}
		if err := ReleaseLeft(ctx, name, s.opt.RunDir, s.log); err != nil && !errors.Is(err, ErrRunning) {
			return fmt.Errorf("release what the %s role left: %w", name, err)
		}
	}
	return nil
}

// unpeered is the master-down time where no instance says one.
const unpeered = 3 * time.Second

// ShortestDown is how long the vrrp role may be away before a peer takes over one
// of cfg's instances: the shortest master-down time, as a peer of the highest
// priority would count it (RFC 3768, 6.1: three intervals and a skew of
// (256-priority)/256 seconds).
func ShortestDown(cfg model.Config) time.Duration {
	shortest := time.Duration(0)
	for _, in := range cfg.Instances {
		adverts := time.Duration(max(in.DownTimerAdverts.Or(3), 1))
		if d := adverts * in.Advert.Val.Duration(); shortest == 0 || d < shortest {
			shortest = d
		}
	}
	if shortest == 0 {
		return unpeered
	}
	return shortest
}

package engine

import (
	"errors"
	"io/fs"
	"slices"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/state"
)

// The parent gives a sign over the lifeline twice a second. Its silence is counted in
// looks of ours, not by the clock: a machine that was suspended, or had no time for
// this process, gives it fewer looks too.
const (
	parentLook = time.Second
	aloneLooks = 10 // so many looks without a sign are told
	deadLooks  = 3  // so many at least count for the release of what the other role left
)

// parentSilence is how long the parent has given no sign.
type parentSilence struct {
	begun bool // it has given one: a parent that gives none at all is not watched
	looks int
	away  int // in so many looks in a row the other role did not run either
}

// look takes note of a look; heard says that there was a sign, away that the other role
// does not run.
func (p parentSilence) look(heard, away bool) parentSilence {
	switch {
	case heard:
		return parentSilence{begun: true}
	case !p.begun:
		return p
	}
	p.looks++
	if p.away++; !away {
		p.away = 0
	}
	return p
}

// alone says that the parent's silence is worth telling.
func (p parentSilence) alone() bool { return p.looks >= aloneLooks }

// heir says that the other role is dead for so long that its peers take over, and that
// nobody but us can release what it left.
func (p parentSilence) heir(down time.Duration) bool {
	return p.away >= deadLooks && time.Duration(p.away)*parentLook >= down
}

// hearParent counts the signs of the parent until the lifeline ends. It says whether the
// parent asked for a handoff.
func (s *process) hearParent() (handoff bool, err error) {
	said := make([]byte, 64)
	for {
		n, err := s.opt.Lifeline.Read(said)
		if slices.Contains(said[:n], control.LifelineHandoff) {
			return true, nil
		}
		s.signs.Add(int64(n))
		if err != nil {
			return false, err
		}
	}
}

// watchParentSigns tells of a parent that gives no more signs: nobody starts a dead role
// again. An address of such a role must not outlive its adverts, so it is released.
func (s *process) watchParentSigns() error {
	if s.opt.Lifeline == nil {
		return nil
	}
	var now parentSilence
	tick := time.NewTicker(parentLook)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			return nil
		}
		heard := s.signs.Swap(0) > 0
		was := now
		now = now.look(heard, !heard && s.otherAway())
		if was.alone() != now.alone() {
			s.leftAlone(now.alone())
		}
		if now.heir(s.down()) {
			s.releaseOther()
			now.away = 0
		}
	}
}

// leftAlone tells that the parent gives no more signs, or gives them again.
func (s *process) leftAlone(alone bool) {
	kind := journal.Unheld
	var list []control.Blocked
	if alone {
		kind = journal.Held
		list = []control.Blocked{{Code: code.ParentSilent}}
	}
	s.mu.Lock()
	s.alone = list
	s.mu.Unlock()
	s.note(kind, map[string]string{journal.FactObject: s.role.Name(), journal.FactCode: code.ParentSilent})
}

// others are the roles beside this one.
func (s *process) others() []string {
	return slices.DeleteFunc(slices.Clone(control.Roles[:]), func(name string) bool { return name == s.role.Name() })
}

// otherAway says whether no process of another role runs that has left something.
func (s *process) otherAway() bool {
	return slices.ContainsFunc(s.others(), func(name string) bool {
		lock, err := state.TryLock(s.opt.RunDir, name)
		lock.Drop()
		if err != nil {
			return false
		}
		left, err := state.ManifestOf(s.opt.RunDir, name).Read()
		return err == nil && !left.HoldsNothing()
	})
}

// releaseOther releases the addresses, routes and rules that another role left. Services stay: they
// serve without anybody.
func (s *process) releaseOther() {
	for _, name := range s.others() {
		left, err := state.ManifestOf(s.opt.RunDir, name).Read()
		if err == nil && left.HoldsNothing() {
			continue
		}
		s.log.Warn("a role is dead and the parent gives no sign; releasing what it held", "dead", name)
		if err == nil {
			err = ReleaseLeft(s.ctx, name, s.opt.RunDir, s.log)
		}
		if err != nil && !errors.Is(err, state.ErrRunning) && !errors.Is(err, fs.ErrNotExist) {
			s.log.Error("releasing what another role left", "dead", name, "err", err)
		}
	}
}

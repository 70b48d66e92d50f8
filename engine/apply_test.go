package engine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/state"
)

// refused applies a text that must not stay, and gives why.
func (r run) refused(t *testing.T, text string) error {
	t.Helper()
	_, err := r.client.Apply(context.Background(), control.ApplyRequest{Text: text})
	if err == nil {
		t.Fatal("applied")
	}
	if running, _, e := r.client.Config(context.Background()); e != nil || running == text {
		t.Fatal("it runs", e)
	}
	return err
}

func TestTextThatFailsHalfwayIsTakenBack(t *testing.T) {
	s := newStage(t)
	r := s.start()
	r.apply(t, text("one"), 0)
	r.role.meanwhile(func(id string) error {
		if id == "two" {
			return errors.New("read back: it is not there")
		}
		return nil
	})
	r.refused(t, text("two"))
	if got := r.role.history(); !slices.Equal(got[1:], []string{"one", "two", "one"}) {
		t.Fatal(got)
	}
	if kept, err := state.AppliedText(filepath.Join(s.dir, "state"), "vrrp"); kept != text("one") || err != nil {
		t.Fatal(kept, err)
	}
	for _, e := range r.collect(t, 0, journal.Refused) {
		if e.Kind == journal.KernelError {
			t.Fatal("it did go back, and says", e)
		}
	}
}

func TestRefusedTextDoesNotCostTheOneToFallBackTo(t *testing.T) {
	s := newStage(t)
	r := s.start()
	r.apply(t, text("one"), 0)
	r.apply(t, text("two"), 0)
	r.role.meanwhile(func(id string) error {
		if id == "three" {
			return errors.New("no")
		}
		return nil
	})
	r.refused(t, text("three"))
	if fell, err := state.FallBack(filepath.Join(s.dir, "state"), "vrrp"); fell.To == "" || err != nil {
		t.Fatal(fell, err)
	}
	if kept, err := state.AppliedText(filepath.Join(s.dir, "state"), "vrrp"); kept != text("one") || err != nil {
		t.Fatal(kept, err)
	}
}

func TestTextThatCannotBeTakenBackIsToldInTheJournal(t *testing.T) {
	r := newStage(t).start()
	r.apply(t, text("one"), 0)
	r.role.meanwhile(func(string) error { return errors.New("no") })
	r.refused(t, text("two"))
	entries := r.collect(t, 0, journal.Refused)
	if e := entries[len(entries)-2]; e.Kind != journal.KernelError || e.Facts["reason"] != "no" {
		t.Fatal(e)
	}
}

// loseState takes the state directory away at one blow, even while it is written to.
func (s stage) loseState() error {
	dir := filepath.Join(s.dir, "state")
	return os.Rename(dir, dir+".gone")
}

func TestTextThatCannotBeKeptDoesNotStayInForce(t *testing.T) {
	s := newStage(t)
	r := s.start()
	r.apply(t, text("one"), 0)
	r.role.meanwhile(func(id string) error {
		if id != "two" {
			return nil
		}
		return s.loseState()
	})
	r.refused(t, text("two"))
	if got := r.role.history(); !slices.Equal(got[1:], []string{"one", "two", "one"}) {
		t.Fatal(got)
	}
}

func TestNothingChangesWhenTheWayBackCannotBeWritten(t *testing.T) {
	s := newStage(t)
	r := s.start()
	r.apply(t, text("one"), 0)
	if err := s.loseState(); err != nil {
		t.Fatal(err)
	}
	_, err := r.client.Apply(context.Background(), control.ApplyRequest{Text: text("two"), Confirm: 30})
	if err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Fatal(err)
	}
	if got := r.role.history(); !slices.Equal(got[1:], []string{"one"}) {
		t.Fatal(got)
	}
}

func TestOldConfirmationDoesNotOutliveAnApplyWithoutOne(t *testing.T) {
	s := newStage(t)
	r := s.start()
	r.apply(t, text("one"), 0)
	a := state.AppliedIn(filepath.Join(s.dir, "state"), "vrrp")
	if err := a.SavePending(control.Pending{Hash: model.Hash([]byte(text("two"))), Until: time.Now()}); err != nil {
		t.Fatal(err)
	}
	r.apply(t, text("two"), 0)
	if _, err := os.Stat(a.Path(".pending")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}

func TestClockSetBackDoesNotProlongTheWait(t *testing.T) {
	inADay := time.Now().Add(24 * time.Hour)
	if d := left(control.Pending{Until: inADay, Window: 30}); d != 30*time.Second {
		t.Error("it waits", d)
	}
	if d := left(control.Pending{Until: time.Now().Add(-time.Hour), Window: 30}); d > 0 {
		t.Error("it waits", d)
	}
}

func TestBatonIsKeptUntilAnApplyUnderWayHasEnded(t *testing.T) {
	s := newStage(t)
	r := s.start()
	begun, let := make(chan struct{}), make(chan struct{})
	r.role.meanwhile(func(string) error {
		close(begun)
		<-let
		return nil
	})
	go r.client.Apply(context.Background(), control.ApplyRequest{Text: text("one")})
	<-begun
	r.cancel()
	time.Sleep(50 * time.Millisecond)
	if b, err := state.TryLock(s.dir, "vrrp"); !errors.Is(err, state.ErrRunning) {
		b.Drop()
		t.Error("the lock was free while the text was changing", err)
	}
	close(let)
	r.wait(t)
	if kept, err := state.AppliedText(filepath.Join(s.dir, "state"), "vrrp"); kept != text("one") || err != nil {
		t.Error(kept, err)
	}
}

func TestTextThatDoesNotFitTheRoleIsRefused(t *testing.T) {
	r := newStage(t).start()
	r.role.unfit = &control.Problem{Code: control.Invalid, Message: "more than it can carry", Args: map[string]string{"code": "too-many-instances"}}
	err := r.refused(t, text("one"))
	var p *control.Problem
	if !errors.As(err, &p) || p.Args["code"] != "too-many-instances" {
		t.Fatal(err)
	}
}

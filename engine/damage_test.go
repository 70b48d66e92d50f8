package engine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/state"
)

// What is damaged beside the applied text keeps nobody from serving.
func TestDamagedFilesBesideTheTextStopNobody(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"state/vrrp.seq":       garbage,
		"state/vrrp.pending":   garbage,
		"state/vrrp.condition": func(path string) error { return os.Mkdir(path, 0o700) },
		"vrrp.journal":         garbage,
		// A lock on a file that takes not one byte, as on a full file system.
		"vrrp.lock": func(path string) error { return os.Symlink("/dev/full", path) },
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			s := newStage(t)
			if err := os.MkdirAll(filepath.Join(s.dir, "state"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := state.SaveText(filepath.Join(s.dir, "state"), "vrrp", text("one")); err != nil {
				t.Fatal(err)
			}
			if err := damage(filepath.Join(s.dir, name)); err != nil {
				t.Fatal(err)
			}
			r := s.start()
			running, _, err := r.client.Config(context.Background())
			if err != nil || running != text("one") {
				t.Fatal(running, err)
			}
			r.apply(t, text("two"), 0)
			r.collect(t, 0, journal.Applied)
		})
	}
}

func garbage(path string) error { return os.WriteFile(path, []byte("\x00{garbage\xff\n\n12z"), 0o600) }

// damaged starts a role whose files were damaged after texts were applied, and gives
// its status.
func damaged(t *testing.T, texts []string, files ...string) (stage, run, control.Status) {
	t.Helper()
	s := newStage(t)
	for _, text := range texts {
		if err := state.SaveText(filepath.Join(s.dir, "state"), "vrrp", text); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files {
		if err := garbage(filepath.Join(s.dir, "state", file)); err != nil {
			t.Fatal(err)
		}
	}
	r := s.start()
	st, err := r.client.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s, r, st
}

// codesOf are the codes of what is held back.
func codesOf(held []control.Blocked) (codes []string) {
	for _, h := range held {
		codes = append(codes, h.Code)
	}
	return codes
}

func TestRoleWithADamagedTextRunsTheOneBeforeAndSaysSoUntilItIsGivenOne(t *testing.T) {
	s, r, st := damaged(t, []string{text("one"), text("two")}, "vrrp.conf")
	if got := r.role.history(); !slices.Equal(got, []string{"one"}) || !slices.Equal(codesOf(st.Held), []string{code.TextDamaged}) {
		t.Fatal(got, st.Held)
	}
	entries := r.collect(t, 0, journal.Held)
	if e := entries[len(entries)-1]; !e.Mail || e.Facts[journal.FactCode] != code.TextDamaged {
		t.Error(e)
	}
	r.cancel()
	r.wait(t)
	again := s.start()
	if st, err := again.client.Status(context.Background()); err != nil || !slices.Equal(codesOf(st.Held), []string{code.TextDamaged}) {
		t.Error("not said after a restart:", st.Held, err)
	}
	again.apply(t, text("one"), 0) // the same text: the operator has seen it
	for _, e := range again.collect(t, 0, journal.Unheld) {
		if e.Kind == journal.Held && e.Seq != entries[len(entries)-1].Seq {
			t.Error("told twice:", e)
		}
	}
	if st, err := again.client.Status(context.Background()); err != nil || len(st.Held) != 0 {
		t.Error(st.Held, err)
	}
}

func TestRoleWithoutATextThatFitsRunsNone(t *testing.T) {
	_, r, st := damaged(t, []string{text("one"), text("two")}, "vrrp.conf", "vrrp.conf.prev")
	if got := r.role.history(); !slices.Equal(got, []string{"n1"}) || !slices.Equal(codesOf(st.Held), []string{code.TextLost}) {
		t.Fatal(got, st.Held)
	}
	r.collect(t, 0, journal.Held)
	r.apply(t, text("three"), 0)
	if st, err := r.client.Status(context.Background()); err != nil || len(st.Held) != 0 {
		t.Error(st.Held, err)
	}
}

func TestTextIsTakenBackAlsoWhenTheOneBeforeItIsDamagedOnDisk(t *testing.T) {
	s := newStage(t)
	r := s.start()
	r.apply(t, text("one"), 0)
	p := r.apply(t, text("two"), aDay)
	if err := garbage(filepath.Join(s.dir, "state", "vrrp.conf.prev")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.client.Revert(context.Background(), p.Hash); err != nil {
		t.Fatal(err)
	}
	r.cancel()
	r.wait(t)
	if got := s.start().role.history(); !slices.Equal(got, []string{"one"}) {
		t.Error(got)
	}
}

func TestUnconfirmedTextStaysWhenThereIsNoneToGoBackTo(t *testing.T) {
	s := newStage(t)
	first := s.start()
	first.apply(t, text("one"), 0)
	first.apply(t, text("two"), 0.2)
	first.cancel()
	first.wait(t)
	if err := garbage(filepath.Join(s.dir, "state", "vrrp.conf.prev")); err != nil {
		t.Fatal(err)
	}
	r := s.start()
	r.collect(t, 0, journal.Held)
	st, err := r.client.Status(context.Background())
	if err != nil || !slices.Equal(codesOf(st.Held), []string{code.NoWayBack}) || st.Pending != nil || st.Hash != model.Hash([]byte(text("two"))) {
		t.Error(st, err)
	}
}

func TestTextWhoseNoteOfTheConfirmationIsDamagedGoesBack(t *testing.T) {
	s := newStage(t)
	first := s.start()
	first.apply(t, text("one"), 0)
	first.apply(t, text("two"), aDay)
	first.cancel()
	first.wait(t)
	if err := garbage(filepath.Join(s.dir, "state", "vrrp.pending")); err != nil {
		t.Fatal(err)
	}
	r := s.start()
	r.collect(t, 0, journal.Reverted)
	if running, _, err := r.client.Config(context.Background()); running != text("one") || err != nil {
		t.Error(running, err)
	}
}

// Both roles end with the same text: the note of the other one stands in.
func TestADamagedNoteOfTheConfirmationIsThatOfTheOtherRole(t *testing.T) {
	for name, row := range map[string]struct {
		lvs     func(state.Applied) error
		runs    string
		waits   bool
		without bool // says that it does not run what was applied
	}{
		"the other waits":       {func(state.Applied) error { return nil }, "two", true, false},
		"the other was told":    {func(lvs state.Applied) error { return lvs.DropPending() }, "two", false, false},
		"the other went back":   {func(lvs state.Applied) error { return lvs.Back(text("one"), nil) }, "one", false, true},
		"the other is damaged":  {func(lvs state.Applied) error { return garbage(lvs.Path(".pending")) }, "one", false, true},
		"the other lost a text": {func(lvs state.Applied) error { return os.Remove(lvs.Path(".conf")) }, "one", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			first := s.start()
			first.apply(t, text("one"), 0)
			first.apply(t, text("two"), aDay)
			first.cancel()
			first.wait(t)
			dir := filepath.Join(s.dir, "state")
			vrrp, lvs := state.AppliedIn(dir, "vrrp"), state.AppliedIn(dir, "lvs")
			hash := model.Hash([]byte(text("two")))
			note, err := vrrp.Pending(hash)
			if err != nil || note == nil {
				t.Fatal(note, err)
			}
			for _, err := range []error{lvs.Save(text("one")), lvs.Save(text("two")), lvs.SavePending(*note), row.lvs(lvs), garbage(vrrp.Path(".pending"))} {
				if err != nil {
					t.Fatal(err)
				}
			}
			r := s.start()
			if row.without {
				r.collect(t, 0, journal.Held)
			}
			st, err := r.client.Status(context.Background())
			if err != nil || st.Hash != model.Hash([]byte(text(row.runs))) || (st.Pending != nil) != row.waits || slices.Contains(codesOf(st.Held), code.NoteLost) != row.without {
				t.Errorf("%+v %v", st, err)
			}
			if row.waits && !st.Pending.Until.Equal(note.Until) {
				t.Errorf("it waits until %v, the other until %v", st.Pending.Until, note.Until)
			}
			if row.waits {
				return
			}
			r.apply(t, text("three"), 0)
			if st, err := r.client.Status(context.Background()); err != nil || len(st.Held) > 0 {
				t.Errorf("%+v %v", st.Held, err)
			}
		})
	}
}

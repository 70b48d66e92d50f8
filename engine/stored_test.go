package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"holdfast/engine/code"
	"holdfast/engine/journal"
)

// stored starts a role that was given two texts, with the path of its text.
func stored(t *testing.T) (stage, run, string) {
	t.Helper()
	s := newStage(t)
	r := s.start()
	r.apply(t, text("one"), 0)
	r.apply(t, text("two"), 0)
	return s, r, filepath.Join(s.dir, "state", "vrrp.conf")
}

func TestAStoredTextThatIsDamagedWhileItRunsIsWrittenAnewAndTold(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"garbage":              garbage,
		"gone":                 os.Remove,
		"its hash gone":        func(path string) error { return os.Remove(path + ".sha256") },
		"a directory":          func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
		"the text before it":   func(path string) error { return os.WriteFile(path, []byte(text("one")), 0o600) },
		"it, and its hash too": func(path string) error { return errors.Join(garbage(path), garbage(path+".sha256")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, r, path := stored(t)
			if err := damage(path); err != nil {
				t.Fatal(err)
			}
			entries := r.collect(t, 0, journal.Notice)
			if e := entries[len(entries)-1]; e.Facts[journal.FactCode] != code.TextRestored || !e.Mail {
				t.Error(e)
			}
			r.cancel()
			r.wait(t)
			again := s.start()
			st, err := again.client.Status(context.Background())
			if got := again.role.history(); err != nil || !slices.Equal(got, []string{"two"}) || len(st.Held) != 0 {
				t.Error("after a restart:", got, st.Held, err)
			}
		})
	}
}

func TestAStoredTextThatCannotBeWrittenAnewIsToldInTheStatus(t *testing.T) {
	t.Parallel()
	s, r, path := stored(t)
	// A directory that is not empty takes the place of the text: nothing replaces it.
	if err := errors.Join(os.Remove(path), os.MkdirAll(filepath.Join(path, "full"), 0o700)); err != nil {
		t.Fatal(err)
	}
	entries := r.collect(t, 0, journal.Held)
	if e := entries[len(entries)-1]; e.Facts[journal.FactCode] != code.TextUnstored || e.Facts[journal.FactReason] == "" || !e.Mail {
		t.Error(e)
	}
	st, err := r.client.Status(context.Background())
	if err != nil || !slices.Equal(codesOf(st.Held), []string{code.TextUnstored}) {
		t.Fatal(st.Held, err)
	}
	if err := os.RemoveAll(filepath.Join(s.dir, "state", "vrrp.conf")); err != nil {
		t.Fatal(err)
	}
	r.apply(t, text("two"), 0) // as the words of the status say
	r.collect(t, 0, journal.Unheld)
	if st, err := r.client.Status(context.Background()); err != nil || len(st.Held) != 0 {
		t.Error(st.Held, err)
	}
}

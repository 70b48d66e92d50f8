package engine

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"holdfast/engine/journal"
	"holdfast/engine/state"
)

// What is damaged beside the applied text keeps nobody from serving.
func TestDamagedFilesBesideTheTextStopNobody(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"state/vrrp.seq":     garbage,
		"state/vrrp.pending": garbage,
		"state/vrrp.fallen":  func(path string) error { return os.Mkdir(path, 0o700) },
		"vrrp.journal":       garbage,
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

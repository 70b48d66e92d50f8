package claim

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// name is a name that no other run of the tests uses.
func name(t *testing.T) string { return fmt.Sprintf("test %d %s", os.Getpid(), t.Name()) }

func TestSecondClaimNamesTheFirstByProcessAndDirectory(t *testing.T) {
	t.Parallel()
	for _, n := range []string{name(t), name(t) + strings.Repeat(" long", 30)} {
		first, err := Take(n, "/run/one")
		if err != nil {
			t.Fatal(err)
		}
		_, err = Take(n, "/run/two")
		var held HeldError
		if !errors.As(err, &held) || held.PID != os.Getpid() || held.Dir != "/run/one" {
			t.Error(err)
		}
		if err := first.Close(); err != nil {
			t.Error(err)
		}
		if h, err := Ask(n); h != nil || err != nil {
			t.Error("asked for a claim that was given up:", h, err)
		}
		again, err := Take(n, "/run/two")
		if err != nil {
			t.Fatal("the claim outlived its holder:", err)
		}
		again.Close()
	}
}

func TestTakenNamesAreListed(t *testing.T) {
	t.Parallel()
	c, err := Take(name(t), "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if list := Taken("test "); !slices.Contains(list, name(t)) {
		t.Error(list)
	}
}

func TestADirectoryHasOneNameByWhateverPathAndAfterItWasRemoved(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir, link := filepath.Join(base, "dir"), filepath.Join(base, "link")
	if err := errors.Join(os.Mkdir(dir, 0o755), os.Symlink(dir, link)); err != nil {
		t.Fatal(err)
	}
	want, err := Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Directory(link); got != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := Directory(dir); got != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if other, err := Directory(base); other == want || err != nil {
		t.Error(other, err)
	}
}

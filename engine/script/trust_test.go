package script

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// place makes a script of root's in a new directory of this mode below /tmp, which
// has the sticky bit as a rule.
func place(t *testing.T, mode os.FileMode) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("files of root are needed")
	}
	dir, err := os.MkdirTemp("/", "script-trust-") // t.TempDir has parents of its own modes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "check.sh")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStickyDirectoryOnThePathIsTrusted(t *testing.T) {
	for mode, safe := range map[os.FileMode]bool{
		0o755: true, 0o777: false, 0o777 | os.ModeSticky: true, 0o757 | os.ModeSticky: true, 0o775: true,
	} {
		path := place(t, mode)
		r := do(t, Job{Argv: []string{path}, User: "root", Secure: true})
		if safe != r.OK() || !safe && !errors.Is(r.Err, ErrUnsafe) {
			t.Errorf("%v: %+v", mode, r)
		}
	}
}

func TestStickyBitIsNoExcuseForOthersFiles(t *testing.T) {
	for name, spoil := range map[string]func(path string) (changed string, err error){
		"file of another": func(path string) (string, error) { return path, os.Chown(path, 65534, 0) },
		"file that all may write": func(path string) (string, error) {
			return path, os.Chmod(path, 0o777|os.ModeSticky)
		},
		"file of another group": func(path string) (string, error) {
			return path, errors.Join(os.Chown(path, 0, 65534), os.Chmod(path, 0o775))
		},
		"directory of another": func(path string) (string, error) {
			return filepath.Dir(path), os.Chown(filepath.Dir(path), 65534, 0)
		},
	} {
		path := place(t, 0o777|os.ModeSticky)
		changed, err := spoil(path)
		if err != nil {
			t.Fatal(err)
		}
		if culprit, err := Unsafe(path); culprit != changed || err != nil {
			t.Errorf("%s: %q, %v", name, culprit, err)
		}
	}
}

func TestLinkOfAnotherIsNotTrusted(t *testing.T) {
	path := place(t, 0o777|os.ModeSticky)
	dir := filepath.Dir(path)
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	if err := errors.Join(os.Symlink("second", first), os.Symlink(path, second)); err != nil {
		t.Fatal(err)
	}
	if culprit, err := Unsafe(first); culprit != "" || err != nil {
		t.Errorf("root's own links: %q, %v", culprit, err)
	}
	if err := os.Lchown(second, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if culprit, err := Unsafe(first); culprit != second || err != nil {
		t.Errorf("%q, %v", culprit, err)
	}
	if err := errors.Join(os.Remove(second), os.Symlink("first", second)); err != nil {
		t.Fatal(err)
	}
	if _, err := Unsafe(first); err == nil {
		t.Error("links in a ring have an end")
	}
}

func TestShellLineIsNoWayAroundScriptSecurity(t *testing.T) {
	path := place(t, 0o777) // a directory that everybody may write to
	run := func(line string) Result {
		return do(t, Job{Argv: []string{"/bin/sh", "-c", line}, User: "root", Secure: true})
	}
	for _, line := range []string{path + " && true", "true;" + path, `x="` + path + `"; $x`, "(" + path + ")"} {
		if r := run(line); !errors.Is(r.Err, ErrUnsafe) {
			t.Errorf("%s: %+v", line, r)
		}
	}
	for _, line := range []string{"/bin/true && true", "/bin/true > /dev/null", "/bin/test ! -e /tmp/no-such-flag"} {
		if r := run(line); !r.OK() {
			t.Errorf("%s: %+v", line, r)
		}
	}
}

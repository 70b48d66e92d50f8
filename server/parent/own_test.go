package parent

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// traps are what the console's user may put in the place of a database file. secret
// is a file of root's in a directory of root's.
var traps = map[string]func(path, secret string) error{
	"a link to a file of root's":    func(path, secret string) error { return os.Symlink(secret, path) },
	"a link to nothing":             func(path, secret string) error { return os.Symlink(secret+".planted", path) },
	"another name of root's file":   func(path, secret string) error { return os.Link(secret, path) },
	"a pipe":                        func(path, _ string) error { return unix.Mkfifo(path, 0o600) },
	"a directory":                   func(path, _ string) error { return os.Mkdir(path, 0o700) },
	"a link to a directory":         func(path, secret string) error { return os.Symlink(filepath.Dir(secret), path) },
	"a socket that belongs to root": func(path, _ string) error { return unix.Mknod(path, unix.S_IFSOCK|0o600, 0) },
}

func TestOnlyFilesWithOneNameAreGivenAway(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	id := Identity{UID: 12345, GID: 12345}
	for name, trap := range traps {
		for _, file := range []string{"config.db", "config.db-wal", "journal.db", "config.db.20260101T000000Z.bak"} {
			home := place(t)
			dir, secret := filepath.Join(home, "web"), filepath.Join(home, "root", "secret")
			err := errors.Join(os.MkdirAll(dir, 0o700), os.MkdirAll(filepath.Dir(secret), 0o700), os.WriteFile(secret, nil, 0o600),
				os.WriteFile(filepath.Join(dir, "journal.db-shm"), nil, 0o600), trap(filepath.Join(dir, file), secret))
			if err != nil {
				t.Fatal(name, err)
			}
			if err := id.Own(dir); err != nil {
				t.Error(name, file, err)
			}
			for path, want := range map[string]uint32{secret: 0, filepath.Dir(secret): 0, dir: 12345, filepath.Join(dir, "journal.db-shm"): 12345} {
				if got := owner(t, path); got != want {
					t.Errorf("%s as %s: %s belongs to %d", name, file, path, got)
				}
			}
			if _, err := os.Lstat(secret + ".planted"); !errors.Is(err, os.ErrNotExist) {
				t.Error(name, file, "planted", err)
			}
		}
	}
}

func TestADirectoryThatIsALinkIsNotGivenAway(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	home := place(t)
	if err := errors.Join(os.Mkdir(home+"/etc", 0o755), os.WriteFile(home+"/etc/config.db", nil, 0o600), os.Symlink(home+"/etc", home+"/web")); err != nil {
		t.Fatal(err)
	}
	if err := (Identity{UID: 12345, GID: 12345}).Own(home + "/web"); err == nil {
		t.Error("given away")
	}
	if owner(t, home+"/etc") != 0 || owner(t, home+"/etc/config.db") != 0 {
		t.Error("what the link leads to was given away")
	}
}

func TestAStrangersFileIsNotGivenAway(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	home := place(t)
	path := home + "/web/config.db"
	if err := errors.Join(os.Mkdir(home+"/web", 0o755), os.WriteFile(path, nil, 0o600), os.Chown(path, 777, 777)); err != nil {
		t.Fatal(err)
	}
	if err := (Identity{UID: 12345, GID: 12345}).Own(home + "/web"); err != nil || owner(t, path) != 777 {
		t.Error(err, owner(t, path))
	}
}

package parent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// A data directory belongs to root, and so does what the engine boots from
// (state): who could rename that could put other text there. The console's
// database lies beside it in a directory of its own.
//
//	DATA        root, may be passed through
//	DATA/state  root alone: the applied text
//	DATA/web    the console's user alone: config.db, journal.db
const databaseDir = "web"

// DatabaseDir is where the console's database of a data directory lies. It once
// lay in the data directory itself; serve moves it.
func DatabaseDir(data string) string {
	dir := filepath.Join(data, databaseDir)
	if !exists(filepath.Join(dir, "config.db")) && exists(filepath.Join(data, "config.db")) {
		return data
	}
	return dir
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Settle makes of data a data directory, of an older version's or of none, and
// says where in it the database lies, and who the console runs as that owns it.
// others are files that the console has to reach. reason says why it has to be
// ourselves without capabilities, if so.
func Settle(data string, others ...string) (dir string, id Identity, reason string, err error) {
	dir = filepath.Join(data, databaseDir)
	owner := Identity{Confined: true}
	if os.Geteuid() == 0 {
		owner.UID, owner.GID = webUser(dir, data)
		if reason, err = seize(data); err != nil {
			return dir, owner, "", err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return dir, owner, "", err
	}
	if err := errors.Join(genuine(dir), keep(filepath.Join(data, "state")), move(data, dir)); err != nil {
		return dir, owner, "", err
	}
	if reason == "" {
		id, reason = owner.reaching(append(others, dir)...)
	}
	if reason == "" {
		if err := id.Own(dir); err != nil {
			reason = err.Error()
		}
	}
	if reason != "" {
		id = Identity{Confined: true}
	}
	return dir, id, reason, nil
}

// seize makes data root's, and lets others pass through it. A directory that
// holds something else is left as it is; reason says so where that is not good
// enough.
func seize(data string) (reason string, err error) {
	if err := os.MkdirAll(data, 0o711); err != nil {
		return "", err
	}
	info, err := os.Stat(data)
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	ours, err := isOurs(data)
	switch {
	case err != nil:
		return "", err
	case ours:
		return "", errors.Join(os.Chown(data, 0, 0), os.Chmod(data, 0o711))
	case ok && st.Uid == 0 && info.Mode().Perm()&0o022 == 0:
		return "", nil // nobody else can rename anything in it
	}
	return data + " holds files of something else", nil
}

// isOurs says whether a directory is empty or holds something of ours.
func isOurs(data string) (bool, error) {
	entries, err := os.ReadDir(data)
	for _, e := range entries {
		if isDatabase(e.Name()) || e.IsDir() && e.Name() == "state" {
			return true, nil
		}
	}
	return len(entries) == 0 || exists(filepath.Join(data, databaseDir, "config.db")), err
}

// genuine refuses what somebody else put in a directory's place while the data
// directory was not root's.
func genuine(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory", path)
	}
	return err
}

// keep makes a directory ours, if it is there.
func keep(path string) error {
	if err := genuine(path); err != nil || !exists(path) {
		return err
	}
	return os.Lchown(path, os.Geteuid(), os.Getegid())
}

// move brings the database of an older version to its place. The file that tells
// where it is goes last, so that a move cut short goes on with the next start.
func move(data, dir string) error {
	if DatabaseDir(data) == dir {
		return nil
	}
	entries, err := os.ReadDir(data)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if isDatabase(e.Name()) && e.Name() != "config.db" && e.Type().IsRegular() {
			if err := os.Rename(filepath.Join(data, e.Name()), filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return os.Rename(filepath.Join(data, "config.db"), filepath.Join(dir, "config.db"))
}

func isDatabase(name string) bool {
	return strings.HasPrefix(name, "config.db") || strings.HasPrefix(name, "journal.db")
}

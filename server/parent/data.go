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

// DatabaseName is the directory of the console's database in a data directory. That
// one belongs to root, and so does what the engine boots from (state): a user that could
// rename that could put other text there.
//
//	DATA        root, may be passed through
//	DATA/state  root alone: the applied text
//	DATA/web    the console's user alone: config.db, journal.db
const DatabaseName = "web"

// DatabaseDir is where the console's database of a data directory lies. It once
// lay in the data directory itself; serve moves it.
func DatabaseDir(data string) string {
	dir := filepath.Join(data, DatabaseName)
	if !exists(filepath.Join(dir, "config.db")) && exists(filepath.Join(data, "config.db")) {
		return data
	}
	return dir
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Owner is who the console of a data directory runs as, if nothing stands in the
// way: the user holdfast, else the owner of its database, else a number of its own.
// It changes nothing, and a directory that cannot be read is no obstacle.
func Owner(data string) Identity {
	id := Identity{Confined: true}
	if os.Geteuid() == 0 {
		id.UID, id.GID = webUser(filepath.Join(data, DatabaseName), data)
	}
	return id
}

// Settle makes of data a data directory, of an older version's or of none, in which
// the database belongs to owner, and says who the console runs as. others are files
// that the console has to reach. reason says why it has to be ourselves without
// capabilities, if so. What is right already is not written: the disk may be
// read-only.
func Settle(data string, owner Identity, others ...string) (id Identity, reason string, err error) {
	dir := filepath.Join(data, DatabaseName)
	if os.Geteuid() == 0 {
		if reason, err = seize(data); err != nil {
			return owner, "", err
		}
	}
	if err := genuine(dir); err != nil {
		return owner, "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return owner, "", err
	}
	if err := errors.Join(keep(filepath.Join(data, "state")), move(data, dir)); err != nil {
		return owner, "", err
	}
	id = owner
	if reason == "" {
		id, reason = owner.reaching(append(others, dir)...)
	}
	if reason == "" {
		err := id.Own(dir)
		if errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EIO) {
			return owner, "", err // the disk's trouble may end; our own user would stay
		}
		if err != nil {
			reason = err.Error()
		}
	}
	if reason != "" {
		id = Identity{Confined: true}
	}
	return id, reason, nil
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
		err := give(data, 0, 0)
		if info.Mode().Perm() != 0o711 {
			err = errors.Join(err, os.Chmod(data, 0o711))
		}
		return "", err
	case ok && st.Uid == 0 && info.Mode().Perm()&0o022 == 0:
		return "", nil // nobody else can rename anything in it
	}
	return data + " holds files of something else", nil
}

// isOurs says whether a directory is empty or holds something of ours.
func isOurs(data string) (bool, error) {
	entries, err := os.ReadDir(data)
	for _, e := range entries {
		if isDatabase(e.Name()) || e.Name() == "state" && !e.Type().IsRegular() {
			return true, nil
		}
	}
	return len(entries) == 0 || exists(filepath.Join(data, DatabaseName, "config.db")), err
}

// genuine refuses what is in the place of the database's directory and is none. A
// link is refused too: the console's user would be given what it leads to.
func genuine(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil || info.IsDir():
		return err
	case info.Mode().Type() == fs.ModeSymlink:
		return fmt.Errorf("%s is a symbolic link; the console needs a directory there, on which another disk may be mounted", path)
	}
	return fmt.Errorf("%s is not a directory; the console needs one there", path)
}

// keep makes a directory ours, if it is there. Where a link leads is not ours to
// give away.
func keep(path string) error {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() {
		return nil
	}
	return give(path, os.Geteuid(), os.Getegid())
}

// give changes the owner of path itself, and writes nothing where it is right.
func give(path string, uid, gid int) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) == uid && int(st.Gid) == gid {
		return nil
	}
	return os.Lchown(path, uid, gid)
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

package parent

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// What belongs to the console's user is not trusted: names in its directory may be
// links to files of root's, in either way. So all is done by descriptors that follow
// no link, and only to a file that has no other name.

// Own gives the database files in dir, and dir, to the identity. A directory
// that holds something else and no database of ours is left alone, and so is a file
// that has another name or belongs to a stranger.
func (id Identity) Own(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: dir, Err: err}
	}
	d := os.NewFile(uintptr(fd), dir)
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return err
	}
	ours := len(names) == 0 || slices.ContainsFunc(names, isDatabase)
	if !ours {
		return fmt.Errorf("%s holds files of something else", dir)
	}
	var at unix.Stat_t
	if err := unix.Fstat(fd, &at); err != nil {
		return &os.PathError{Op: "stat", Path: dir, Err: err}
	}
	for _, name := range names {
		if !isDatabase(name) {
			continue
		}
		if err := id.ownFile(fd, name, at.Uid); err != nil {
			return &os.PathError{Op: "chown", Path: dir + "/" + name, Err: err}
		}
	}
	if at.Uid == id.UID && at.Gid == id.GID {
		return nil
	}
	return d.Chown(int(id.UID), int(id.GID))
}

// ownFile gives the identity a file of the directory, if it is one of the database.
func (id Identity) ownFile(dir int, name string, before uint32) error {
	fd, err := unix.Openat(dir, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return nil // SQLite removes its journals
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	known := []uint32{0, before, private, nobody} // its owners in this version and older ones
	switch {
	case st.Uid == id.UID && st.Gid == id.GID:
		return nil
	case st.Mode&unix.S_IFMT != unix.S_IFREG || st.Nlink != 1 || !slices.Contains(known, st.Uid):
		return nil
	}
	return unix.Fchownat(fd, "", int(id.UID), int(id.GID), unix.AT_EMPTY_PATH)
}

// BecomeOwner makes this whole process, where it is root's, the user that dir belongs
// to, for good: what is then opened below dir is opened with that user's rights.
func BecomeOwner(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Lstat(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil // it is ours when it is made
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", dir)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == 0 {
		return nil
	}
	if err := syscall.Setgroups(nil); err != nil {
		return fmt.Errorf("leave the groups of root: %w", err)
	}
	if err := syscall.Setgid(int(st.Gid)); err != nil {
		return fmt.Errorf("become the group of %s: %w", dir, err)
	}
	if err := syscall.Setuid(int(st.Uid)); err != nil {
		return fmt.Errorf("become the owner of %s: %w", dir, err)
	}
	return nil
}

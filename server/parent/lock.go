package parent

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"holdfast/engine/claim"
)

// RunningError says that another parent owns a directory: the run directory, the state
// directory or the data directory.
type RunningError struct {
	PID int
	Dir string
}

func (e RunningError) Error() string {
	return fmt.Sprintf("process %d already works in %s", e.PID, e.Dir)
}

// Lock makes this process the one parent of a run directory until the file is
// closed or the process ends. Roles that outlived their parent do not stand in
// its way. The error may be a RunningError.
func Lock(runDir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(runDir, "parent.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		text, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return nil, err
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			pid = 0 // it has the lock, and has not signed yet
		}
		return nil, RunningError{PID: pid, Dir: runDir}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", runDir, err)
	}
	// The number is for people: where there is no room for it, the lock holds.
	if f.Truncate(0) == nil {
		f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return f, nil
}

// Ownership is the right of one parent to its directories. It ends with the process.
type Ownership []io.Closer

// Own makes this process the one owner of directories: of the files, also where they
// are seen by another path or from another network namespace, and of the place, also
// when the directory is removed meanwhile. Other processes are told that it works in
// runDir. The error may be a RunningError. A disk or a user that lets us have no lock is
// no reason not to run: notes says so.
func Own(runDir string, dirs ...string) (own Ownership, notes []error, err error) {
	names := map[string]bool{}
	for _, dir := range dirs {
		name, err := claim.Directory(dir)
		if names[name] {
			continue // one directory for two purposes
		}
		names[name] = name != ""
		if err == nil {
			var c *claim.Claim
			if c, err = claim.Take(name, runDir); err == nil {
				own = append(own, c)
			}
		}
		var held claim.HeldError
		if errors.As(err, &held) {
			return nil, nil, errors.Join(RunningError{PID: held.PID, Dir: dir}, own.Close())
		}
		notes = append(notes, err)
		f, err := lockDirectory(dir)
		var running RunningError
		if errors.As(err, &running) {
			return nil, nil, errors.Join(err, own.Close())
		}
		if f != nil {
			own = append(own, f)
		}
		notes = append(notes, err)
	}
	return own, slices.DeleteFunc(notes, func(err error) bool { return err == nil || errors.Is(err, fs.ErrNotExist) }), nil
}

// Close lets another parent have the directories.
func (o Ownership) Close() (err error) {
	for _, c := range o {
		err = errors.Join(err, c.Close())
	}
	return err
}

// lockDirectory locks a directory itself, so that nothing need be written to its disk.
func lockDirectory(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = RunningError{PID: lockedBy(f), Dir: dir}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// lockedBy is the process that has locked a file, as the kernel lists it (proc(5),
// /proc/locks); 0 where that cannot be told.
func lockedBy(f *os.File) int {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	list, err := os.ReadFile("/proc/locks")
	if !ok || err != nil {
		return 0
	}
	for line := range strings.Lines(string(list)) {
		// 1: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF
		words := strings.Fields(line)
		if len(words) < 6 || words[1] != "FLOCK" || !strings.HasSuffix(words[5], ":"+strconv.FormatUint(st.Ino, 10)) {
			continue
		}
		if pid, err := strconv.Atoi(words[4]); err == nil {
			return pid
		}
	}
	return 0
}

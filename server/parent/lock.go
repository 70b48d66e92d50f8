package parent

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// RunningError says that another parent works in the same run directory.
type RunningError struct {
	PID int
	Dir string
}

func (e RunningError) Error() string {
	return fmt.Sprintf("already running as process %d in %s", e.PID, e.Dir)
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

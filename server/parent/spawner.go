package parent

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"holdfast/engine/rights"
)

// spawner starts the process that runs the programs of p, an engine role that runs as
// root; what runs as somebody else runs them itself, and gives nil. The role inherits
// the file. The process ends when nobody has that open any more.
func (p Process) spawner(o *orphans) (conn *os.File, cmd *exec.Cmd, err error) {
	if !p.Engine || os.Geteuid() != 0 {
		return nil, nil, nil
	}
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("start what runs programs: %w", err)
	}
	conn = os.NewFile(uintptr(fds[0]), "programs")
	its := os.NewFile(uintptr(fds[1]), "programs")
	cmd = exec.Command(self, rights.Spawner, "--conn="+strconv.Itoa(lifelineFile))
	cmd.Args[0] = "holdfast"
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{its}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = onThread(func() error {
		if err := bindAs(rights.Spawner, cmd); err != nil {
			return err
		}
		return o.start(cmd)
	})
	if err = errors.Join(err, its.Close()); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("start what runs programs: %w", err), conn.Close())
	}
	return conn, cmd, nil
}

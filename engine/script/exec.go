package script

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// shell runs a file that has no "#!" line.
const shell = "/bin/sh"

var (
	// ErrInterpreter means that a script's first line names an interpreter that
	// is not there.
	ErrInterpreter = errors.New("no such interpreter")
	// ErrCarriageReturn means that a carriage return at the end of a script's
	// first line belongs to the interpreter's name: the file has the line ends of
	// Windows.
	ErrCarriageReturn = errors.New("carriage return behind the interpreter")
	// ErrFormat means that the kernel cannot run a file and no shell should.
	ErrFormat = errors.New("neither a program for this machine nor a script")
)

// start starts the job's program. A file that the kernel does not know how to run is
// given to a shell as execvp(3) does: a script without "#!", also behind a blank
// line or a byte order mark, and an empty file.
func start(job Job) (*exec.Cmd, error) {
	cmd, err := command(job)
	if err != nil {
		return nil, err
	}
	if err = cmd.Start(); err == nil {
		return cmd, nil
	}
	first := ReadFirst(cmd.Path)
	switch {
	case errors.Is(err, syscall.ENOEXEC) && !first.ForShell():
		return nil, fmt.Errorf("%w: %s", ErrFormat, cmd.Path)
	case errors.Is(err, syscall.ENOEXEC):
		return startByShell(job)
	case errors.Is(err, fs.ErrNotExist):
		return nil, first.explain(err)
	}
	return nil, err
}

// startByShell starts a shell that runs the job's program.
func startByShell(job Job) (*exec.Cmd, error) {
	cmd, err := command(job) // a command can be started once
	if err != nil {
		return nil, err
	}
	cmd.Path, cmd.Args = shell, append([]string{shell, cmd.Path}, cmd.Args[1:]...)
	return cmd, cmd.Start()
}

// command is the program of a job, with the user, the arguments and the
// environment that it gets.
func command(job Job) (*exec.Cmd, error) {
	if len(job.Argv) == 0 {
		return nil, errors.New("no program")
	}
	who, err := LookupUser(job.User, job.Group, job.Secure)
	if err != nil {
		return nil, err
	}
	args := append(append([]string(nil), job.Argv[1:]...), job.Args...)
	cmd := exec.Command(job.Argv[0], args...)
	if cmd.Err != nil {
		return nil, cmd.Err
	}
	if job.Secure && who.UID == 0 {
		if err := errors.Join(trusted(cmd.Path), trustedLine(cmd.Args)); err != nil {
			return nil, err
		}
	}
	cmd.Env = environment(os.Environ())
	if job.Output > 0 {
		cmd.Stdout = &output{room: job.Output}
		cmd.Stderr, cmd.WaitDelay = cmd.Stdout, Grace
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	if who.UID != uint32(os.Geteuid()) || who.GID != uint32(os.Getegid()) {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: who.UID, Gid: who.GID, Groups: who.Groups}
	}
	return cmd, nil
}

// environment is ours without what was meant for this process alone.
func environment(env []string) []string {
	var kept []string
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		if name == "NOTIFY_SOCKET" || strings.HasPrefix(name, "LISTEN_") || strings.HasPrefix(name, "HOLDFAST_") {
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

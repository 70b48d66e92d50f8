package guest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options say how a guest is made. The zero value does for a small test.
type Options struct {
	Memory  string        // e.g. "1G", the default; taken only as used
	Limit   time.Duration // for the whole run, 5 minutes by default
	Write   []string      // the machine's folders that the guest may write
	Env     []string      // more variables for the command
	CPU     string        // the machine's CPU to stay on; a guest has only one
	Line    *os.File      // the machine's end of the guest's serial line
	Verbose bool          // the guest kernel's messages go to Stderr

	Stdout, Stderr io.Writer // may be the same one
}

// Errors of a run that gave no exit code.
var (
	ErrNoKernel = errors.New("linux.uml is not installed (package user-mode-linux)")
	ErrLimit    = errors.New("the guest did not end in time")
)

//go:embed boot.sh
var boot []byte

//go:embed session.sh
var session []byte

// enclose gives the guest's process a view of the machine in which it can
// write only what was named, and memory of its own.
const enclose = `set -e
job=$1 kernel=$2 folders=$3; shift 3
while [ "$folders" -gt 0 ]; do mount --bind "$1" "$1"; shift; folders=$((folders-1)); done
mount --bind "$job" "$job"
mount -o remount,bind,ro / 2>/dev/null || true
mount -t tmpfs -o size=90% guest /dev/shm
cd /
exec "$kernel" "$@"`

// Run runs the command in a guest and returns its exit code. An error means
// that there is none: the guest did not come up, died, or hit its limit.
func Run(ctx context.Context, opt Options, argv ...string) (int, error) {
	kernel, err := exec.LookPath("linux.uml")
	if err != nil {
		return 0, ErrNoKernel
	}
	if opt.Limit == 0 {
		opt.Limit = 5 * time.Minute
	}
	if opt.Memory == "" {
		opt.Memory = "1G"
	}
	job, err := os.MkdirTemp("", "guest-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(job)
	if err := prepare(job, opt, argv); err != nil {
		return 0, fmt.Errorf("prepare the guest: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, opt.Limit, ErrLimit)
	defer cancel()
	words, err := play(ctx, kernel, job, opt)
	if text, readErr := os.ReadFile(job + "/code"); readErr == nil {
		return strconv.Atoi(strings.TrimSpace(string(text)))
	}
	if cause := context.Cause(ctx); cause != nil {
		return 0, cause
	}
	return 0, fmt.Errorf("the guest ended without a result (%v); its kernel said:\n%s", err, words)
}

// prepare writes what the guest reads when it boots.
func prepare(job string, opt Options, argv []string) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	command := fmt.Sprintf("cd %s || exit 125\n", quote(here))
	for _, name := range []string{"PATH", "HOME", "LANG", "TERM"} {
		if value, ok := os.LookupEnv(name); ok {
			command += fmt.Sprintf("export %s=%s\n", name, quote(value))
		}
	}
	for _, v := range append(opt.Env, "UML_GUEST=1") {
		name, value, _ := strings.Cut(v, "=")
		command += fmt.Sprintf("export %s=%s\n", name, quote(value))
	}
	command += "exec"
	for _, a := range argv {
		command += " " + quote(a)
	}
	var folders string
	for i, dir := range opt.Write {
		if opt.Write[i], err = filepath.Abs(dir); err != nil {
			return err
		}
		folders += opt.Write[i] + "\n"
	}
	if err := os.Mkdir(job+"/uml", 0o755); err != nil {
		return err
	}
	for name, text := range map[string][]byte{"boot.sh": boot, "session.sh": session, "command.sh": []byte(command + "\n"), "folders": []byte(folders)} {
		if err := os.WriteFile(job+"/"+name, text, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// play boots the guest, passes its streams on and waits for its end.
func play(ctx context.Context, kernel, job string, opt Options) (kernelWords string, err error) {
	log, err := os.Create(job + "/kernel.log")
	if err != nil {
		return "", err
	}
	defer log.Close()
	var copies sync.WaitGroup
	files := []*os.File{log}
	closeAll := func() {
		for _, f := range files[1:] {
			f.Close()
		}
	}
	for i, to := range []io.Writer{opt.Stdout, opt.Stderr} {
		if to == nil {
			to = io.Discard
		}
		if i == 1 && opt.Stderr != nil && opt.Stderr == opt.Stdout {
			files = append(files, files[1]) // one writer is written by one copy
			continue
		}
		r, w, err := os.Pipe()
		if err != nil {
			closeAll()
			return "", err
		}
		files = append(files, w)
		copies.Go(func() { io.Copy(to, r); r.Close() })
	}
	args := []string{"rootfstype=hostfs", "ro", "mem=" + opt.Memory, "init=" + job + "/boot.sh", "holdfast.job=" + job,
		"con=null", "con0=null,fd:3", "con1=null,fd:4", "con2=null,fd:5", "uml_dir=" + job + "/uml", "umid=guest",
		"quiet", "loglevel=4", "random.trust_cpu=on", "panic=-1"}
	if opt.Line != nil {
		files = append(files, opt.Line)
		args = append(args, "ssl0=fd:6")
	} else {
		args = append(args, "ssl=null")
	}
	argv := append([]string{kernel}, args...)
	attr := &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() == 0 {
		attr.Cloneflags = syscall.CLONE_NEWNS | syscall.CLONE_NEWPID
		argv = append([]string{"sh", "-c", enclose, "guest", job, kernel, strconv.Itoa(len(opt.Write))}, append(opt.Write, args...)...)
	}
	if opt.CPU != "" {
		argv = append([]string{"taskset", "-c", opt.CPU}, argv...)
	}
	// The guest ends when the thread that started it does: keep that thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = files
	cmd.SysProcAttr = attr
	cmd.Env = append(os.Environ(), "TMPDIR=/dev/shm")
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	err = cmd.Start()
	closeAll()
	if err == nil {
		err = cmd.Wait()
	}
	copies.Wait()
	words, readErr := os.ReadFile(job + "/kernel.log")
	if opt.Verbose && opt.Stderr != nil {
		opt.Stderr.Write(words)
	}
	return string(words[max(0, len(words)-2000):]), errors.Join(err, readErr)
}

// quote makes one word of the shell out of any text.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

package parent

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// orphans waits for the processes that fall to this one as the first process of
// its namespace: what a script leaves running has no other parent when the script
// is gone. Nobody else would wait for them, and each zombie keeps a process number.
//
// Our own children are left to those who wait for their exit status. That is why
// every child is started and waited for by way of this type.
type orphans struct {
	mu    sync.Mutex // guards ours, and keeps a new child from being seen before it is there
	ours  map[int]bool
	again chan struct{} // one is enough: a round takes all that ended
}

func newOrphans() *orphans {
	return &orphans{ours: map[int]bool{}, again: make(chan struct{}, 1)}
}

// start starts a child of our own.
func (o *orphans) start(cmd *exec.Cmd) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return err
	}
	o.ours[cmd.Process.Pid] = true
	return nil
}

// wait waits for a child that start started.
func (o *orphans) wait(cmd *exec.Cmd) error {
	err := cmd.Wait()
	o.mu.Lock()
	delete(o.ours, cmd.Process.Pid)
	o.mu.Unlock()
	select {
	case o.again <- struct{}{}:
	default:
	}
	return err
}

// reap waits for orphans until ctx ends. Where this process is not the first one
// there are none, and it returns at once.
func (o *orphans) reap(ctx context.Context, log *slog.Logger) {
	if os.Getpid() != 1 {
		return
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	defer signal.Stop(ended)
	for {
		if err := o.reapAll(); err != nil {
			log.Error("waiting for what scripts left", "err", err)
		}
		select {
		case <-ended:
		case <-o.again:
		case <-ctx.Done():
			return
		}
	}
}

// reapAll takes every orphan that ended. It stops at a child of our own: wait takes
// that one in a moment, and asks for another round.
func (o *orphans) reapAll() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		pid, err := firstEnded()
		if err != nil || pid == 0 || o.ours[pid] {
			return err
		}
		if _, err := unix.Wait4(pid, nil, unix.WNOHANG, nil); err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// firstEnded is a child that ended and was not waited for, which it leaves as it
// is; 0 is none.
func firstEnded() (int, error) {
	var info unix.Siginfo
	for {
		err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.ECHILD):
			return 0, nil
		case err != nil:
			return 0, err
		}
		// The number of the process opens the part of siginfo_t that depends on the
		// signal; that part is aligned like a pointer (sigaction(2)).
		const head, word = 3 * unsafe.Sizeof(int32(0)), unsafe.Sizeof(uintptr(0))
		at := unsafe.Pointer(uintptr(unsafe.Pointer(&info)) + (head+word-1)/word*word)
		return int(*(*int32)(at)), nil
	}
}

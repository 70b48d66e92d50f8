package state

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/control"
)

// ErrRunning says that a process of the role holds its lock.
var ErrRunning = errors.New("a process of this role is running")

// Lock is the right to be the one process of a role: a lock that ends with
// its holder, however that ends.
type Lock struct{ f *os.File }

// How the lock is taken from an older process: it is asked again and again, and
// killed when it does not let go, because a stuck process holds addresses without
// adverts.
const (
	lockPoll    = time.Millisecond
	lockAsk     = 200 * time.Millisecond
	lockSilent  = 2 * time.Second  // how long it may give no answer
	lockHanging = 15 * time.Second // how long it may answer and not end
)

// TryLock takes the lock of role if it is free, else gives ErrRunning.
func TryLock(runDir, role string) (*Lock, error) {
	f, err := os.OpenFile(filepath.Join(runDir, role+".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	l := &Lock{f}
	if err := l.acquire(); err != nil {
		f.Close()
		return nil, err
	}
	l.sign()
	return l, nil
}

// TakeLock takes the lock of role, from an older process if need be, and returns when
// that process let go of it.
func TakeLock(ctx context.Context, runDir, role string, log *slog.Logger) (*Lock, error) {
	l, err := TryLock(runDir, role)
	if !errors.Is(err, ErrRunning) {
		return l, err
	}
	holder := control.Dial(control.Socket(runDir, role))
	poll := time.NewTicker(lockPoll)
	defer poll.Stop()
	began := time.Now()
	next := began
	for {
		if now := time.Now(); !now.Before(next) {
			next = now.Add(lockAsk)
			err := ask(ctx, holder)
			if waited := now.Sub(began); err != nil && waited > lockSilent || waited > lockHanging {
				err = killHolder(ctx, holder, log)
			}
			if err != nil {
				log.Debug("the older process does not hand off yet", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-poll.C:
		}
		l, err := TryLock(runDir, role)
		if !errors.Is(err, ErrRunning) {
			return l, err
		}
	}
}

// ask does not wait longer than until the next question.
func ask(ctx context.Context, holder *control.Client) error {
	ctx, cancel := context.WithTimeout(ctx, lockAsk)
	defer cancel()
	return holder.Stop(ctx, string(control.Handoff))
}

// killHolder ends the process behind the role's socket. The kernel vouches for
// its number, so that a stale file never leads to a stranger.
func killHolder(ctx context.Context, holder *control.Client, log *slog.Logger) error {
	pid, err := holder.Peer(ctx)
	if err != nil {
		return err
	}
	if pid <= 1 || pid == os.Getpid() {
		return fmt.Errorf("the holder is not visible from here (pid %d)", pid)
	}
	log.Warn("killing the older process, which does not hand off", "pid", pid)
	return unix.Kill(pid, unix.SIGKILL)
}

func (l *Lock) acquire() error {
	for {
		switch err := unix.Flock(int(l.f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err {
		case unix.EINTR:
		case unix.EWOULDBLOCK:
			return ErrRunning
		default:
			return err
		}
	}
}

// sign leaves the process id in the file, for people. Where there is no room for
// it the lock holds all the same.
func (l *Lock) sign() {
	if l.f.Truncate(0) == nil {
		l.f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
}

// Drop lets the next one have it. Dropping it again does nothing.
func (l *Lock) Drop() {
	if l != nil {
		l.f.Close()
	}
}

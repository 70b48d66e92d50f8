package engine

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

// ErrRunning says that a process of the role holds its baton.
var ErrRunning = errors.New("a process of this role is running")

// A baton is the right to be the one process of a role: a lock that ends with
// its holder, however that ends.
type baton struct{ f *os.File }

// How a baton is taken from an older process: it is asked again and again, and
// killed when it does not let go, because a stuck process holds addresses without
// adverts.
const (
	batonPoll    = time.Millisecond
	batonAsk     = 200 * time.Millisecond
	batonSilent  = 2 * time.Second  // how long it may give no answer
	batonHanging = 15 * time.Second // how long it may answer and not end
)

// tryBaton takes the baton if it is free, else gives ErrRunning.
func tryBaton(runDir, role string) (*baton, error) {
	f, err := os.OpenFile(filepath.Join(runDir, role+".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	b := &baton{f}
	if err := b.lock(); err != nil {
		f.Close()
		return nil, err
	}
	b.sign()
	return b, nil
}

// takeBaton takes the baton, from an older process if need be, and returns when
// that process let go of it.
func takeBaton(ctx context.Context, runDir, role string, log *slog.Logger) (*baton, error) {
	b, err := tryBaton(runDir, role)
	if !errors.Is(err, ErrRunning) {
		return b, err
	}
	holder := control.Dial(filepath.Join(runDir, role+".sock"))
	poll := time.NewTicker(batonPoll)
	defer poll.Stop()
	began := time.Now()
	next := began
	for {
		if now := time.Now(); !now.Before(next) {
			next = now.Add(batonAsk)
			err := ask(ctx, holder)
			if waited := now.Sub(began); err != nil && waited > batonSilent || waited > batonHanging {
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
		b, err := tryBaton(runDir, role)
		if !errors.Is(err, ErrRunning) {
			return b, err
		}
	}
}

// ask does not wait longer than until the next question.
func ask(ctx context.Context, holder *control.Client) error {
	ctx, cancel := context.WithTimeout(ctx, batonAsk)
	defer cancel()
	return holder.Stop(ctx, string(Handoff))
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

func (b *baton) lock() error {
	for {
		switch err := unix.Flock(int(b.f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err {
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
func (b *baton) sign() {
	if b.f.Truncate(0) == nil {
		b.f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
}

// drop lets the next one have it. Dropping it again does nothing.
func (b *baton) drop() {
	if b != nil {
		b.f.Close()
	}
}

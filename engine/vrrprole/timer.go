package vrrprole

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Timer wakes the loop at an instant.
type Timer interface {
	// Set asks for one value on C at the instant, in place of any asked for
	// before; the zero instant asks for none.
	Set(at time.Time)
	// C gets a value when the instant came; a stale one more is possible.
	C() <-chan struct{}
	// Run does the waiting; it returns after Close.
	Run()
	Close()
}

// kernelTimer is a timerfd. The runtime's own timers wait in whole
// milliseconds of epoll and are late by half of one in the median; a descriptor
// that becomes readable wakes the poller at once.
type kernelTimer struct {
	file *os.File
	fd   int
	at   time.Time
	c    chan struct{} // one place: "look at the clock"; never closed
}

func newKernelTimer() (Timer, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a timer: %w", err)
	}
	return &kernelTimer{file: os.NewFile(uintptr(fd), "timer"), fd: fd, c: make(chan struct{}, 1)}, nil
}

func (t *kernelTimer) Run() {
	var expirations [8]byte
	for {
		if _, err := t.file.Read(expirations[:]); err != nil {
			return
		}
		select {
		case t.c <- struct{}{}:
		default: // the loop has yet to look
		}
	}
}

// Set arms the timer. A kernel that made it cannot refuse a valid length.
func (t *kernelTimer) Set(at time.Time) {
	if at.Equal(t.at) && time.Now().Before(at) {
		return
	}
	t.at = at
	var spec unix.ItimerSpec // all zero disarms
	if !at.IsZero() {
		spec.Value = unix.NsecToTimespec(max(int64(time.Until(at)), 1))
	}
	if err := unix.TimerfdSettime(t.fd, 0, &spec, nil); err != nil {
		panic(fmt.Sprintf("arm the timer: %v", err))
	}
}

func (t *kernelTimer) C() <-chan struct{} {
	return t.c
}

func (t *kernelTimer) Close() { t.file.Close() } // the only error is "already closed"

// NewTimer is a timer over the runtime's timers.
func NewTimer() (Timer, error) {
	t := &goTimer{c: make(chan struct{}, 1)}
	t.timer = time.AfterFunc(time.Hour, func() {
		select {
		case t.c <- struct{}{}:
		default:
		}
	})
	t.timer.Stop()
	return t, nil
}

type goTimer struct {
	timer *time.Timer
	c     chan struct{} // one place: "look at the clock"; never closed
}

func (t *goTimer) Set(at time.Time) {
	if at.IsZero() {
		t.timer.Stop()
		return
	}
	t.timer.Reset(time.Until(at))
}

func (t *goTimer) C() <-chan struct{} { return t.c }

func (t *goTimer) Run() {} // the runtime waits

func (t *goTimer) Close() { t.timer.Stop() }

package engine

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// VRRPAlarm wakes the loop at an instant.
type VRRPAlarm interface {
	// Set asks for one value on C at the instant, in place of any asked for
	// before; the zero instant asks for none.
	Set(at time.Time)
	// C gets a value when the instant came; a stale one more is possible.
	C() <-chan struct{}
	// Run does the waiting; it returns after Close.
	Run()
	Close()
}

// vrrpKernelTimer is a timerfd. The runtime's own timers wait in whole
// milliseconds of epoll and are late by half of one in the median; a descriptor
// that becomes readable wakes the poller at once.
type vrrpKernelTimer struct {
	file *os.File
	fd   int
	at   time.Time
	c    chan struct{} // one place: "look at the clock"; never closed
}

func newVRRPKernelTimer() (VRRPAlarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a timer: %w", err)
	}
	return &vrrpKernelTimer{file: os.NewFile(uintptr(fd), "timer"), fd: fd, c: make(chan struct{}, 1)}, nil
}

func (t *vrrpKernelTimer) Run() {
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
func (t *vrrpKernelTimer) Set(at time.Time) {
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

func (t *vrrpKernelTimer) C() <-chan struct{} {
	return t.c
}

func (t *vrrpKernelTimer) Close() { t.file.Close() } // the only error is "already closed"

// NewVRRPTimer is an alarm over the runtime's timers.
func NewVRRPTimer() (VRRPAlarm, error) {
	t := &vrrpTimer{c: make(chan struct{}, 1)}
	t.timer = time.AfterFunc(time.Hour, func() {
		select {
		case t.c <- struct{}{}:
		default:
		}
	})
	t.timer.Stop()
	return t, nil
}

type vrrpTimer struct {
	timer *time.Timer
	c     chan struct{} // one place: "look at the clock"; never closed
}

func (t *vrrpTimer) Set(at time.Time) {
	if at.IsZero() {
		t.timer.Stop()
		return
	}
	t.timer.Reset(time.Until(at))
}

func (t *vrrpTimer) C() <-chan struct{} { return t.c }

func (t *vrrpTimer) Run() {} // the runtime waits

func (t *vrrpTimer) Close() { t.timer.Stop() }

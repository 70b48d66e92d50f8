package engine

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/control"
)

func TestARoleWhoseLoopHangsGivesNoMoreSigns(t *testing.T) {
	t.Parallel()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	parent, child := os.NewFile(uintptr(pair[0]), "parent"), os.NewFile(uintptr(pair[1]), "child")
	one := newStage(t).start(func(o *Options) { o.Lifeline = child })
	sign := make([]byte, control.SignLength)
	for range 3 {
		if _, err := parent.Read(sign); err != nil {
			t.Fatal("no sign of a role that goes on:", err)
		}
		if got, whole := control.LastSign(sign); !whole || got.Down <= 0 || got.Due <= control.Monotonic()-got.Down {
			t.Errorf("the sign says %+v", got)
		}
	}
	close(one.role.hangs)
	for signs := 0; ; signs++ {
		if err := parent.SetReadDeadline(time.Now().Add(3 * signEvery)); err != nil {
			t.Fatal(err)
		}
		if _, err := parent.Read(sign); errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		if signs > 5 { // a few may have been under way
			t.Fatal("a role that hangs gives signs")
		}
	}
	parent.Close()
}

func TestSignsAreCloserWherePeersWaitLess(t *testing.T) {
	for down, want := range map[time.Duration]time.Duration{
		3 * time.Second: signEvery, 1200 * time.Millisecond: 100 * time.Millisecond, 300 * time.Millisecond: signSooner, 30 * time.Millisecond: signSooner,
	} {
		if got := signPause(down); got != want {
			t.Errorf("%v: %v, want %v", down, got, want)
		}
	}
}

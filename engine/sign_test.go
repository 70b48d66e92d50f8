package engine

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"
)

func TestARoleWhoseLoopHangsGivesNoMoreSigns(t *testing.T) {
	t.Parallel()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	parent, child := os.NewFile(uintptr(pair[0]), "parent"), os.NewFile(uintptr(pair[1]), "child")
	one := newStage(t).start(func(o *Options) { o.Lifeline = child })
	sign := make([]byte, 1)
	for range 3 {
		if _, err := parent.Read(sign); err != nil {
			t.Fatal("no sign of a role that goes on:", err)
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

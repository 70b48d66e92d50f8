package control

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestARoleThatHangsCostsItsAskersThePatienceOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var h hang
		ctx, done := h.quick(t.Context())
		if _, bounded := ctx.Deadline(); bounded {
			t.Error("a role that answers is given less time than was asked for")
		}
		done(context.DeadlineExceeded)
		for range 3 {
			ctx, done = h.quick(t.Context())
			if at, bounded := ctx.Deadline(); !bounded || time.Until(at) != shortly {
				t.Error("a role that hangs is waited for again")
			}
			done(context.DeadlineExceeded)
		}
		time.Sleep(hungFor)
		if ctx, done = h.quick(t.Context()); ctx.Err() != nil {
			t.Error(ctx.Err())
		}
		if _, bounded := ctx.Deadline(); bounded {
			t.Error("it never gets another chance")
		}
		done(context.DeadlineExceeded)
		_, done = h.quick(t.Context())
		done(nil)
		ctx, done = h.quick(t.Context())
		if _, bounded := ctx.Deadline(); bounded {
			t.Error("it answered, and is not believed")
		}
		done(nil)
	})
}

func TestSecondQuestionToAHangingRoleEndsByItself(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "hf")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "vrrp.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go io.Copy(io.Discard, c) // takes the question, and never answers
		}
	}()
	client := Dial(path)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := client.Status(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if _, _, err := client.Config(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

package spawn

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/script"
)

// socketpair is a connection as the parent makes it.
func socketpair() (near, far net.Conn, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	end := func(fd int) net.Conn {
		file := os.NewFile(uintptr(fd), "end")
		conn, e := net.FileConn(file)
		err = errors.Join(err, e, file.Close())
		return conn
	}
	near, far = end(fds[0]), end(fds[1])
	return near, far, err
}

// pair is a client and what serves it.
func pair(t *testing.T) (c *Client, served <-chan error) {
	t.Helper()
	near, far, err := socketpair()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- Serve(far) }()
	t.Cleanup(func() { near.Close() })
	return NewClient(near), done
}

func sh(line string) script.Job { return script.Job{Argv: []string{"/bin/sh", "-c", line}} }

func TestAProgramGoesAsInTheRoleItself(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	c, _ := pair(t)
	for name, job := range map[string]script.Job{
		"good":            {Argv: []string{"/bin/true"}},
		"arguments":       {Argv: []string{"/bin/sh", "-c", `test "$1" = "a b" && test "$2" = ö`, "x"}, Args: []string{"a b", "ö"}},
		"bad":             sh("exit 3"),
		"signal":          sh("kill -9 $$"),
		"slow":            {Argv: []string{"/bin/sleep", "60"}, Timeout: time.Millisecond},
		"output":          {Argv: []string{"/bin/sh", "-c", "echo one; echo two >&2; echo three"}, Output: 9},
		"missing":         {Argv: []string{"/nowhere/x"}},
		"missing in PATH": {Argv: []string{"no-such-program-here"}},
		"not executable":  {Argv: []string{file("plain", "x", 0o644)}},
		"no interpreter":  {Argv: []string{file("lost", "#!/nowhere/sh\n", 0o755)}},
		"carriage return": {Argv: []string{file("dos", "#!/bin/sh\r\n", 0o755)}},
		"no program":      {Argv: []string{file("zero", "\x7fELF\x00\x00", 0o755)}},
		"nothing":         {},
		"no user":         {Argv: []string{"/bin/true"}, User: "nobody-here"},
		"root refused":    {Argv: []string{"/bin/true"}, Secure: true},
		"unsafe":          {Argv: []string{file("loose", "#!/bin/sh\n", 0o777)}, User: "root", Secure: true},
		"too long":        {Argv: []string{"/bin/true", strings.Repeat("x", 1<<18)}},
	} {
		here, there := script.Run(t.Context(), job), c.Run(t.Context(), job)
		if there.Took <= 0 && there.Err == nil {
			t.Errorf("%s: it took no time", name)
		}
		if (here.Err == nil) != (there.Err == nil) || here.Err != nil && here.Err.Error() != there.Err.Error() {
			t.Errorf("%s: error %v, in the role itself %v", name, there.Err, here.Err)
		}
		for _, kind := range append(slices.Collect(allKinds), syscall.EAGAIN, syscall.ENOENT, syscall.EACCES, syscall.E2BIG) {
			if errors.Is(here.Err, kind) != errors.Is(there.Err, kind) {
				t.Errorf("%s: is %v: %v, in the role itself %v", name, kind, errors.Is(there.Err, kind), errors.Is(here.Err, kind))
			}
		}
		here.Took, there.Took, here.Err, there.Err = 0, 0, nil, nil
		if here != there {
			t.Errorf("%s: %+v, in the role itself %+v", name, there, here)
		}
	}
}

func allKinds(yield func(error) bool) {
	for _, kind := range kinds {
		if !yield(kind) {
			return
		}
	}
}

// waits is a program that tells its number and waits.
func waits(t *testing.T) (job script.Job, pid func() int) {
	out := filepath.Join(t.TempDir(), "pid")
	return sh("echo $$ > " + out + ".new; mv " + out + ".new " + out + "; exec sleep 600"), func() int {
		t.Helper()
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			text, err := os.ReadFile(out)
			if err != nil {
				continue
			}
			if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
				return n
			}
		}
		t.Fatal("the program did not start")
		return 0
	}
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestTheEndOfTheContextEndsTheProgram(t *testing.T) {
	t.Parallel()
	c, _ := pair(t)
	job, pid := waits(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan script.Result, 1)
	go func() { done <- c.Run(ctx, job) }()
	n := pid()
	cancel()
	if r := <-done; r.Signal != syscall.SIGTERM || !gone(n) {
		t.Errorf("%+v, it is gone: %v", r, gone(n))
	}
	if len(c.waiting) != 0 {
		t.Errorf("%d are still waited for", len(c.waiting))
	}
}

func TestTheEndOfTheRoleEndsItsPrograms(t *testing.T) {
	t.Parallel()
	c, served := pair(t)
	job, pid := waits(t)
	done := make(chan script.Result, 1)
	go func() { done <- c.Run(t.Context(), job) }()
	n := pid()
	c.conn.Close()
	if err := <-served; err != nil || !gone(n) {
		t.Errorf("%v, it is gone: %v", err, gone(n))
	}
	if r := <-done; !errors.Is(r.Err, script.ErrNoAnswer) {
		t.Errorf("%+v", r)
	}
}

func TestWithoutTheOtherProcessNoProgramIsBlamed(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	c := NewClient(near)
	go func() {
		var r request
		readFrame(far, &r)
		far.Close()
	}()
	r := c.Run(t.Context(), script.Job{Argv: []string{"/bin/true"}})
	if !script.Shortage(r.Err) || r.OK() {
		t.Errorf("%+v", r)
	}
	<-c.Gone()
	if r := c.Run(t.Context(), script.Job{Argv: []string{"/bin/true"}}); !script.Shortage(r.Err) {
		t.Errorf("%+v when it is gone", r)
	}
}

// Nobody but a role writes here; a broken one must not cost memory.
func TestAFrameIsBounded(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- Serve(far) }()
	if _, err := near.Write([]byte{0xff, 0xff, 0xff, 0xff}); err != nil {
		t.Fatal(err)
	}
	if err := <-served; err == nil {
		t.Error("a frame of 4 GiB is taken")
	}
}

func TestManyProgramsRunSideBySide(t *testing.T) {
	t.Parallel()
	c, _ := pair(t)
	results := make(chan script.Result)
	const many = 50
	for i := range many {
		go func() { results <- c.Run(t.Context(), sh("exit "+strconv.Itoa(i))) }()
	}
	var codes []int
	for range many {
		codes = append(codes, (<-results).Code)
	}
	slices.Sort(codes)
	for i, code := range codes {
		if code != i {
			t.Fatalf("exit codes %v", codes)
		}
	}
}

func BenchmarkProgram(b *testing.B) {
	near, far, err := socketpair()
	if err != nil {
		b.Fatal(err)
	}
	defer near.Close()
	go Serve(far)
	for name, run := range map[string]script.Runner{"here": script.Run, "there": NewClient(near).Run} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if r := run(b.Context(), script.Job{Argv: []string{"/bin/true"}}); !r.OK() {
					b.Fatal(r)
				}
			}
		})
	}
}

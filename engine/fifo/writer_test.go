package fifo

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/script"
)

// place is a directory with a writer of one pipe in it.
func place(t *testing.T) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	return dir, filepath.Join(dir, "pipe")
}

func writer(dir string) *Writer {
	return New(slog.New(slog.NewTextHandler(io.Discard, nil)), filepath.Join(dir, "record"), script.Run, func(Pipe, script.Result) {})
}

func closed(t *testing.T, w *Writer, keep bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := w.Close(ctx, keep); err != nil {
		t.Fatal(err)
	}
}

// eventually waits for a fact.
func eventually(t *testing.T, what string, fact func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !fact(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func isPipe(path string) bool {
	s, err := os.Lstat(path)
	return err == nil && s.Mode()&os.ModeNamedPipe != 0
}

// reading opens a pipe that is there as a program outside would.
func reading(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestAPipeIsMadeForItsOwnerAndRemovedAtTheEnd(t *testing.T) {
	dir, path := place(t)
	w := writer(dir)
	w.Change([]Pipe{{Path: path}})
	eventually(t, "the pipe is there", func() bool { return isPipe(path) })
	if s, _ := os.Lstat(path); s.Mode().Perm() != mode {
		t.Errorf("its mode is %v", s.Mode())
	}
	f := reading(t, path)
	w.Write("one\n")
	w.Write("two\n")
	closed(t, w, false)
	if text, err := io.ReadAll(f); string(text) != "one\ntwo\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if isPipe(path) {
		t.Error("it is still there")
	}
}

func TestAPipeThatWasThereStays(t *testing.T) {
	dir, path := place(t)
	if err := unix.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	w := writer(dir)
	w.Change([]Pipe{{Path: path}})
	closed(t, w, false)
	if !isPipe(path) {
		t.Error("it was removed")
	}
}

func TestTheProcessThatFollowsRemovesThePipeOfTheOneBefore(t *testing.T) {
	dir, path := place(t)
	w := writer(dir)
	w.Change([]Pipe{{Path: path}})
	closed(t, w, true)
	if !isPipe(path) {
		t.Fatal("a handoff removed it")
	}
	w = writer(dir)
	w.Change([]Pipe{{Path: path}})
	closed(t, w, false)
	if isPipe(path) {
		t.Error("it is still there")
	}
}

func TestAFileThatIsNoPipeIsNotWritten(t *testing.T) {
	dir, path := place(t)
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := writer(dir)
	w.Change([]Pipe{{Path: path}})
	w.Write("line\n")
	closed(t, w, false)
	if text, err := os.ReadFile(path); string(text) != "text" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAFullPipeLosesLinesAndBlocksNobody(t *testing.T) {
	dir, path := place(t)
	w := writer(dir)
	w.Change([]Pipe{{Path: path}})
	eventually(t, "the pipe is there", func() bool { return isPipe(path) })
	f := reading(t, path)
	long := strings.Repeat("x", 4000) + "\n"
	for range 100 {
		w.Write(long)
	}
	closed(t, w, false)
	text, err := io.ReadAll(f)
	if n := strings.Count(string(text), "\n"); err != nil || n == 0 || n >= 100 || len(text) != n*len(long) {
		t.Errorf("%d whole lines of %d bytes, %v", n, len(text), err)
	}
}

func TestAReaderGetsThePathAndIsStartedAnewWithEachChange(t *testing.T) {
	dir, path := place(t)
	said := filepath.Join(dir, "said")
	program := filepath.Join(dir, "reader.sh")
	text := "#!/bin/sh\necho \"began $*\" >> " + said + "\nwhile read line; do echo \"$line\" >> " + said + "; done < \"$2\"\n"
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	is := func(want string) func() bool {
		return func() bool { got, _ := os.ReadFile(said); return string(got) == want }
	}
	w := writer(dir)
	pipe := Pipe{Path: path, Reader: script.Job{Argv: []string{program, "word"}, User: "root"}}
	w.Change([]Pipe{pipe})
	w.Write("one\n")
	eventually(t, "the line is read", is("began word "+path+"\none\n"))
	before := at(path)
	w.Change([]Pipe{pipe})
	w.Write("two\n")
	eventually(t, "the second reader reads", is("began word "+path+"\none\nbegan word "+path+"\ntwo\n"))
	if at(path) != before {
		t.Error("the pipe was made anew")
	}
	closed(t, w, false)
}

package facts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"holdfast/engine/model"
)

// RefusedError is why a file that was named is not read. Its sentence has the id
// "file.CODE" in assets: absent, absent-like, forbidden, directory, device, pipe,
// kernel, utf16
// or binary.
type RefusedError struct {
	Code, File string
	Like       string // a file beside a missing one whose name is nearly the same
}

func (e *RefusedError) Error() string { return e.File + ": " + e.Code }

// ReadText reads a file that was named, "-" being the standard input, up to
// Largest bytes. What is no text, or cannot be one, is a RefusedError.
func ReadText(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, Largest))
	}
	refuse := func(code string) error { return &RefusedError{code, name, like(name)} }
	info, err := os.Stat(name)
	if errors.Is(err, syscall.ENOTDIR) {
		err = fs.ErrNotExist
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && like(name) != "":
		return nil, refuse("absent-like")
	case errors.Is(err, fs.ErrNotExist):
		return nil, refuse("absent")
	case errors.Is(err, fs.ErrPermission):
		return nil, refuse("forbidden")
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, refuse("directory")
	case info.Mode()&(fs.ModeDevice|fs.ModeSocket) != 0:
		return nil, refuse("device")
	case info.Mode().IsRegular() && ofKernel(name):
		return nil, refuse("kernel")
	}
	pipe := info.Mode()&fs.ModeNamedPipe != 0
	f, err := open(name, pipe)
	if errors.Is(err, fs.ErrPermission) {
		return nil, refuse("forbidden")
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	room := bytes.NewBuffer(make([]byte, 0, min(info.Size(), Largest)+bytes.MinRead))
	_, err = room.ReadFrom(io.LimitReader(f, Largest))
	if pipe && (errors.Is(err, os.ErrDeadlineExceeded) || err == nil && room.Len() == 0) {
		return nil, refuse("pipe")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	text := room.Bytes()
	if wide(text) {
		return nil, refuse("utf16")
	}
	if binary(text) {
		return nil, refuse("binary")
	}
	return text, nil
}

// pipePatience is how long somebody who writes into a named pipe may take.
const pipePatience = 10 * time.Second

// open opens a file; a pipe that nobody writes into does not keep the caller.
func open(name string, pipe bool) (*os.File, error) {
	if !pipe {
		return os.Open(name)
	}
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return f, f.SetReadDeadline(time.Now().Add(pipePatience))
}

// like is a file beside a missing one whose name is nearly the same.
func like(name string) string {
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if near := model.Nearest(filepath.Base(name), names); near != "" {
		return filepath.Join(filepath.Dir(name), near)
	}
	return ""
}

// wide says whether a text begins with the mark of UTF-16, which some editors save
// as "Unicode".
func wide(text []byte) bool {
	return bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))
}

// binary says whether a text is none: a program, an archive, a database. One
// stray byte does not make it so; it has a finding of its own.
func binary(text []byte) bool {
	head := text[:min(len(text), 8<<10)]
	for _, magic := range []string{"\x7fELF", "\x1f\x8b", "PK\x03\x04", "\xfd7zXZ", "\x28\xb5\x2f\xfd", "BZh9", "SQLite format 3\x00"} {
		if strings.HasPrefix(string(head), magic) {
			return true
		}
	}
	odd := 0
	for _, c := range head {
		if c < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", rune(c)) {
			odd++
		}
	}
	return odd*10 > len(head) && len(text) < Largest-1
}

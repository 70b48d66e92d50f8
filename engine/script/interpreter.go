package script

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// First is what the beginning of a file says about how it is run.
type First struct {
	text []byte
	err  error
}

// firstBytes is how much of a file the kernel looks at.
const firstBytes = 256

// ReadFirst reads the beginning of the file.
func ReadFirst(path string) First {
	f, err := os.Open(path)
	if err != nil {
		return First{err: err}
	}
	text, err := io.ReadAll(io.LimitReader(f, firstBytes))
	return First{text, errors.Join(err, f.Close())}
}

// ForShell says that a file has no "#!" line and is text, as far as can be seen,
// so that the shell runs it. Bytes of value 0 are in programs only, of another
// machine for instance; one that cannot be read is for the shell to judge.
func (f First) ForShell() bool {
	return f.Interpreter() == "" && bytes.IndexByte(f.text, 0) < 0
}

// Err says why the file could not be read.
func (f First) Err() error { return f.err }

// Empty says that there is nothing in the file.
func (f First) Empty() bool { return f.err == nil && len(f.text) == 0 }

// byteOrderMark is what some editors put in front of a text.
const byteOrderMark = "\xef\xbb\xbf"

// Marked says that a byte order mark hides the "#!" from the kernel.
func (f First) Marked() bool { return bytes.HasPrefix(f.text, []byte(byteOrderMark+"#!")) }

// Interpreter is the program that the "#!" line names, with a carriage return
// that belongs to the name; "" where there is no such line.
func (f First) Interpreter() string {
	words := strings.FieldsFunc(f.line(), func(r rune) bool { return r == ' ' || r == '\t' })
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// CarriageReturn says that the "#!" line ends with a carriage return. The kernel
// hands it on, in the name of the interpreter or in its argument.
func (f First) CarriageReturn() bool { return strings.HasSuffix(f.line(), "\r") }

// line is what stands behind "#!".
func (f First) line() string {
	text, ok := bytes.CutPrefix(f.text, []byte("#!"))
	if !ok {
		return ""
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return string(line)
}

// explain says which file is missing where err says that one is: the script
// itself, or its interpreter.
func (f First) explain(err error) error {
	name := f.Interpreter()
	switch {
	case name == "":
		return err
	case strings.HasSuffix(name, "\r"):
		return fmt.Errorf("%w: %q", ErrCarriageReturn, name)
	}
	return fmt.Errorf("%w: %s", ErrInterpreter, name)
}

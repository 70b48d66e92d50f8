package terminal

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Printable keeps a terminal from obeying a file, and its reader from seeing another
// text than the one that is there: it drops what controls (C0, C1, DEL), turns the
// direction of writing, or has no width. A tab is a blank.
func Printable(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case controls(r):
		return -1
	}
	return r
}

// invisible are characters without a width that are none of formatting (Cf).
const invisible = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"

func controls(r rune) bool {
	return r < 0xa0 && (r < ' ' || r >= 0x7f) || r >= 0xa0 && (unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || strings.ContainsRune(invisible, r))
}

// Safe is a writer of words for people: what is not Printable, but for line ends and
// tabs, does not reach w. Bytes that are no UTF-8 become U+FFFD.
func Safe(w io.Writer) io.Writer {
	if s, ok := w.(*safe); ok {
		return s
	}
	return &safe{w: w, turn: func(b *strings.Builder, r rune) {
		if r == '\n' || r == '\t' || !controls(r) {
			b.WriteRune(r)
		}
	}}
}

// JSON is a writer of JSON that escapes what is not Printable.
func JSON(w io.Writer) io.Writer {
	if s, ok := w.(*safe); ok {
		w = s.w
	}
	return &safe{w: w, turn: func(b *strings.Builder, r rune) {
		switch {
		case r == '\n' || r == '\t' || !controls(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(b, `\u%04x`, r)
		}
	}}
}

// safe turns characters on their way to w. It keeps the beginning of one whose end
// has not been written yet.
type safe struct {
	w    io.Writer
	turn func(*strings.Builder, rune)
	rest []byte
}

func (s *safe) Write(p []byte) (int, error) {
	all := append(s.rest, p...)
	var b strings.Builder
	for len(all) > 0 && utf8.FullRune(all) {
		r, n := utf8.DecodeRune(all)
		s.turn(&b, r)
		all = all[n:]
	}
	s.rest = append([]byte(nil), all...)
	if _, err := io.WriteString(s.w, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Unwrap is the writer behind one that is Safe.
func Unwrap(w io.Writer) io.Writer {
	if s, ok := w.(*safe); ok {
		return s.w
	}
	return w
}

package conf

import (
	"strings"
	"unicode/utf8"
)

// span is the part of a line that is read: bytes from..to of text.
type span struct {
	text     string
	file, no int
	from, to int
	indent   string
	segs     []seg // of whole
}

// place is where bytes from..to of the line stand.
func (s *span) place(from, to int) Span { return Span{s.no, s.col(from), s.no, s.col(to), s.file} }

// choose moves past @ID and says whether the line is for the node.
func (s *span) choose(node string) bool {
	m, rest, _ := MarkOf(s.text[s.from:])
	if rest == "" {
		return false
	}
	s.from = len(s.text) - len(strings.TrimLeft(rest, " \t\f\v\r"))
	if blanks := len(s.text) - s.from; s.indent == "" && blanks < len(rest) {
		s.indent = rest[1 : len(rest)-blanks] // the line is indented behind its mark
	}
	return m.Holds(node)
}

// col is the column of byte i.
func (s *span) col(i int) int { return 1 + utf8.RuneCountInString(s.text[:i]) }

// unchanged is the line as it is, but for a mark that chose it.
func (s *span) unchanged() (string, origin) {
	o := origin{file: int32(s.file), line: int32(s.no)}
	if s.from == len(s.indent) {
		return s.text, o
	}
	var p pieces
	p.verbatim(s.indent, 1)
	p.verbatim(s.text[s.from:], s.col(s.from))
	o.segs = p.segs
	return p.text.String(), o
}

// whole is the origin of a line that stands for all of s.
func (s *span) whole() origin {
	if s.segs == nil {
		s.segs = []seg{{at: 1, col: int32(s.col(s.from)), end: int32(s.col(s.to))}}
	}
	return origin{file: int32(s.file), line: int32(s.no), segs: s.segs}
}

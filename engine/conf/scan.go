package conf

import (
	"math"
	"strings"
	"unicode/utf8"
)

// scan is the reading of one line.
type scan struct {
	l        *lexer
	text     string
	base, no int
	at       int
	begun    bool // a token was read
}

func (s *scan) more() bool { return s.at < len(s.text) }

func (s *scan) skipBlank() {
	for s.at < len(s.text) && blank(s.text[s.at]) {
		s.at++
	}
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r' }

// place is where bytes from..to of the line stand.
func (s *scan) place(from, to int) Span {
	col := 1 + utf8.RuneCountInString(s.text[:from])
	return Span{s.no, col, s.no, col + utf8.RuneCountInString(s.text[from:to]), 0}
}

// chosen reads @ID or @^ID and says whether the rest of the line is for this node.
func (s *scan) chosen() bool {
	from := s.at + 1
	for s.more() && !blank(s.text[s.at]) {
		s.at++
	}
	id, not := strings.CutPrefix(s.text[from:s.at], "^")
	s.l.wide = s.l.wide || !ascii(id)
	return s.at < len(s.text) && (id == s.l.node) != not
}

// token reads the next token; false means that a comment begins.
func (s *scan) token() bool {
	from := s.at
	switch s.text[from] {
	case '!', '#':
		return false
	case '{':
		s.at++
		s.emit(from, open)
	case '}':
		s.at++
		s.emit(from, closing)
	case '"':
		s.quoted()
		s.l.wide = s.l.wide || !ascii(s.text[from:s.at])
		s.emit(from, 0)
	default:
		s.emit(from, s.plain())
		if s.more() && (s.text[s.at] == '!' || s.text[s.at] == '#') {
			s.l.report("comment-in-word", s.place(s.at, len(s.text)), "Word", s.text[from:s.at], "Comment", s.text[s.at:])
		}
	}
	return true
}

func ascii(s string) bool { return utf8.RuneCountInString(s) == len(s) }

// quoted moves past a word in double quotes; a backslash guards the character
// after it. A quote that nobody closes ends with the line.
func (s *scan) quoted() {
	from := s.at
	for s.at++; s.more(); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return
		}
	}
	s.at = len(strings.TrimRight(s.text, " \t\f\v\r"))
	if s.at <= from {
		s.at = from + 1
	}
	s.l.report("unmatched-quote", s.place(from, s.at))
}

// special are the characters that end a word or mean something in it.
var special = [utf8.RuneSelf]bool{'"': true, '{': true, '}': true, '!': true, '#': true,
	' ': true, '\t': true, '\f': true, '\v': true, '\r': true, '\\': true, '$': true}

// plain moves past a word without quotes, and says whether it is bare.
func (s *scan) plain() kind {
	k := bare
	for ; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		if c >= utf8.RuneSelf {
			s.l.wide = true
			continue
		}
		if !special[c] {
			continue
		}
		switch c {
		default:
			return k
		case '\\':
			k = 0
			// A backslash guards what would end the word, but not a brace or a blank.
			if n := s.at + 1; n < len(s.text) && strings.IndexByte(`\"!#`, s.text[n]) >= 0 {
				s.at++
			}
		case '$':
			// The braces of ${NAME} are no block.
			if _, n := use(s.text[s.at:]); n > 0 {
				s.at += n - 1
			}
		}
	}
	return k
}

func (s *scan) emit(from int, k kind) {
	l := s.l
	m := mark{at: uint32(s.base + from), end: uint32(s.base + s.at), kind: k}
	if !s.begun {
		s.begun = true
		m.kind |= first
		m.indent = indent(s.text[:from])
	}
	l.marks = append(l.marks, m)
	if l.origins != nil {
		l.lines = append(l.lines, l.origins[s.no-1].line)
	}
	l.end = s.base + s.at
}

// indent is the width of what a line begins with, with tabs of eight.
func indent(lead string) uint16 {
	w := 0
	for _, c := range lead {
		if c == '\t' {
			w += 8 - w%8
		} else {
			w++
		}
	}
	return uint16(min(w, math.MaxUint16))
}

package conf

import (
	"strings"
	"unicode/utf8"
)

// scan is the reading of one line. col is the column of the byte at.
type scan struct {
	l           *lexer
	text        string
	base, no    int
	at, counted int
	col         int
	begun       bool // a token was read
}

func (s *scan) more() bool { return s.at < len(s.text) }

func (s *scan) skipBlank() {
	for s.more() && blank(s.text[s.at]) {
		s.at++
	}
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r' }

// column counts characters up to at; it is called with growing positions only.
func (s *scan) column(at int) int {
	s.col += utf8.RuneCountInString(s.text[s.counted:at])
	s.counted = at
	return s.col
}

// chosen reads @ID or @^ID and says whether the rest of the line is for this node.
func (s *scan) chosen() bool {
	from := s.at + 1
	for s.more() && !blank(s.text[s.at]) {
		s.at++
	}
	id, not := strings.CutPrefix(s.text[from:s.at], "^")
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
		s.emit(from, word)
	default:
		s.plain()
		s.emit(from, word)
		if s.more() && (s.text[s.at] == '!' || s.text[s.at] == '#') {
			col := s.column(s.at)
			s.l.report("comment-in-word", Span{s.no, col, s.no, col + utf8.RuneCountInString(s.text[s.at:]), 0},
				"Word", s.text[from:s.at], "Comment", s.text[s.at:])
		}
	}
	return true
}

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
	col := s.column(from)
	s.l.report("unmatched-quote", Span{s.no, col, s.no, col + utf8.RuneCountInString(s.text[from:s.at]), 0})
}

func (s *scan) plain() {
	for ; s.more(); s.at++ {
		switch c := s.text[s.at]; c {
		case '"', '{', '}', '!', '#', ' ', '\t', '\f', '\v', '\r':
			return
		case '\\':
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
}

func (s *scan) emit(from int, k kind) {
	l := s.l
	t := Token{
		Lead: l.text[l.end : s.base+from],
		Raw:  l.text[s.base+from : s.base+s.at],
		Line: int32(s.no), Col: int32(s.column(from)), kind: k, first: !s.begun,
	}
	if l.origins != nil {
		at := l.source(t.Span())
		t.Line, t.Col, t.end, t.file = int32(at.Line), int32(at.Col), int32(at.EndCol), uint16(at.File)
	}
	l.tokens = append(l.tokens, t)
	l.end = s.base + s.at
	s.begun = true
}

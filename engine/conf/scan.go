package conf

import (
	"strings"
	"unicode/utf8"
)

// scan is the reading of one line; its methods take and give positions in it.
type scan struct {
	l       *lexer
	text    string
	no      int
	escaped bool // the last plain word has a backslash
}

// skipBlank gives the first position from at on that is no blank.
func (s *scan) skipBlank(at int) int {
	for at < len(s.text) && blank(s.text[at]) {
		at++
	}
	return at
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r' }

// place is where bytes from..to of the line stand.
func (s *scan) place(from, to int) Span {
	col := 1 + utf8.RuneCountInString(s.text[:from])
	return Span{s.no, col, s.no, col + utf8.RuneCountInString(s.text[from:to]), 0}
}

// chosen reads @ID or @^ID at a position and gives that of the rest of the line,
// or -1 where there is none for this node.
func (s *scan) chosen(at int) int {
	m, rest, _ := MarkOf(s.text[at:])
	s.widen(m.ID)
	if rest == "" || !m.Holds(s.l.node) {
		return -1
	}
	return s.skipBlank(len(s.text) - len(rest))
}

// widen takes note of characters of more than a byte.
func (s *scan) widen(text string) {
	s.l.wide = s.l.wide || utf8.RuneCountInString(text) < len(text)
}

// quoted gives the end of a word in double quotes; a backslash guards the character
// after it. A quote that nobody closes ends with the line.
func (s *scan) quoted(from int) int {
	at := from + 1
	for ; at < len(s.text) && s.text[at] != '"'; at++ {
		if s.text[at] == '\\' {
			at++
		}
	}
	if at < len(s.text) {
		at++
	} else {
		at = max(from+1, len(strings.TrimRight(s.text, " \t\f\v\r")))
		s.l.report("unmatched-quote", s.place(from, at))
	}
	s.widen(s.text[from:at])
	return at
}

// special are the characters that end a plain word or mean something in it.
var special = [utf8.RuneSelf]bool{'"': true, '{': true, '}': true, '!': true, '#': true,
	' ': true, '\t': true, '\f': true, '\v': true, '\r': true, '\\': true, '$': true}

// plain gives the end of a word without quotes.
func (s *scan) plain(from int) int {
	s.escaped = false
	at := from
	for ; at < len(s.text); at++ {
		c := s.text[at]
		if c < utf8.RuneSelf && !special[c] {
			continue
		}
		if c >= utf8.RuneSelf {
			s.l.wide = true
			continue
		}
		if c == '\\' {
			s.escaped = true
			// A backslash guards what would end the word, but not a brace or a blank.
			if n := at + 1; n < len(s.text) && strings.IndexByte(`\"!#`, s.text[n]) >= 0 {
				at++
			}
			continue
		}
		if c == '$' {
			// The braces of ${NAME} are no block.
			if _, n := use(s.text[at:]); n > 0 {
				at += n - 1
			}
			continue
		}
		if c == '!' || c == '#' {
			s.l.report("comment-in-word", s.place(at, len(s.text)), "Word", s.text[from:at], "Comment", s.text[at:])
		}
		return at
	}
	return at
}

// indent is the width of what a line begins with, with tabs of eight.
func indent(lead string) int {
	w := 0
	for _, c := range lead {
		if c == '\t' {
			w += 8 - w%8
		} else {
			w++
		}
	}
	return w
}

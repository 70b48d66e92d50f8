package conf

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxLine is the longest line keepalived reads, in bytes, and maxRead the longest
// that is read here; maxTokens is how many words and braces a text may have (a
// hundred thousand real servers have two million), and maxAlike how often one kind
// of problem is reported: rubbish stays cheap.
const (
	maxLine   = 1024
	maxRead   = 64 << 10
	maxTokens = 6 << 20
	maxAlike  = 1000
)

// lexer cuts a text into tokens, one physical line at a time. It turns no byte
// into another: what is not a token becomes the lead of the next one.
type lexer struct {
	text    string
	node    string
	tokens  []Token
	notes   notes
	end     int      // one past the last token
	origins []origin // of the lines of an expanded text, in which no @ID is left
	badUTF8 bool
}

func (l *lexer) run() {
	// A token and its lead take about eight bytes of text in practice.
	l.tokens = make([]Token, 0, len(l.text)/8+16)
	start := 0
	if strings.HasPrefix(l.text, "\ufeff") {
		start = len("\ufeff")
		l.report("bom", Span{1, 1, 1, 2, 0})
	}
	for no := 1; start < len(l.text); no++ {
		end := len(l.text)
		if i := strings.IndexByte(l.text[start:], '\n'); i >= 0 {
			end = start + i
		}
		l.line(start, end, no)
		start = end + 1
		if len(l.tokens) > maxTokens {
			l.report("too-many-words", Span{no, 1, no, 2, 0}, "Most", strconv.Itoa(maxTokens))
			return
		}
	}
}

// report reports a problem where it stands in the source.
func (l *lexer) report(code string, at Span, args ...string) {
	l.notes.report(code, l.source(at), args...)
}

func (l *lexer) source(at Span) Span {
	if l.origins == nil {
		return at
	}
	return l.origins[at.Line-1].back(at.Col, at.EndCol)
}

func (l *lexer) line(start, end, no int) {
	line := strings.TrimSuffix(l.text[start:end], "\r")
	whole := func() Span { return Span{no, 1, no, 1 + utf8.RuneCountInString(line), 0} }
	if i := strings.IndexByte(line[:min(len(line), maxRead)], 0); i >= 0 {
		col := 1 + utf8.RuneCountInString(line[:i])
		l.report("nul-byte", Span{no, col, no, col + 1, 0})
		return
	}
	if len(line) > maxRead {
		l.report("line-unread", Span{no, 1, no, 2, 0}, "Bytes", strconv.Itoa(len(line)), "Most", strconv.Itoa(maxRead))
		return
	}
	if len(line) > maxLine {
		l.report("line-too-long", whole(), "Bytes", strconv.Itoa(len(line)), "Most", strconv.Itoa(maxLine))
	}
	if !l.badUTF8 && !utf8.ValidString(line) {
		l.badUTF8 = true
		l.report("invalid-utf8", whole())
	}
	s := scan{l: l, text: line, base: start, no: no, col: 1}
	s.skipBlank()
	if l.origins == nil && s.more() && s.text[s.at] == '@' {
		if !s.chosen() {
			return
		}
		s.skipBlank()
	}
	for s.more() {
		if !s.token() {
			return
		}
		s.skipBlank()
	}
}

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

package conf

import (
	"math"
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
	maxTokens = 4 << 20
	maxAlike  = 1000
)

// lexer finds the tokens of a text, one physical line at a time. It turns no byte
// into another: what is not a token becomes the lead of the next one.
type lexer struct {
	text    string
	node    string
	marks   []mark
	notes   notes
	end     int      // one past the last token
	origins course   // of the lines of an expanded text, in which no @ID is left
	follow  follower // of origins
	lines   []int32  // of an expanded text: the line of the source for each mark
	sound   bool     // all of the text is UTF-8 without a NUL
	badUTF8 bool
	wide    bool // a token has characters of more than a byte
}

func (l *lexer) run() {
	// A token and its lead take five bytes of text and more in practice. Room that is not
	// used is not touched.
	l.marks = make([]mark, 0, len(l.text)/4+16)
	if l.origins != nil {
		l.lines, l.follow.course = make([]int32, 0, cap(l.marks)), l.origins
	}
	l.sound = strings.IndexByte(l.text, 0) < 0 && utf8.ValidString(l.text)
	start := bom(l.text)
	if start > 0 {
		l.report("bom", Span{1, 1, 1, 2, 0})
	}
	for no := 1; start < len(l.text); no++ {
		end := len(l.text)
		if i := strings.IndexByte(l.text[start:], '\n'); i >= 0 {
			end = start + i
		}
		l.line(start, end, no)
		start = end + 1
		if len(l.marks) > maxTokens {
			l.report("too-many-words", Span{no, 1, no, 2, 0}, "Most", strconv.Itoa(maxTokens))
			return
		}
	}
}

// bom is the length of the byte order mark that a text begins with.
func bom(text string) int {
	const mark = "\ufeff"
	if strings.HasPrefix(text, mark) {
		return len(mark)
	}
	return 0
}

// report reports a problem where it stands in the source.
func (l *lexer) report(code string, at Span, args ...string) {
	l.notes.report(code, source(l.origins, at), args...)
}

// source is where a place of an expanded text stands in the source.
func source(origins course, at Span) Span {
	if origins == nil {
		return at
	}
	return origins.at(at.Line).back(at.Col, at.EndCol)
}

func (l *lexer) line(start, end, no int) {
	line := l.text[start:end]
	if end > start && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	if (len(line) > maxLine || !l.sound) && !l.fit(line, no) {
		return
	}
	s := scan{l: l, text: line, no: no}
	at := 0
	for at < len(line) && line[at] == ' ' {
		at++
	}
	width := at
	if at < len(line) && (line[at] == '@' || blank(line[at])) {
		if at = s.skipBlank(at); l.origins == nil && at < len(line) && line[at] == '@' {
			if at = s.chosen(at); at < 0 {
				return
			}
		}
		width = indent(line[:at])
	}
	before := len(l.marks)
	for k := first; at < len(line); k = 0 {
		from := at
		switch line[at] {
		case '!', '#':
			l.join(line, no, before)
			return
		case '{':
			k, at = k|open, at+1
		case '}':
			k, at = k|closing, at+1
		case '"':
			at = s.quoted(at)
		default:
			if at = s.plain(at); !s.escaped {
				k |= bare
			}
		}
		l.add(mark{at: uint32(start + from), end: uint32(start + at), indent: uint16(min(width, math.MaxUint16)), kind: k}, no)
		at = s.skipBlank(at)
	}
	l.join(line, no, before)
}

// join makes a last backslash of a line part of its last word, as keepalived reads it:
// blanks and a comment between them are left out. Behind a brace or a word in quotes it
// is a word of its own, and without any word nothing. In a definition this is not asked.
func (l *lexer) join(line string, no, before int) {
	l.lone(line, no, before)
	if n := len(l.marks); n > before && strings.IndexByte(line, '\\') >= 0 && (guarding(line) || guarding(line[:content(line)])) {
		last := &l.marks[n-1]
		if alone := l.text[last.at:last.end] == `\`; alone && n-1 > before {
			last = &l.marks[n-2]
			n--
		}
		if raw := l.text[last.at:last.end]; !last.kind.word() || raw[0] == '"' || raw == `\` {
			return
		}
		if n < len(l.marks) {
			last.end = l.marks[n].end
			l.marks = l.marks[:n]
			if l.origins != nil {
				l.lines = l.lines[:n]
			}
			l.end = int(last.end)
		}
		last.kind = last.kind&^bare | joined
	}
}

// lone reports a comment that ends with a backslash where no plain word stands before
// it to bear that: keepalived leaves out the comment, and reads the backslash as a word.
func (l *lexer) lone(line string, no, before int) {
	if !guarding(line) || guarding(line[:content(line)]) {
		return
	}
	if n := len(l.marks); n > before && l.marks[n-1].kind.word() && l.text[l.marks[n-1].at] != '"' {
		return
	}
	end := utf8.RuneCountInString(line)
	l.report("comment-backslash", Span{no, end, no, end + 1, 0})
}

func (l *lexer) add(m mark, no int) {
	l.marks = append(l.marks, m)
	if l.origins != nil {
		l.lines = append(l.lines, l.follow.at(no).line)
	}
	l.end = int(m.end)
}

// fit says whether a line can be read, and reports what is wrong with it.
func (l *lexer) fit(line string, no int) bool {
	whole := func() Span { return Span{no, 1, no, 1 + utf8.RuneCountInString(line), 0} }
	if i := strings.IndexByte(line[:min(len(line), maxRead)], 0); i >= 0 {
		col := 1 + utf8.RuneCountInString(line[:i])
		l.report("nul-byte", Span{no, col, no, col + 1, 0})
		return false
	}
	if len(line) > maxRead {
		l.report("line-unread", Span{no, 1, no, 2, 0}, "Bytes", strconv.Itoa(len(line)), "Most", strconv.Itoa(maxRead))
		return false
	}
	if len(line) > maxLine {
		l.report("line-too-long", whole(), "Bytes", strconv.Itoa(len(line)), "Most", strconv.Itoa(maxLine))
	}
	if !l.badUTF8 && !utf8.ValidString(line) {
		l.badUTF8 = true
		l.report("invalid-utf8", whole())
	}
	return true
}

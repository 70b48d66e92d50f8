package conf

import (
	"strings"
	"unicode/utf8"
)

// splitter makes tokens of marks, going forward through the text.
type splitter struct {
	text    string
	origins follower
	wide    bool
	end     int // of the token before
	line    int
	start   int // where the line begins in the text
	col     int // in a wide text: of the byte counted
	counted int
}

func newSplitter(l *lexer) splitter {
	start := bom(l.text)
	return splitter{text: l.text, origins: follower{course: l.origins}, wide: l.wide, line: 1, start: start, col: 1, counted: start}
}

func (c *splitter) next(m mark, t *Token) {
	at, end := int(m.at), int(m.end)
	if m.kind&first != 0 {
		c.lines(at)
	}
	t.Lead, t.Raw = c.text[c.end:at], c.text[at:end]
	t.Line, t.Col = int32(c.line), int32(c.column(at))
	t.end, t.file, t.kind = 0, 0, m.kind
	if c.origins.course != nil {
		s := t.Span()
		from := c.origins.at(s.Line).back(s.Col, s.EndCol)
		t.Line, t.Col, t.end, t.file = int32(from.Line), int32(from.Col), int32(from.EndCol), uint16(from.File)
	}
	c.end = end
}

// leave passes over tokens up to and with m.
func (c *splitter) leave(m mark) {
	c.lines(int(m.at))
	c.end = int(m.end)
}

// lines counts the lines up to the one with byte at.
func (c *splitter) lines(at int) {
	lead := c.text[c.end:at]
	last := strings.LastIndexByte(lead, '\n')
	if last < 0 {
		return
	}
	c.line++
	if last > 0 {
		c.line += strings.Count(lead[:last], "\n")
	}
	c.start = c.end + last + 1
	c.col, c.counted = 1, c.start
}

// column is the column of byte at, which is not before the last one asked for.
func (c *splitter) column(at int) int {
	if !c.wide {
		return 1 + at - c.start
	}
	c.col += utf8.RuneCountInString(c.text[c.counted:at])
	c.counted = at
	return c.col
}

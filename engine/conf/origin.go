package conf

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// origin is where a line of an expanded text came from. Without segs the columns
// are the same; otherwise the segs make up the line one after another.
type origin struct {
	file int
	line int
	segs []seg
}

// seg is a piece of an expanded line: either text that stands verbatim at col, or
// what a use at col..end was replaced by. at is its column in the expanded line.
type seg struct {
	text     string
	at       int
	col, end int
	verbatim bool
}

// pieces are the segs of a line as they are put together.
type pieces struct {
	segs []seg
	at   int // column after the last
}

func (p *pieces) add(s seg) {
	if p.at == 0 {
		p.at = 1
	}
	s.at = p.at
	p.at += utf8.RuneCountInString(s.text)
	p.segs = append(p.segs, s)
}

func join(segs []seg) string {
	if len(segs) == 1 {
		return segs[0].text
	}
	var b strings.Builder
	for _, s := range segs {
		b.WriteString(s.text)
	}
	return b.String()
}

// back gives the place in the source of columns from..to (to is one past the last).
func (o origin) back(from, to int) Span {
	if len(o.segs) == 0 {
		return Span{o.line, from, o.line, to, o.file}
	}
	first, _ := o.column(from)
	_, last := o.column(max(from, to-1))
	return Span{o.line, first, o.line, max(first, last), o.file}
}

// column is where the character at col began and ended in the source.
func (o origin) column(col int) (from, to int) {
	i := sort.Search(len(o.segs), func(i int) bool { return o.segs[i].at > col }) - 1
	s := o.segs[max(i, 0)]
	if s.verbatim {
		return s.col + col - s.at, s.col + col - s.at + 1
	}
	return s.col, s.end
}

package conf

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// origin is where a line of an expanded text came from. Without segs the columns
// are the same; otherwise the segs make up the line one after another.
type origin struct {
	file, line int32
	segs       []seg
}

// seg is a piece of an expanded line: either text that stands verbatim at col, or
// what a use at col..end was replaced by. at is its column in the expanded line.
type seg struct {
	at, col, end int32
	verbatim     bool
}

// pieces are the segs of a line as they are put together, and their text.
type pieces struct {
	segs []seg
	text strings.Builder
	at   int // column after the last
}

// verbatim adds text that stands at col.
func (p *pieces) verbatim(text string, col int) { p.add(text, seg{col: int32(col), verbatim: true}) }

// replaced adds what stands in place of col..end.
func (p *pieces) replaced(text string, col, end int) {
	p.add(text, seg{col: int32(col), end: int32(end)})
}

func (p *pieces) add(text string, s seg) {
	p.at = max(p.at, 1)
	s.at = int32(p.at)
	p.at += utf8.RuneCountInString(text)
	p.segs = append(p.segs, s)
	p.text.WriteString(text)
}

// back gives the place in the source of columns from..to (to is one past the last).
func (o origin) back(from, to int) Span {
	if len(o.segs) == 0 {
		return Span{int(o.line), from, int(o.line), to, int(o.file)}
	}
	first, _ := o.column(from)
	_, last := o.column(max(from, to-1))
	return Span{int(o.line), first, int(o.line), max(first, last), int(o.file)}
}

// column is where the character at col began and ended in the source.
func (o origin) column(col int) (from, to int) {
	i := sort.Search(len(o.segs), func(i int) bool { return int(o.segs[i].at) > col }) - 1
	s := o.segs[max(i, 0)]
	if s.verbatim {
		from = int(s.col) + col - int(s.at)
		return from, from + 1
	}
	return int(s.col), int(s.end)
}

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

// course is where the lines of an expanded text came from, a run of them after the
// other: a text of many lines has few that do not stand so in their source.
type course []run

// run is some lines, from first on: those that follow one another in a source, or,
// with segs, such as came from one and the same place.
type run struct {
	origin
	first int32
}

// add is for the next line, no.
func (c *course) add(no int, o origin) {
	if n := len(*c); n > 0 && (*c)[n-1].holds(no, o) {
		return
	}
	*c = append(*c, run{o, int32(no)})
}

// holds says whether line no, which came from o, goes on with the run.
func (r *run) holds(no int, o origin) bool {
	if r.file != o.file || len(r.segs) != len(o.segs) {
		return false
	}
	if len(o.segs) > 0 {
		return &r.segs[0] == &o.segs[0]
	}
	return o.line-r.line == int32(no)-r.first
}

// of is the origin of line no, which is in run i.
func (c course) of(i, no int) origin {
	o := c[i].origin
	if len(o.segs) == 0 {
		o.line += int32(no) - c[i].first
	}
	return o
}

// at is the origin of line no.
func (c course) at(no int) origin {
	return c.of(sort.Search(len(c), func(i int) bool { return int(c[i].first) > no })-1, no)
}

// follower goes down a course.
type follower struct {
	course
	i int
}

// at is the origin of line no, which is not before the last one asked for.
func (f *follower) at(no int) origin {
	for f.i+1 < len(f.course) && int(f.course[f.i+1].first) <= no {
		f.i++
	}
	return f.of(f.i, no)
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

// commonPieces is how many pieces most lines have: what stands before a use, the
// use, and what stands behind it, with the indentation and a comment.
const commonPieces = 5

// room makes room for a line of about so many bytes.
func (p *pieces) room(size int) {
	p.segs = make([]seg, 0, commonPieces)
	p.text.Grow(size)
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
	i, end := 0, len(o.segs) // of the last seg that does not begin behind col
	for i+1 < end {
		if m := (i + end) / 2; int(o.segs[m].at) > col {
			end = m
		} else {
			i = m
		}
	}
	s := o.segs[i]
	if s.verbatim {
		from = int(s.col) + col - int(s.at)
		return from, from + 1
	}
	return int(s.col), int(s.end)
}

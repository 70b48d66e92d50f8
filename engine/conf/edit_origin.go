package conf

import (
	"strings"
	"unicode/utf8"
)

// made is how many of the lines of an expanded text, so many in total, come from a
// line of the text itself, and where the last of them came from.
func (x *Expanded) made(line, total int) (int, origin) {
	n, last := 0, origin{}
	for i := range x.lines {
		r := &x.lines[i]
		if r.file != 0 {
			continue
		}
		lines := total + 1 - int(r.first)
		if i+1 < len(x.lines) {
			lines = int(x.lines[i+1].first - r.first)
		}
		switch at := line - int(r.line); {
		case len(r.segs) > 0 && at == 0:
			n, last = n+lines, r.origin
		case len(r.segs) == 0 && at >= 0 && at < lines:
			n, last = n+1, origin{file: r.file, line: int32(line)}
		}
	}
	return n, last
}

// plain says why bytes start..end do not stand in what is read as they are
// written. An include is a statement like any other.
func (d *Draft) plain(start, end int, at Span) *Refusal {
	if d.grown == nil {
		return nil
	}
	no := 1 + strings.Count(d.text[:start], "\n")
	for from := start; ; no++ {
		begin, to := d.line(from)
		word := ""
		if first, _ := d.next(begin); int(first.end) <= to {
			word = d.text[first.at:first.end]
		}
		if r := d.plainLine(no, from, min(end, to), word, at); r != nil {
			return r
		}
		if from = to + 1; from >= end {
			return nil
		}
	}
}

// plainLine is plain for bytes of line no, which begins with a word.
func (d *Draft) plainLine(no, from, to int, word string, at Span) *Refusal {
	if strings.HasPrefix(word, "~") {
		return refuse(EditGenerator, at, "Name", Beginning(word, maxShown))
	}
	n, o := d.grown.made(no, d.grownLines)
	switch {
	case IsInclude(word) && d.opt.Files != nil:
		return nil
	case n != 1:
		return refuse(EditDefinition, at, "Name", Beginning(word, maxShown))
	}
	begin := strings.LastIndexByte(d.text[:from], '\n') + 1 // a byte order mark is a column
	col := func(i int) int32 { return int32(1 + utf8.RuneCountInString(d.text[begin:i])) }
	for _, s := range o.segs {
		if !s.verbatim && s.col < max(col(to), col(from)+1) && s.end > col(from) {
			return refuse(EditDefinition, at, "Name", columns(d.text[begin:], s.col, s.end))
		}
	}
	return nil
}

// columns are the characters from..to of a line.
func columns(line string, from, to int32) string {
	var b strings.Builder
	col := int32(1)
	for _, c := range line {
		if col >= to || c == '\n' {
			break
		}
		if col >= from {
			b.WriteRune(c)
		}
		col++
	}
	return b.String()
}

package conf

import "strings"

// insert writes a statement on lines of its own.
func (d *Draft) insert(s *site, n Statement) Change {
	lf, margin := d.lineEnd(s.after), d.marginFor(s)
	next, more := d.next(s.after)
	if len(s.outer) == 0 && s.i == 0 && more {
		return d.insertFirst(int(next.at), n, margin)
	}
	written := d.write(n, margin, lf)
	_, end := d.line(s.after)
	if len(s.outer) == 0 && s.i == 0 {
		end = len(d.text) // a text of nothing but comments
	}
	if more && int(next.at) < end { // the line goes on
		outer := margin
		if next.kind&closing != 0 && len(s.outer) > 0 {
			outer = d.margin(s.outer[len(s.outer)-1].start)
		}
		if here := d.margin(s.after); condition(outer) != condition(here) {
			outer = here
		}
		return Change{At: s.after, Old: d.text[s.after:next.at], New: lf + written + lf + outer}
	}
	if len(s.outer) == 0 && n.Block && s.i > 0 && s.list[s.i-1].Block != nil {
		written = lf + written // blocks of the outermost level stand apart
	}
	switch {
	case end < len(d.text):
		return Change{At: end + 1, New: written + lf}
	case end == bom(d.text) || d.text[end-1] == '\n':
		return Change{At: end, New: written + lf}
	}
	return Change{At: end, New: lf + written}
}

// insertFirst writes a statement before the first one, which stands at a byte, and
// before the comments right above that.
func (d *Draft) insertFirst(first int, n Statement, margin string) Change {
	at, _ := d.line(first)
	for at > bom(d.text) {
		start, end := d.line(at - 1)
		if strings.TrimSpace(d.text[start:end]) == "" {
			break
		}
		at = start
	}
	lf := d.lineEnd(first)
	written := d.write(n, margin, lf) + lf
	if n.Block {
		written += lf
	}
	return Change{At: at, New: written}
}

// write spells a statement, without the end of its last line.
func (d *Draft) write(n Statement, margin, lf string) string {
	unit := ""
	if n.Block {
		unit = d.unit()
	}
	var b strings.Builder
	spell(&b, n, margin, unit, lf)
	return b.String()
}

func spell(b *strings.Builder, n Statement, margin, unit, lf string) {
	b.WriteString(margin)
	for i, w := range n.Words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(Quote(w))
	}
	if !n.Block {
		return
	}
	b.WriteString(" {" + lf)
	for _, in := range n.Inside {
		spell(b, in, margin+unit, unit, lf)
		b.WriteString(lf)
	}
	b.WriteString(margin + "}")
}

// marginFor is what stands before a statement that is inserted at a place: the
// indentation of a neighbour, and the mark of the line that opens the block.
func (d *Draft) marginFor(s *site) string {
	outer, want := "", ""
	if n := len(s.outer); n > 0 {
		outer = d.margin(s.outer[n-1].start)
		want = condition(outer)
	}
	at, found := s.after, -1
	for i := s.i - 1; i >= 0; i-- {
		at -= s.list[i].size()
		if found = d.beside(at+s.list[i].lead(), want); found >= 0 {
			return d.margin(found)
		}
	}
	at = s.after
	for i := s.i; i < len(s.list); i++ {
		if found = d.beside(at+s.list[i].lead(), want); found >= 0 {
			return d.margin(found)
		}
		at += s.list[i].size()
	}
	if len(s.outer) == 0 {
		return ""
	}
	return outer + d.unit()
}

// beside gives a byte back where a line of the condition begins with its token,
// else -1.
func (d *Draft) beside(at int, want string) int {
	if t, _ := d.next(at); t.kind&first == 0 || condition(d.margin(at)) != want {
		return -1
	}
	return at
}

// plainUnit is by how much a block is indented where the text shows no way of its own.
const plainUnit = "    "

// unit is by how much the text indents a block: as the first one that does.
func (d *Draft) unit() string {
	var margins []string // of the lines that open the blocks around
	for i := range d.marks {
		m := &d.marks[i]
		if m.kind&first != 0 && len(margins) > 0 && m.kind&closing == 0 {
			here := d.margin(int(m.at))
			if unit, ok := strings.CutPrefix(here, margins[len(margins)-1]); ok && unit != "" && condition(unit) == "" {
				return unit
			}
		}
		switch {
		case m.kind&open != 0:
			margins = append(margins, d.margin(int(m.at)))
		case m.kind&closing != 0 && len(margins) > 0:
			margins = margins[:len(margins)-1]
		}
	}
	return plainUnit
}

// remove takes a statement away: with its lines where they are its own.
func (d *Draft) remove(s *site) Change {
	start, end := s.bytes()
	next, more := d.next(end)
	_, lineEnd := d.line(end)
	more = more && int(next.at) < lineEnd
	begins, _ := d.next(start)
	switch alone := begins.kind&first != 0; {
	case alone && !more:
		start, _ = d.line(start)
		end = min(lineEnd+1, len(d.text))
	case alone:
		end = int(next.at)
	default:
		start = s.after
	}
	return Change{At: start, Old: d.text[start:end]}
}

// replace writes a statement where another stood.
func (d *Draft) replace(s *site, n Statement) Change {
	start, end := s.bytes()
	margin, lf := d.margin(start), d.lineEnd(start)
	written := strings.TrimPrefix(d.write(n, margin, lf), margin)
	next, more := d.next(end)
	_, lineEnd := d.line(end)
	switch {
	case n.Block:
	case more && int(next.at) < lineEnd && next.kind.word():
		written += lf + margin // else its line would take in the next statement
	default:
		written = d.apart(written, end)
	}
	return Change{At: start, Old: d.text[start:end], New: written}
}

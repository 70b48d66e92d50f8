package conf

import "strings"

// may says why an edit cannot be done at a place, as far as that is known before.
func (d *Draft) may(e Edit, s *site) *Refusal {
	n := s.node()
	if e.verb != insert && n == nil {
		return refuse(EditNowhere, Span{})
	}
	for i := range s.outer {
		if r := d.mayEnter(&s.outer[i]); r != nil {
			return r
		}
	}
	if r := unwritable(e, s); r != nil {
		return r
	}
	if e.verb == insert {
		return d.mayInsert(s)
	}
	if n.Stray || len(n.Words) == 0 {
		return refuse(EditUnbalanced, n.Span(), "Word", "{")
	}
	from, to := 0, len(n.Words)
	switch e.verb {
	case setWord:
		if e.word < 0 || e.word >= len(n.Words) {
			return refuse(EditNowhere, n.Span())
		}
		from, to = e.word, e.word+1
	case remove:
		to = 1 // what its other words come from does not matter
	case setWords:
		from, to, _ = differing(n.Words, e.words)
	}
	var at, end int
	if from < to {
		at, _ = s.word(from)
		_, end = s.word(to - 1)
	} else { // more words, behind one that stays or before the first
		_, at = s.word(max(from-1, 0))
		end = at
	}
	if r := d.plain(at, end, n.Span()); r != nil || e.verb == setWord || e.verb == setWords {
		return r
	}
	return d.mayTake(s)
}

// mayEnter says why nothing inside a block can be edited.
func (d *Draft) mayEnter(a *around) *Refusal {
	if !a.node.Block.Closed || len(a.node.Words) == 0 {
		return refuse(EditUnbalanced, a.node.Span(), "Word", a.node.Word(0))
	}
	if r := d.plain(a.start, a.start, a.node.Span()); r != nil {
		return r
	}
	return d.plain(a.open, a.open+1, a.node.Span())
}

// mayInsert says why no line can be added to the block around a place: the lines
// of its braces are not for the same nodes.
func (d *Draft) mayInsert(s *site) *Refusal {
	if len(s.outer) == 0 {
		return nil
	}
	a := &s.outer[len(s.outer)-1]
	if a.node.Block.Deep != "" {
		return refuse(EditUnclear, a.node.Span())
	}
	begins := condition(d.margin(a.start))
	if condition(d.margin(a.open)) != begins || condition(d.margin(a.close)) != begins {
		return refuse(EditCondition, a.node.Span(), "Word", a.node.Word(0))
	}
	return nil
}

// mayTake says why the lines of a statement cannot go: another part of the text
// needs them.
func (d *Draft) mayTake(s *site) *Refusal {
	n := s.node()
	if n.Block != nil && !n.Block.Closed {
		return refuse(EditUnbalanced, n.Span(), "Word", n.Word(0))
	}
	start, end := s.bytes()
	if d.braces(start, end) != 0 {
		return refuse(EditUnbalanced, n.Span(), "Word", n.Word(0))
	}
	uneven := map[string]int{} // braces of the lines of each mark
	for at := start; at < end; {
		from, to := d.line(at)
		body := strings.TrimLeft(d.text[from:min(to, end)], " \t\f\v\r")
		if mark := condition(body); mark != "" {
			body = strings.TrimLeft(body[len(mark):], " \t\f\v\r")
			part := NewDraft("", body, Options{})
			uneven[mark] += part.braces(0, len(body))
		}
		if name, _, ok := definition(body); ok && d.grown != nil {
			return refuse(EditDefinition, n.Span(), "Name", "$"+name)
		}
		at = to + 1
	}
	for _, n := range uneven {
		if n != 0 {
			return refuse(EditCondition, s.node().Span(), "Word", s.node().Word(0))
		}
	}
	return nil
}

// braces is how many blocks bytes start..end open without closing them.
func (d *Draft) braces(start, end int) int {
	n := 0
	for t, more := d.next(start); more && int(t.at) < end; t, more = d.next(int(t.end)) {
		if t.kind&open != 0 {
			n++
		} else if t.kind&closing != 0 {
			n--
		}
	}
	return n
}

// unwritable says which value of an edit cannot be written.
func unwritable(e Edit, s *site) *Refusal {
	at := Span{}
	if n := s.node(); n != nil {
		at = n.Span()
	} else if len(s.outer) > 0 {
		at = s.outer[len(s.outer)-1].node.Span()
	}
	switch e.verb {
	case setWord, setWords:
		return unwritableWords(e.words, at)
	case insert, replace:
		return unwritableStatement(e.statement, at, 0)
	}
	return nil
}

func unwritableStatement(s Statement, at Span, depth int) *Refusal {
	if r := unwritableWords(s.Words, at); r != nil {
		return r
	}
	if depth >= maxDepth || !s.Block && len(s.Inside) > 0 {
		return refuse(EditUnclear, at)
	}
	for _, in := range s.Inside {
		if r := unwritableStatement(in, at, depth+1); r != nil {
			return r
		}
	}
	return nil
}

func unwritableWords(words []string, at Span) *Refusal {
	if len(words) == 0 {
		return refuse(EditValue, at, "Value", "")
	}
	for _, w := range words {
		if !Writable(w) {
			return refuse(EditValue, at, "Value", w)
		}
	}
	return nil
}

// Writable says whether a value can be written as one word that reads back.
func Writable(value string) bool {
	if strings.ContainsAny(value, "\x00\n\r") {
		return false
	}
	l := &lexer{text: "w " + Quote(value)}
	l.run()
	if len(l.marks) != 2 || l.notes.alike["unmatched-quote"]+l.notes.alike["comment-in-word"] > 0 {
		return false
	}
	m := l.marks[1]
	return int(m.end) == len(l.text) && Token{Raw: l.text[m.at:m.end], kind: m.kind}.Value() == value
}

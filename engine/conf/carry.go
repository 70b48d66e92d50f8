package conf

import "strings"

// carry carries out a line: one of a file (own), whose mark and comment are read, or
// one that a definition or a generator brought. What it means is decided here, where
// it is used, in the order of keepalived 2.2.7: its node, a definition, a generator,
// its uses, an include.
func (x *expander) carry(body string, s *span, own bool) {
	var p *pieces // of a line of a file after its first uses
	changed, alone := false, own && IsInclude(firstWord(body)) && !strings.HasPrefix(strings.TrimLeft(s.text, " \t"), "@")
	for round := 0; ; round++ {
		if strings.HasPrefix(body, "@") && (!own || round > 0) {
			m, rest, _ := MarkOf(body)
			if rest == "" || !m.Holds(x.opt.Node) {
				return
			}
			if changed {
				x.notes.report("mark-by-definition", s.place(s.from, s.to), "Mark", m.String())
			}
			body, p, own = strings.TrimLeft(rest, " \t"), nil, false
		}
		if name, value, ok := definition(body); ok {
			x.define(name, value)
			return
		}
		if strings.HasPrefix(body, "~") {
			x.generate(decommentOwn(body, own && !changed), s)
			return
		}
		if strings.IndexByte(body, '$') < 0 {
			break
		}
		r := x.replace(body, s, own && !changed)
		if x.full || r.failed && x.opt.Files != nil && IsInclude(firstWord(body)) {
			return
		}
		if r.failed || !r.changed {
			break
		}
		p = nil
		if own && !changed {
			p = &r.pieces
		}
		changed = true
		for i := range r.rests {
			if !x.push(&r.rests[i]) {
				return
			}
		}
		if body = decomment(r.pieces.text.String()); !strings.HasPrefix(body, "@") && strings.IndexByte(body, '$') < 0 {
			break
		}
	}
	if !own || changed {
		x.listen(body)
	}
	if x.include(body, s, alone) {
		return
	}
	if strings.HasPrefix(body, "~") { // keepalived looks for a generator before it replaces
		x.notes.report("bad-generator", s.place(s.from, s.to), "Value", Beginning(body, maxShown))
		return
	}
	if from := behindBrace(body); from >= 0 { // keepalived reads on behind a brace as if a line began there
		x.push(&batch{s: s, lines: []string{decommentOwn(body[from:], own && !changed)}})
		body, p, changed = body[:from], nil, true
	}
	switch {
	case own && !changed:
		x.emit(s.unchanged())
	case p != nil:
		p.verbatim(s.text[s.to:], s.col(s.to)) // its comment stays
		x.make(p.text.String(), origin{file: int32(s.file), line: int32(s.no), segs: p.segs})
	case body != "":
		x.make(s.indent+guarded(body), s.whole())
	}
}

// decommentOwn is decomment for a line that still stands as it does in its file.
func decommentOwn(body string, own bool) string {
	if own {
		return decomment(body)
	}
	return body
}

// firstWord is the word that a line begins with.
func firstWord(body string) string {
	if end := strings.IndexAny(body, " \t"); end >= 0 {
		return body[:end]
	}
	return body
}

// behindBrace is where in a line, right behind a brace, stands what has a meaning at the
// beginning of a line: a mark, a definition, a generator or an include; -1 where
// nothing does.
func behindBrace(body string) int {
	if !strings.ContainsAny(body, "{}") || !strings.ContainsAny(body, "@$~i") {
		return -1
	}
	quoted := false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			quoted = !quoted
		case c == '$' && !quoted:
			if _, n := use(body[i:]); n > 0 {
				i += n - 1
			}
		case (c == '{' || c == '}') && !quoted:
			rest := strings.TrimLeft(body[i+1:], " \t")
			if _, _, defines := definition(rest); defines || rest != "" && (rest[0] == '@' || rest[0] == '~') || IsInclude(firstWord(rest)) {
				return len(body) - len(rest)
			}
		}
	}
	return -1
}

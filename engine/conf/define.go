package conf

import (
	"strings"
	"unicode/utf8"
)

// maxUse is the longest use of a definition with words in its braces.
const maxUse = 256

// replacement is a line whose uses have been replaced.
type replacement struct {
	pieces
	rests   []batch // the further lines of what was used, the next one's last
	changed bool
	failed  bool // it cannot be expanded; the reason is reported
}

// nested is what is left to read of a value that stands in place of its use.
type nested struct{ rest, name string }

// replacer replaces the uses in one line. What a use is replaced by is read again
// with what stands behind it, as keepalived does: ${A}1 with $A=$B is $B1.
type replacer struct {
	*expander
	replacement
	line   string
	s      *span
	own    bool // the line stands so in its file, from byte s.from on
	i      int  // what has been read of line
	plain  int  // where what stands there verbatim begins
	use    int  // where the use being replaced begins, -1 for none
	levels []nested
	grown  strings.Builder // what stands for the use so far
	col    int             // of byte counted of line
	seen   int
	quoted bool // at byte plain
}

// replace replaces the uses of definitions in a line.
func (x *expander) replace(line string, s *span, own bool) *replacement {
	r := &replacer{expander: x, line: line, s: s, own: own, use: -1}
	r.pieces.room(len(s.text))
	if own {
		r.col = s.col(s.from)
		r.verbatim(s.indent, 1)
	}
	for !x.full && !r.failed && r.step() {
	}
	r.flush()
	r.keep(len(line))
	return &r.replacement
}

// step reads up to the next dollar sign and what it stands for.
func (r *replacer) step() bool {
	for n := len(r.levels); n > 0 && r.levels[n-1].rest == ""; n-- {
		r.levels = r.levels[:n-1]
	}
	text := r.line[r.i:]
	if n := len(r.levels); n > 0 {
		text = r.levels[n-1].rest
	} else {
		r.flush()
	}
	to := strings.IndexByte(text, '$')
	if to < 0 {
		if len(r.levels) == 0 {
			return false
		}
		r.copy(len(text))
		return true
	}
	r.copy(to)
	left := r.peek()
	name, n := use(left)
	if n == 0 {
		r.copy(1)
		return true
	}
	r.spend(stepCost)
	value, known := r.value(name, r.at(n))
	if !known || value.several && n < r.left() {
		r.copy(1)
		return true
	}
	if code := r.refused(name, value); code != "" {
		r.notes.report(code, r.at(n), "Name", name)
		r.failed = true
		return false
	}
	return r.bring(name, value, n)
}

// bring puts a value in the place of the next n bytes.
func (r *replacer) bring(name string, value stored, n int) bool {
	r.changed = true
	r.consume(n)
	r.spend(len(value.text) + segCost)
	first, more, _ := strings.Cut(value.text, "\n")
	if value.several {
		f := batch{s: r.s, name: name}
		if more != "" {
			f.lines = strings.Split(more, "\n")
		}
		r.rests = append(r.rests, f)
	}
	r.levels = append(r.levels, nested{first, name})
	if !strings.HasPrefix(first, "~") {
		return true
	}
	for len(r.levels) > 0 { // the uses of a generator are replaced when it is carried out
		top := &r.levels[len(r.levels)-1]
		r.grown.WriteString(top.rest)
		r.levels = r.levels[:len(r.levels)-1]
	}
	return false
}

// refused is why a use cannot be replaced.
func (r *replacer) refused(name string, value stored) string {
	if value.several && r.brings(name) {
		return "definition-loop"
	}
	for _, l := range r.levels {
		if l.name == name {
			return "definition-loop"
		}
	}
	if len(r.levels) > maxNesting {
		return "definition-too-deep"
	}
	if r.pieces.text.Len()+r.grown.Len()+len(value.text) > maxGrown {
		return "definition-too-large"
	}
	return ""
}

// copy passes over n bytes that stand for themselves.
func (r *replacer) copy(n int) {
	if top := len(r.levels) - 1; top >= 0 {
		l := &r.levels[top]
		r.grown.WriteString(l.rest[:n])
		l.rest = l.rest[n:]
		return
	}
	r.i += n
}

// consume passes over n bytes that a value takes the place of.
func (r *replacer) consume(n int) {
	for top := len(r.levels) - 1; top >= 0 && n > 0; top-- {
		l := &r.levels[top]
		k := min(n, len(l.rest))
		l.rest = l.rest[k:]
		n -= k
	}
	if n > 0 && r.use < 0 {
		r.keep(r.i)
		r.use = r.i
	}
	r.i += n
}

// peek is what is left, as far as a use can reach.
func (r *replacer) peek() string {
	top := len(r.levels) - 1
	if top < 0 {
		return r.line[r.i:]
	}
	text, ends := r.levels[top].rest, " \t,)"
	if len(text) > 1 && text[1] == '{' {
		ends = "}"
	}
	if strings.ContainsAny(text, ends) {
		return text
	}
	var b strings.Builder
	for b.WriteString(text); top > 0 && b.Len() < 2*maxUse; {
		top--
		b.WriteString(r.levels[top].rest)
	}
	rest := r.line[r.i:]
	b.WriteString(rest[:min(len(rest), maxUse)])
	r.spend(b.Len())
	return b.String()
}

// left is how much is left of the line and of the values in it.
func (r *replacer) left() int {
	n := len(r.line) - r.i
	for _, l := range r.levels {
		n += len(l.rest)
	}
	return n
}

// at is where the use that is being replaced stands, or the next n bytes.
func (r *replacer) at(n int) Span {
	switch {
	case !r.own:
		return r.s.place(r.s.from, r.s.to)
	case r.use < 0:
		return Span{r.s.no, r.column(r.i), r.s.no, r.column(r.i) + utf8.RuneCountInString(r.line[r.i:r.i+n]), r.s.file}
	}
	end := r.column(r.use) + utf8.RuneCountInString(r.line[r.use:r.i])
	return Span{r.s.no, r.column(r.use), r.s.no, end, r.s.file}
}

// column is that of byte i of an own line; it is counted from the last one asked for.
func (r *replacer) column(i int) int {
	if i < r.seen {
		r.col -= utf8.RuneCountInString(r.line[i:r.seen])
	} else {
		r.col += utf8.RuneCountInString(r.line[r.seen:i])
	}
	r.seen = i
	return r.col
}

// flush ends the use that has been replaced.
func (r *replacer) flush() {
	if r.use < 0 {
		return
	}
	from, to := 0, 0
	if r.own {
		from = r.column(r.use)
		to = r.column(r.i)
	}
	r.replaced(r.grown.String(), from, to)
	r.grown.Reset()
	r.plain, r.use = r.i, -1
}

// keep takes what stands verbatim up to byte end, without the backslashes that
// guard a # or a !.
func (r *replacer) keep(end int) {
	text := r.line[r.plain:end]
	if !r.own {
		if r.pieces.text.WriteString(text); text != "" {
			r.plain = end
		}
		return
	}
	for from, i := r.plain, r.plain; ; i++ {
		if i >= end {
			if from < end {
				r.verbatim(r.line[from:end], r.column(from))
			}
			break
		}
		switch c := r.line[i]; {
		case c == '"':
			r.quoted = !r.quoted
		case c == '\\' && i+1 < end:
			if next := r.line[i+1]; !r.quoted && (next == '#' || next == '!') {
				if from < i {
					r.verbatim(r.line[from:i], r.column(from))
				}
				from = i + 1
			}
			i++
		}
	}
	r.plain = end
}

// use reads $NAME, ${NAME} or ${_ENV NAME} at the beginning of s: the name and how many bytes it
// takes, 0 where there is none. A bare name ends with a blank, a comma, a closing
// parenthesis or the line.
func use(s string) (string, int) {
	if len(s) < 2 || s[0] != '$' {
		return "", 0
	}
	if s[1] != '{' {
		n := 1 + nameLen(s[1:])
		if n == 1 || n < len(s) && strings.IndexByte(" \t,)\n", s[n]) < 0 {
			return "", 0
		}
		return s[1:n], n
	}
	n := 2 + nameLen(s[2:])
	switch {
	case n == 2 || n >= len(s):
	case s[n] == '}':
		return s[2:n], n + 1
	case s[n] == ' ' && takesWords(s[2:n]):
		if end := strings.IndexByte(s[:min(len(s), maxUse)], '}'); end > 0 {
			return s[2:end], end + 1
		}
	}
	return "", 0
}

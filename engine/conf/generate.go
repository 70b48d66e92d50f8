package conf

import (
	"strconv"
	"strings"
)

// maxGenerated bounds the lines that one generator makes, and maxShown what is
// shown of one that cannot be carried out.
const (
	maxGenerated = 1 << 20
	maxShown     = 80
)

// round is a generator and how often it has been carried out. Its names are
// definitions like any other, which keep their last values.
type round struct {
	names  []string
	values [][]string // of a list
	count  int        // of a sequence
	first  int64
	step   int64
	base   int
	text   string
	done   int
}

// over says whether nothing is left to be made.
func (r *round) over() bool { return r.done >= r.count }

// repeat gives the next line of a generator.
func (x *expander) repeat(r *round) string {
	x.spend(len(r.text) + stepCost)
	if r.values == nil {
		x.defs[r.names[0]] = stored{text: strconv.FormatInt(r.first+int64(r.done)*r.step, r.base)}
	} else {
		for i, name := range r.names {
			x.defs[name] = stored{text: r.values[r.done][i]}
		}
	}
	r.done++
	return r.text
}

// generate carries out a line that begins with ~SEQ or ~LST: its lines are read
// next.
func (x *expander) generate(line string, s *span) {
	x.spend(len(line) + generatorCost)
	if x.full {
		return
	}
	r, ok := x.generator(line, s)
	if !ok || r.count > maxGenerated {
		if !x.full {
			x.notes.report("bad-generator", s.place(s.from, s.to), "Value", Beginning(line, maxShown))
		}
		return
	}
	x.push(&batch{s: s, round: r})
}

// generator reads a generator.
func (x *expander) generator(line string, s *span) (*round, bool) {
	word, rest, ok := strings.Cut(line[1:], "(")
	if !ok {
		return nil, false
	}
	rest = strings.TrimLeft(rest, " \t")
	switch strings.TrimRight(word, " \t") {
	case "SEQ":
		return x.sequence(rest, 10, s)
	case "SEQx":
		return x.sequence(rest, 16, s)
	case "LST":
		return listing(rest)
	}
	return nil, false
}

// sequence is ~SEQ(VAR[, start[, step]], end) behind its parenthesis. The numbers may
// be definitions.
func (x *expander) sequence(rest string, base int, s *span) (*round, bool) {
	inside, text, ok := strings.Cut(rest, ")")
	name, numbers, more := strings.Cut(inside, ",")
	if name = strings.TrimSpace(name); !ok || !more || name == "" {
		return nil, false
	}
	r := x.replace(numbers, s, false)
	if r.failed || len(r.rests) > 0 {
		return nil, false
	}
	parts := strings.Split(r.pieces.text.String(), ",")
	if len(parts) > 3 {
		return nil, false
	}
	var n [3]int64
	for i, part := range parts {
		if n[i], ok = number(strings.TrimSpace(part)); !ok {
			return nil, false
		}
	}
	var start, step, end int64
	switch len(parts) {
	case 1:
		start, step, end = 1, 1, n[0]
		if end < 0 {
			start = -1
		}
		if end < 1 {
			step = -1
		}
	case 2:
		start, step, end = n[0], 1, n[1]
		if end < start {
			step = -1
		}
	default:
		start, step, end = n[0], n[1], n[2]
	}
	if step == 0 || (end-start)/step < 0 || end < start && step > 0 || end > start && step < 0 || base == 16 && (start < 0 || end < 0) {
		return nil, false
	}
	count := (end-start)/step + 1
	return &round{names: []string{name}, count: int(count), first: start, step: step, base: base, text: strings.TrimLeft(text, " \t")}, true
}

// number reads a number as C does: 0x begins a hexadecimal and 0 an octal one, and
// nothing is 0. It has 32 bits, so that no sum overflows.
func number(s string) (int64, bool) {
	if s == "" {
		return 0, true
	}
	if strings.ContainsAny(s, "_oObB") && !strings.ContainsAny(s, "xX") {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 0, 32)
	return n, err == nil
}

// listing is ~LST(VAR, v1, v2, ...) or ~LST({A,B}, {1,2}, {3,4}) behind its parenthesis.
// What a set lacks is empty.
func listing(rest string) (*round, bool) {
	names, rest, end, ok := set(rest)
	if !ok || end != ',' || names[0] == "" {
		return nil, false
	}
	r := &round{names: names}
	for end == ',' {
		var values []string
		if values, rest, end, ok = set(rest); !ok || len(values) > len(names) {
			return nil, false
		}
		for len(values) < len(names) {
			values = append(values, "")
		}
		r.values = append(r.values, values)
	}
	r.count, r.text = len(r.values), strings.TrimLeft(rest, " \t")
	return r, true
}

// set reads one value, or several in braces, and the comma or parenthesis behind.
func set(s string) (values []string, rest string, end byte, ok bool) {
	s = strings.TrimLeft(s, " \t")
	inside, braces := strings.CutPrefix(s, "{")
	if !braces {
		n := strings.IndexAny(s, " \t,})")
		if n < 0 {
			return nil, "", 0, false
		}
		values, s = []string{s[:n]}, s[n:]
	} else {
		inside, s, ok = strings.Cut(inside, "}")
		if !ok {
			return nil, "", 0, false
		}
		values = strings.Split(inside, ",")
		for i := range values {
			if values[i] = strings.Trim(values[i], " \t"); strings.ContainsAny(values[i], " \t)") {
				return nil, "", 0, false
			}
		}
	}
	s = strings.TrimLeft(s, " \t")
	if s == "" || s[0] != ',' && s[0] != ')' {
		return nil, "", 0, false
	}
	return values, s[1:], s[0], true
}

package conf

import "strings"

// reader is how far a file has been read.
type reader struct {
	rest string
	no   int // of the last line
}

// next is the next line of a file that has one.
func (r *reader) next() string {
	line, rest, _ := strings.Cut(r.rest, "\n")
	r.rest = rest
	r.no++
	return line
}

// awaited is a file that is read once nothing is left of the definition or the
// generator whose line includes it.
type awaited struct {
	Source
	at Span
}

// batch is lines that a use or a generator brought: those that follow the first one
// of a definition, or one for each round of a generator.
type batch struct {
	s     *span  // of the line in a file that they all come from
	name  string // of the definition, "" of a generator
	lines []string
	round *round // of a generator
}

// push puts lines before all that is still to be read. False means that too many
// definitions wait for each other; none of them goes on.
func (x *expander) push(f *batch) bool {
	if n := len(x.feed); n > 0 && f.name == "" && x.feed[n-1].name == "" && x.feed[n-1].spent() {
		x.feed = x.feed[:n-1]
	}
	if x.feed = append(x.feed, f); f.name == "" || len(x.feed) <= maxNesting {
		return true
	}
	x.notes.report("definition-too-deep", f.s.place(f.s.from, f.s.to), "Name", f.name)
	x.feed = x.feed[:0]
	return false
}

// spent says whether a batch has no more lines.
func (f *batch) spent() bool { return len(f.lines) == 0 && (f.round == nil || f.round.over()) }

// fed is the next line of the feed, and the line of a file that it comes from. A
// batch stays until the line behind its last one is asked for, so that a definition
// that brings itself is seen.
func (x *expander) fed() (string, *span, bool) {
	for len(x.feed) > 0 {
		f := x.feed[len(x.feed)-1]
		if f.spent() {
			x.feed = x.feed[:len(x.feed)-1]
			continue
		}
		if f.round != nil {
			return x.repeat(f.round), f.s, true
		}
		line := f.lines[0]
		f.lines = f.lines[1:]
		x.spend(stepCost)
		return line, f.s, true
	}
	return "", nil, false
}

// brings says whether lines of a definition are being read.
func (x *expander) brings(name string) bool {
	for _, f := range x.feed {
		if f.name == name {
			return true
		}
	}
	return false
}

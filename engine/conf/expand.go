package conf

import (
	"path"
	"strings"
)

// The bounds of expansion: a definition may use others so deep, one line may
// grow so large, and so may the whole text.
const (
	maxNesting  = 32
	maxGrown    = 1 << 20
	maxExpanded = maxSize
)

// MaxWork is what expansion may cost beyond freeWork for each byte that is read.
// A byte that is looked at or made costs one, a line that is made lineCost, a
// piece of one segCost, a name that is looked up stepCost, a generator
// generatorCost: about what they take in memory and time. A hundred thousand
// servers out of one line cost half of it.
const (
	MaxWork  = 64 << 20
	freeWork = 8
	lineCost = 64
	segCost  = 16
	stepCost = 32

	generatorCost = 512
)

// Largest is how many bytes of a text are read at most, and Longest how many of a
// line; keepalived itself reads LongestRead of a line.
const (
	Largest     = maxSize
	Longest     = maxRead
	LongestRead = maxLine
)

// roomyCourse is for how many runs of lines room is made at once.
const roomyCourse = 1 << 18

// Options say for whom a text is read.
type Options struct {
	Node string
	// Files gives the texts that an include names: pattern as written, from the
	// file that includes it. Without it an include stays as it is. ErrTooMuch
	// ends the including.
	Files func(pattern, from string) ([]Source, error)
	// Env looks up a variable of the environment. Without it ${_ENV NAME} stays.
	Env func(name string) (string, bool)
	// Work is what expansion may cost, MaxWork where it is 0.
	Work int
	// Literal takes braces that add up as they stand, against the indentation.
	Literal bool
}

// Source is a text and its name.
type Source struct {
	Name string
	Text []byte
}

// Expanded is a text with its includes, definitions and generators carried out
// and the lines of other nodes left out. It remembers where each line came from.
type Expanded struct {
	Text  string
	Names []string // of the text and all that it includes
	froms []Span   // the lines that include them
	lines course
	notes notes
}

// expander reads texts line by line, as keepalived does: what a line defines
// holds from the next line on.
type expander struct {
	opt        Options
	names      []string
	froms      []Span
	open       []string // the file being read, and those that include it
	file       int
	defs       map[string]string
	out        strings.Builder
	lines      course
	made       int // lines so far
	notes      notes
	at         Span // of the use being replaced
	room       int  // work that is left
	read       int  // bytes of all texts so far
	asked      int  // patterns of includes so far
	depth      int  // of generators in what generators repeat
	seed       string
	drawn      int // random numbers so far
	strict     strictness
	full, told bool // nothing more is expanded; that was said
}

// Expand carries out includes, $NAME=VALUE with $NAME and ${NAME}, ~SEQ and ~LST,
// and @ID lines. Its time and its memory are bounded by the bytes it reads (64 MiB
// with all includes) and Options.Work: a definition or a generator that would cost
// more ends the expansion, and so does a text that grows over 64 MiB.
func Expand(name string, text []byte, opt Options) Expanded {
	return expandText(name, string(text), opt)
}

func expandText(name, text string, opt Options) Expanded {
	x := newExpander(opt)
	x.out.Grow(len(text) + 1) // most lines of most texts stay as they are
	x.lines = make(course, 0, 1+min(2*strings.Count(text, "$"), roomyCourse))
	x.text(name, text, Span{})
	return Expanded{x.out.String(), x.names, x.froms, x.lines, x.notes}
}

func newExpander(opt Options) *expander {
	x := &expander{opt: opt, room: opt.Work, defs: map[string]string{"_HASH": `\#`, "_BANG": `\!`}}
	if opt.Node != "" {
		x.defs[instanceName] = opt.Node
	}
	if opt.Work == 0 {
		x.room = MaxWork
	}
	return x
}

// text reads one text, in the place of the line that includes it.
func (x *expander) text(name, text string, at Span) {
	outer, dir := x.file, x.defs["_PWD"]
	x.file = len(x.names)
	x.names, x.froms = append(x.names, name), append(x.froms, at)
	x.open = append(x.open, name)
	x.defs["_PWD"] = path.Dir(name)
	x.room += freeWork * len(text)
	if x.read += len(text); x.read > maxSize {
		x.stop(1)
	}
	rest := text
	for no := 1; rest != "" && !x.full; no++ {
		line, next, _ := strings.Cut(rest, "\n")
		rest = next
		if len(line) > maxRead || strings.IndexByte(line, 0) >= 0 {
			x.emit(line, origin{file: int32(x.file), line: int32(no)})
			continue
		}
		rest, no = x.line(line, rest, no)
		if x.full {
			x.stop(no)
		}
	}
	x.file, x.defs["_PWD"] = outer, dir
	x.open = x.open[:len(x.open)-1]
}

// line handles one line; a definition may take further lines from rest.
func (x *expander) line(line, rest string, no int) (string, int) {
	s := span{text: strings.TrimSuffix(line, "\r"), file: x.file, no: no}
	for s.from < len(s.text) && blank(s.text[s.from]) {
		s.from++
	}
	s.indent = s.text[:s.from]
	if strings.HasPrefix(s.text[s.from:], "@") {
		if !s.choose(x.opt.Node) {
			return rest, no
		}
	}
	s.to = s.from + content(s.text[s.from:])
	body := s.text[s.from:s.to]
	if name, value, ok := definition(body); ok {
		return x.define(name, value, goesOn(s.text), rest, no)
	}
	x.listen(body)
	if x.opt.Files != nil && x.include(body, &s) {
		return rest, no
	}
	if strings.IndexByte(body, '$') < 0 && !strings.HasPrefix(body, "~") {
		x.emit(s.unchanged())
		return rest, no
	}
	var p pieces
	p.room(len(line))
	p.verbatim(s.indent, 1)
	ok := x.substitute(&p, body, s.from, &s)
	same := len(p.segs) == 2 && p.segs[1].verbatim && body[0] != '~' // no use stands for anything
	switch grown := p.text.String(); {
	case x.full:
	case !ok, same:
		x.emit(s.unchanged())
	case strings.HasPrefix(grown[len(s.indent):], "~"):
		x.generate(grown[len(s.indent):], &s)
	case strings.IndexByte(grown, '\n') < 0:
		p.verbatim(s.text[s.to:], s.col(s.to)) // its comment stays
		x.make(p.text.String(), origin{file: int32(x.file), line: int32(no), segs: p.segs})
	default:
		x.several(grown[len(s.indent):], &s)
	}
	return rest, no
}

// several makes the lines of a text, with an indentation before each. A generator
// among them is carried out in its turn.
func (x *expander) several(text string, s *span) {
	o := s.whole()
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "~") && strings.Contains(text, "\n") {
			x.inner(line, s)
		} else {
			x.make(s.indent+line, o)
		}
		if x.full {
			return
		}
	}
}

// inner carries out a generator on a line of a definition: it repeats all that
// the rest of the line stands for.
func (x *expander) inner(line string, s *span) {
	if x.depth++; x.depth > maxNesting {
		x.notes.report("definition-too-deep", s.place(s.from, s.to), "Name", Beginning(line, maxShown))
	} else if grown, code := x.grow(line, nil); code != "" && !x.full {
		x.notes.report(code, s.place(s.from, s.to), "Name", Beginning(line, maxShown))
	} else if code == "" {
		x.generate(grown, s)
	}
	x.depth--
}

// goesOn says whether a line ends with a backslash, be it after a comment.
func goesOn(line string) bool { return strings.HasSuffix(strings.TrimSpace(line), "\\") }

// define takes a definition; a backslash at the end of a line goes on with the
// next (more).
func (x *expander) define(name, value string, more bool, rest string, no int) (string, int) {
	var lines []string
	for {
		if v := strings.TrimRight(strings.TrimSuffix(value, "\\"), " \t"); v != "" || !more {
			lines = append(lines, v)
		}
		if !more || rest == "" {
			break
		}
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		no++
		more = goesOn(line)
		value = strings.TrimSpace(line)
		value = value[:content(value)]
	}
	x.defs[name] = strings.Join(lines, "\n")
	return rest, no
}

// make emits a line that does not stand so in its source.
func (x *expander) make(line string, o origin) {
	if x.spend(len(line) + lineCost); !x.full {
		x.emit(line, o)
	}
}

func (x *expander) emit(line string, o origin) {
	if x.out.Len()+len(line) > maxExpanded {
		x.full = true
		return
	}
	x.out.WriteString(line)
	x.out.WriteByte('\n')
	x.made++
	x.lines.add(x.made, o)
}

// spend counts work, so that a small text cannot ask for an endless lot of it.
func (x *expander) spend(n int) {
	if x.room -= n; x.room < 0 {
		x.full = true
	}
}

// stop ends the expansion and says so, once.
func (x *expander) stop(line int) {
	if !x.told {
		x.notes.report("expansion-too-large", Span{line, 1, line, 1, x.file})
	}
	x.told, x.full = true, true
}

// definition reads $NAME=VALUE; there is no blank before the sign.
func definition(body string) (name, value string, ok bool) {
	if !strings.HasPrefix(body, "$") {
		return "", "", false
	}
	n := 1 + nameLen(body[1:])
	if n == 1 || n >= len(body) || body[n] != '=' {
		return "", "", false
	}
	return body[1:n], strings.TrimSpace(body[n+1:]), true
}

// nameLen is the length of the name that s begins with.
func nameLen(s string) int {
	n := 0
	for n < len(s) && (s[n] == '_' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return n
}

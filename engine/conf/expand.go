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

// maxRuns is how many runs of lines an expanded text may come from: a hundred thousand
// servers with a name in each of a dozen lines have three quarters of that.
const maxRuns = 3 << 19

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
	// Known is a text that was read before. Statements leaves out the blocks of the
	// Budget's Apart that stand in both texts, at the beginning or at the end, where
	// the text is read as it stands and nothing in it is expanded.
	Known string
	// Left says whether such a block is left out: at is where it begins in the text, and
	// was where it does in Known. Nil leaves out all.
	Left func(at, was int) bool
	// Budget bounds what the text may hold once it is expanded; nil: nothing is counted.
	Budget *Budget
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
	defs       map[string]stored
	feed       []*batch  // lines that are read before the files go on, the next one's last
	pending    []awaited // files of includes that came out of the feed, the next one's last
	src        *reader   // of the file being read
	out        strings.Builder
	lines      course
	made       int // lines so far
	notes      notes
	room       int // work that is left
	read       int // bytes of all texts so far
	asked      int // patterns of includes so far
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
	x := &expander{opt: opt, room: opt.Work, defs: map[string]stored{"_HASH": {text: "#"}, "_BANG": {text: "!"}}}
	if opt.Node != "" {
		x.defs[instanceName] = stored{text: opt.Node}
	}
	if opt.Work == 0 {
		x.room = MaxWork
	}
	return x
}

// text reads one text, in the place of the line that includes it.
func (x *expander) text(name, text string, at Span) {
	outer, src, dir, waiting := x.file, x.src, x.defs["_PWD"], len(x.pending)
	x.file, x.src = len(x.names), &reader{rest: text}
	x.names, x.froms = append(x.names, name), append(x.froms, at)
	x.open = append(x.open, name)
	x.defs["_PWD"] = stored{text: path.Dir(name)}
	x.room += freeWork * len(text)
	if x.read += len(text); x.read > maxSize {
		x.stop(1)
	}
	for x.src.rest != "" && !x.full {
		line := x.src.next()
		if len(line) > maxRead || strings.IndexByte(line, 0) >= 0 {
			x.emit(line, origin{file: int32(x.file), line: int32(x.src.no)})
			continue
		}
		x.line(line)
		x.drain(waiting)
		if x.full {
			x.stop(x.src.no)
		}
	}
	x.feed = x.feed[:0]
	x.file, x.src, x.defs["_PWD"] = outer, src, dir
	x.open = x.open[:len(x.open)-1]
}

// drain reads what the last line brought: the lines of definitions and generators,
// then the files that these include.
func (x *expander) drain(waiting int) {
	for !x.full {
		if line, s, ok := x.fed(); ok {
			x.carry(line, s, false)
		} else if n := len(x.pending); n > waiting {
			in := x.pending[n-1]
			x.pending = x.pending[:n-1]
			x.text(in.Name, string(in.Text), in.at)
		} else {
			return
		}
	}
}

// line reads one line of a file.
func (x *expander) line(line string) {
	s := span{text: strings.TrimSuffix(line, "\r"), file: x.file, no: x.src.no}
	for s.from < len(s.text) && blank(s.text[s.from]) {
		s.from++
	}
	s.indent = s.text[:s.from]
	marked := strings.HasPrefix(s.text[s.from:], "@")
	if marked && !s.choose(x.opt.Node) {
		return
	}
	s.to = s.from + content(s.text[s.from:])
	body := s.text[s.from:s.to]
	x.listen(body)
	if strings.HasPrefix(body, "$") {
		if name, value, ok := definition(decomment(s.text[s.from:])); ok {
			x.quotes(s.text)
			x.define(name, value)
			return
		}
	}
	if strings.IndexByte(body, '$') < 0 && !strings.HasPrefix(body, "~") && behindBrace(body) < 0 {
		if !x.include(body, &s, !marked) {
			x.emit(s.unchanged())
		}
		return
	}
	x.carry(body, &s, true)
}

// make emits a line that does not stand so in its source.
func (x *expander) make(line string, o origin) {
	if x.spend(len(line) + lineCost); !x.full {
		x.emit(line, o)
	}
}

func (x *expander) emit(line string, o origin) {
	if x.out.Len()+len(line) > maxExpanded || len(x.lines) > maxRuns {
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

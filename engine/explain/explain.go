package explain

import (
	"bytes"
	"errors"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/control"
	"holdfast/engine/model"
)

// MostLines is how many lines are explained, with all that is included, as often as
// it is: those of a hundred thousand real servers are fewer.
const MostLines = 1_000_000

// mostBecame is how many of the statements that a generator made of a line are kept.
const mostBecame = 1000

// ErrTooLong is the error for a text of more than MostLines, or one too large to be
// read.
var ErrTooLong = errors.New("the text is too long to be explained line by line")

// Input is a text as its node reads it, and what it would do.
type Input struct {
	Node     string
	Tree     *conf.File        // as model.Tree reads it; nil where there are more than MostLines
	Texts    map[string]string // of the text and of all that it includes, by name
	Config   model.Config      // as written
	Findings []model.Finding
	Planned  control.Planned // what Config would do; empty where Failed
}

// Read reads a text for the node that facts name: all of Input but Planned.
func Read(name string, text []byte, facts model.Facts) Input {
	in := Input{Node: facts.Node, Texts: map[string]string{name: string(text)}}
	if bytes.Count(text, []byte("\n")) > MostLines {
		in.Findings = model.Inspect(name, string(text), facts)
		return in
	}
	if files := facts.Files; files != nil {
		facts.Files = func(pattern, from string) ([]conf.Source, error) {
			sources, err := files(pattern, from)
			for _, s := range sources {
				in.Texts[s.Name] = string(s.Text)
			}
			return sources, err
		}
	}
	in.Config, in.Findings = model.Parse(name, text, facts)
	in.Tree = model.Tree(name, text, facts)
	return in
}

// Failed says whether the text has errors: nothing of it would be done.
func (in *Input) Failed() bool { return model.Failed(in.Findings) }

// TooLong says whether Explain would refuse the text.
func (in *Input) TooLong() bool {
	if in.Tree == nil {
		return true
	}
	lines := map[string]int{}
	all := 0
	for _, name := range in.Tree.Names {
		if _, counted := lines[name]; !counted {
			lines[name] = strings.Count(in.Texts[name], "\n")
		}
		all += lines[name]
	}
	return all > MostLines || len(in.Texts[in.Tree.Name]) > conf.Largest
}

// Explained is a text line by line. The first section is the text itself.
type Explained struct {
	Node     string
	Failed   bool // the text has errors: nothing of it would be done
	Sections []Section
	Planned  control.Planned

	owner map[int]LineRef // operation -> the line that causes it
}

// Section is one file, as often as it is read.
type Section struct {
	Name  string
	From  LineRef // the line that includes it
	Inner bool    // there is such a line
	Lines []Line
}

// LineRef is a line of a section; both count from 0.
type LineRef struct{ Section, Line int }

// Explain ties what a text became, what was found in it and what it would do to its
// lines. Its error is ErrTooLong.
func Explain(in Input) (*Explained, error) {
	if in.TooLong() {
		return nil, ErrTooLong
	}
	x := &explainer{config: in.Config, entries: entriesOf(in.Config),
		Explained: &Explained{Node: in.Node, Failed: in.Failed(), Planned: in.Planned, owner: map[int]LineRef{}},
		words:     model.Words(), texts: in.Texts, about: map[subject][]int{},
	}
	x.lay(in.Tree)
	x.attach(in.Findings)
	x.walk(in.Tree.Nodes, scope{block: model.Root})
	x.tie(in.Tree.Nodes)
	x.settle()
	return x.Explained, nil
}

// explainer gathers, line by line, what the files of a text became and do.
type explainer struct {
	*Explained
	words   model.Vocabulary
	texts   map[string]string // by name
	about   map[subject][]int // what operations are about -> these operations
	config  model.Config
	entries map[string]string // the words of routes and rules, by their lines

	protocol string // of a virtual server that names none, once it was asked for
}

// At is a line.
func (x *Explained) At(r LineRef) *Line { return &x.Sections[r.Section].Lines[r.Line] }

// Owner is the line that causes an operation of the plan; false where none does.
func (x *Explained) Owner(operation int) (LineRef, bool) {
	r, ok := x.owner[operation]
	return r, ok
}

// Unattributed are the operations that no line causes: what is left of an earlier
// configuration.
func (x *Explained) Unattributed() []int {
	var list []int
	for i := range x.Planned.Operations {
		if _, ok := x.owner[i]; !ok {
			list = append(list, i)
		}
	}
	return list
}

// Totals is how many lines there are of each kind.
func (x *Explained) Totals() map[Kind]int {
	n := map[Kind]int{}
	for _, s := range x.Sections {
		for i := range s.Lines {
			n[s.Lines[i].Kind]++
		}
	}
	return n
}

// where is the line a place begins on.
func where(at conf.Span) LineRef { return LineRef{at.File, at.Line - 1} }

// settle makes the lines of an include that found nothing tell so. Where nothing is
// done at all, no line has a reason of its own.
func (x *explainer) settle() {
	for i := range x.Sections {
		for j := range x.Sections[i].Lines {
			l := &x.Sections[i].Lines[j]
			if l.Kind == Include && l.About == nil && len(l.Findings) == 0 {
				l.About = []Note{{Code: ReadsNone}}
			}
			if x.Failed {
				l.Why = Note{}
			}
		}
	}
}

package main

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/control"
	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/engine/preview"
)

// explain tells of each line of a file, and of those it includes, what it became
// and what it would do in this kernel now, were this node master of everything.
func explain(e *env, file, node string, asked bool, runDir string, asJSON bool) error {
	defer unhurried()()
	x, err := explained(e, file, node, asked, runDir)
	if err != nil {
		return err
	}
	if asJSON {
		err = x.printJSON()
	} else {
		err = x.print(terminalWidth(e.Out))
	}
	if err == nil && x.failed {
		err = errors.New(e.Text("explain.refused", nil))
	}
	return err
}

// explained reads the file and ties the plan to its lines.
func explained(e *env, file, node string, asked bool, runDir string) (*explainer, error) {
	text, err := readText(e, file)
	if err != nil {
		return nil, err
	}
	node = reader(e, text, node, asked)
	facts := localFacts(node)
	x := &explainer{env: e, node: node, words: model.Words(), texts: map[string]string{file: string(text)}}
	if bytes.Count(text, []byte("\n")) > mostLines {
		return nil, x.refuseLong(file, model.Inspect(file, string(text), facts))
	}
	facts.Files = x.remember(facts.Files)
	cfg, findings := model.Parse(file, text, facts)
	if x.failed = model.Failed(findings); !x.failed {
		if x.planned, err = preview.Preview(model.Resolve(cfg), runDir); err != nil {
			return nil, err
		}
	}
	tree := model.Tree(file, text, facts)
	if x.tooLong(tree) {
		return nil, x.refuseLong(file, findings)
	}
	x.lay(tree)
	x.attach(findings)
	x.walk(tree.Nodes, scope{block: model.Root})
	x.tie(tree.Nodes)
	x.settle()
	return x, nil
}

// mostLines is how many lines are explained: those of a hundred thousand real
// servers are fewer. longestLine is how much of one is shown, in bytes, and
// mostBecame how many of the statements that a generator made of it.
const (
	mostLines   = 1_000_000
	longestLine = 4 << 10
	mostBecame  = 1000
)

// refuseLong prints what was found in a text that is too long to be explained.
func (x *explainer) refuseLong(file string, findings []model.Finding) error {
	if err := printFindings(x.env, file, findings, tally(findings)); err != nil {
		return err
	}
	return errors.New(x.Text("explain.too-long", map[string]string{"File": file, "Most": strconv.Itoa(mostLines)}))
}

// tooLong says whether the text is too large to be read or has too many lines,
// with all that it includes, as often as it does.
func (x *explainer) tooLong(tree *conf.File) bool {
	lines := map[string]int{}
	all := 0
	for _, name := range tree.Names {
		if _, counted := lines[name]; !counted {
			lines[name] = strings.Count(x.texts[name], "\n")
		}
		all += lines[name]
	}
	return all > mostLines || len(x.texts[tree.Name]) >= facts.Largest
}

// explainer gathers, line by line, what the files of a text became and do.
type explainer struct {
	*env
	node     string
	words    model.Vocabulary
	texts    map[string]string // by name
	sections []section
	planned  control.Planned
	owner    map[int]spot      // operation -> the line that causes it
	about    map[subject][]int // what operations are about -> these operations
	failed   bool
}

// section is one text, as often as it is read.
type section struct {
	name  string
	from  spot // the line that includes it
	inner bool // there is such a line
	lines []line
}

// spot is a line of a section; both count from 0.
type spot struct{ section, line int }

// line is one line of a text and what is known of it.
type line struct {
	text     string
	kind     lineKind
	became   []string // its statements, expanded, under their own names
	more     int      // statements beyond those
	plain    bool     // they are the line as it is written
	about    []string // what a line that is no statement is
	effect   []string
	findings []model.Finding
	causes   []int  // operations
	adds     []int  // operations of other lines that it is a part of
	could    bool   // it has operations where the kernel lacks what it asks for
	why      string // where it has none
}

// lineKind is what became of a line; of several kinds the last one counts.
type lineKind string

const (
	blankLine   lineKind = "blank"
	commentLine lineKind = "comment"
	braceLine   lineKind = "brace"
	includeLine lineKind = "include"
	defineLine  lineKind = "definition"
	otherLine   lineKind = "other-node"
	unreadLine  lineKind = "unread"
	oldLine     lineKind = "obsolete"
	keptLine    lineKind = "kept"
	actedLine   lineKind = "acted"
)

// lineKinds are all kinds in the order in which they are counted.
var lineKinds = []lineKind{actedLine, keptLine, oldLine, unreadLine, commentLine, blankLine, braceLine, defineLine, includeLine, otherLine}

// remember keeps the texts that are included, so that their lines can be shown.
func (x *explainer) remember(files func(pattern, from string) ([]conf.Source, error)) func(pattern, from string) ([]conf.Source, error) {
	return func(pattern, from string) ([]conf.Source, error) {
		sources, err := files(pattern, from)
		for _, s := range sources {
			x.texts[s.Name] = string(s.Text)
		}
		return sources, err
	}
}

func (x *explainer) at(s spot) *line { return &x.sections[s.section].lines[s.line] }

// where is the line a place begins on.
func (x *explainer) where(at conf.Span) spot { return spot{at.File, at.Line - 1} }

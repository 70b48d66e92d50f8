package main

import (
	"bufio"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/explain"
	"holdfast/engine/model"
	"holdfast/engine/preview"
	"holdfast/server/terminal"
)

// explainFile tells of each line of a file, and of those it includes, what it became
// and what it would do in this kernel now, were this node master of everything.
func explainFile(e *env, file, node string, asked bool, runDir string, asJSON bool) error {
	defer deferGC()()
	x, err := explainedFrom(e, file, node, asked, runDir)
	if err != nil {
		return err
	}
	if asJSON {
		err = x.printJSON()
	} else {
		err = x.print(terminal.Width(e.Out))
	}
	if err == nil && x.Failed {
		err = errors.New(e.Text("explain.refused", nil))
	}
	return err
}

// explained is a text line by line, and the words for it.
type explained struct {
	*env
	*explain.Explained
	said map[string]string           // by id: the sentences without arguments
	does map[*model.Directive]string // what each word does
}

// explainedFrom reads a file and ties its plan to its lines.
func explainedFrom(e *env, file, node string, asked bool, runDir string) (*explained, error) {
	text, err := readText(e, file)
	if err != nil {
		return nil, err
	}
	in := explain.Read(file, text, localFacts(pickNode(e, text, node, asked)))
	if in.TooLong() {
		return nil, refuseLong(e, file, in.Findings)
	}
	if !in.Failed() {
		if in.Planned, err = preview.Preview(model.Resolve(in.Config), runDir); err != nil {
			return nil, err
		}
	}
	x, err := explain.Explain(in)
	return &explained{e, x, map[string]string{}, map[*model.Directive]string{}}, err
}

// refuseLong prints what was found in a text that is too long to be explained.
func refuseLong(e *env, file string, findings []model.Finding) error {
	if err := printFindings(e, file, findings, tally(findings)); err != nil {
		return err
	}
	return errors.New(e.Text("explain.too-long", map[string]string{"File": file, "Most": strconv.Itoa(explain.MostLines)}))
}

// longestLine is how much of a line is shown, in bytes.
const longestLine = 4 << 10

// print writes the three columns: wrapped to a terminal of so many columns, or
// one line for each line of the text where wide is 0.
func (x *explained) print(wide int) error {
	out := bufio.NewWriter(x.Out)
	head := terminal.Cells{{x.Text("explain.line", nil)}, {x.Text("explain.became", nil)}, {x.Text("explain.does", nil)}}
	var m terminal.Measure
	m.Row(head)
	for i := range x.Sections {
		x.rows(i, m.Row)
	}
	widths := m.Widths(wide)
	head.Write(out, widths, wide > 0)
	for i, s := range x.Sections {
		if len(x.Sections) > 1 {
			fmt.Fprintf(out, "\n%s\n", x.title(s))
		}
		x.rows(i, func(c terminal.Cells) { c.Write(out, widths, wide > 0) })
	}
	x.tail(out)
	return out.Flush() // it remembers the first error
}

// title is the heading of a section.
func (x *explained) title(s explain.Section) string {
	if !s.Inner {
		return "== " + s.Name + " =="
	}
	return "== " + x.Text("explain.included", map[string]string{"File": s.Name, "Place": x.place(s.From, -1)}) + " =="
}

// rows hands out the lines of a section, one by one.
func (x *explained) rows(in int, row func(terminal.Cells)) {
	digits := len(strconv.Itoa(len(x.Sections[in].Lines)))
	for i := range x.Sections[in].Lines {
		l := &x.Sections[in].Lines[i]
		no := strconv.Itoa(i + 1)
		source := conf.Beginning(strings.TrimRight(l.Text, " \t"), longestLine)
		source = strings.Map(terminal.Printable, strings.ReplaceAll(source, "\t", "    "))
		first := no + ": " + strings.Repeat(" ", digits-len(no)) + source
		row(terminal.Cells{{strings.TrimRight(first, " ")}, x.becameOf(l), x.doesOf(l, in)})
	}
}

// becameOf is the second column: what the line is, its statements where they are
// not what is written, and what was found.
func (x *explained) becameOf(l *explain.Line) []string {
	var said []string
	switch {
	case l.Became == nil:
		said = x.notes(l.About)
		if len(said) == 0 && len(l.Findings) == 0 {
			said = []string{x.word("explain.part")}
		}
	case l.Plain && len(l.Became) == 1:
		said = []string{x.word("explain." + string(l.Kind))}
	default:
		for _, b := range l.Became {
			said = append(said, x.Text("explain.as", map[string]string{"Kind": x.word("explain." + string(l.Kind)), "Text": strings.Map(terminal.Printable, b.Text)}))
		}
		if l.More > 0 {
			said = append(said, x.Text("explain.more", map[string]string{"Count": strconv.Itoa(l.More)}))
		}
	}
	if kinder := x.kinder(l); kinder != "" {
		said = append(said, kinder)
	}
	for _, f := range l.Findings {
		said = append(said, x.Text("check."+f.Severity.String(), nil)+": "+sentence(x.env, f))
	}
	return said
}

// doesOf is the third column: the operations, or that there are none, and why.
func (x *explained) doesOf(l *explain.Line, in int) []string {
	if len(l.Causes) > 0 {
		var said []string
		for _, i := range l.Causes {
			said = append(said, x.operation(i))
		}
		return said
	}
	switch {
	case !l.Kind.Statement():
		return nil
	case len(l.Adds) > 0:
		return []string{x.Text("explain.adds", map[string]string{"Lines": x.lines(l.Adds, in)})}
	}
	why := strings.Join(x.effects(l), " ")
	if l.Why.Code != "" {
		why = x.note(l.Why)
	}
	if why == "" {
		return []string{x.word("explain.none")}
	}
	return []string{x.Text("explain.none-because", map[string]string{"Why": why})}
}

// lines names the lines that cause operations, each once.
func (x *explained) lines(operations []int, in int) string {
	var names []string
	told := map[explain.LineRef]bool{}
	for _, i := range operations {
		if at, _ := x.Owner(i); !told[at] {
			told[at] = true
			names = append(names, x.place(at, in))
		}
	}
	return strings.Join(names, ", ")
}

// tail is what no line causes, what stands in the way, and the totals.
func (x *explained) tail(out *bufio.Writer) {
	fmt.Fprintln(out)
	if x.Failed {
		fmt.Fprintln(out, x.tally())
		return
	}
	if loose := x.Unattributed(); len(loose) > 0 {
		fmt.Fprintln(out, x.Text("explain.loose", nil))
		for _, i := range loose {
			fmt.Fprintln(out, "    "+x.Planned.Operations[i].String())
		}
	}
	for _, h := range x.Planned.Held {
		fmt.Fprintln(out, x.Text("held."+h.Code, h.Args))
	}
	fmt.Fprintln(out, x.tally())
	done, held := x.Now()
	id := "explain.count"
	switch {
	case held > 0:
		id = "explain.count-held"
	case done == 0:
		id = zero("explain", x.Planned)
	}
	fmt.Fprintln(out, x.Text(id, map[string]string{"Count": strconv.Itoa(done), "Held": strconv.Itoa(held)}))
}

func (x *explained) tally() string {
	n := x.Totals()
	args := map[string]string{}
	all := 0
	for _, k := range explain.Kinds {
		args[strings.ReplaceAll(string(k), "-", "")] = strconv.Itoa(n[k])
		all += n[k]
	}
	args["all"] = strconv.Itoa(all)
	return x.Text("explain.totals", args)
}

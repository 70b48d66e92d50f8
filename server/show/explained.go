package show

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/explain"
	"holdfast/engine/model"
	"holdfast/server/terminal"
)

// Explained is a text line by line, and the words for it.
type Explained struct {
	*Env
	*explain.Explained
	said map[string]string           // by id: the sentences without arguments
	does map[*model.Directive]string // what each word does
}

// NewExplained is an explained text in the reader's language.
func NewExplained(e *Env, x *explain.Explained) *Explained {
	return &Explained{e, x, map[string]string{}, map[*model.Directive]string{}}
}

// longestLine is how much of a line is shown, in bytes.
const longestLine = 4 << 10

// Print writes the three columns: wrapped to a terminal of so many columns, or
// one line for each line of the text where wide is 0.
func (x *Explained) Print(wide int) error {
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
func (x *Explained) title(s explain.Section) string {
	if !s.Inner {
		return "== " + s.Name + " =="
	}
	return "== " + x.Text("explain.included", map[string]string{"File": s.Name, "Place": x.place(s.From, -1)}) + " =="
}

// rows hands out the lines of a section, one by one.
func (x *Explained) rows(in int, row func(terminal.Cells)) {
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
func (x *Explained) becameOf(l *explain.Line) []string {
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
	said = append(said, x.kinder(l)...)
	for _, f := range l.Findings {
		said = append(said, x.Text("check."+f.Severity.String(), nil)+": "+Sentence(x.Env, f))
	}
	return said
}

// doesOf is the third column: the operations, or that there are none, and why.
func (x *Explained) doesOf(l *explain.Line, in int) []string {
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
func (x *Explained) lines(operations []int, in int) string {
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
func (x *Explained) tail(out *bufio.Writer) {
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
		id = Zero("explain", x.Planned)
	}
	fmt.Fprintln(out, x.Text(id, map[string]string{"Count": strconv.Itoa(done), "Held": strconv.Itoa(held)}))
}

func (x *Explained) tally() string {
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

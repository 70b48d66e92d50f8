package main

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// The columns are never wider than this where the output is no terminal: a cell
// that is runs over, and the line stays one line.
const widestCell = 56

// print writes the three columns: wrapped to a terminal of so many columns, or
// one line for each line of the text where wide is 0.
func (x *explainer) print(wide int) error {
	out := bufio.NewWriter(x.Out)
	head := cells{{x.Text("explain.line", nil)}, {x.Text("explain.became", nil)}, {x.Text("explain.does", nil)}}
	var m measure
	m.row(head)
	for i := range x.sections {
		x.rows(i, m.row)
	}
	widths := m.widths(wide)
	head.write(out, widths, wide > 0)
	for i, s := range x.sections {
		if len(x.sections) > 1 {
			fmt.Fprintf(out, "\n%s\n", x.title(s))
		}
		x.rows(i, func(c cells) { c.write(out, widths, wide > 0) })
	}
	x.tail(out)
	return out.Flush() // it remembers the first error
}

// title is the heading of a section.
func (x *explainer) title(s section) string {
	if !s.inner {
		return "== " + s.name + " =="
	}
	return "== " + x.Text("explain.included", map[string]string{"File": s.name, "Place": x.place(s.from, -1)}) + " =="
}

// rows hands out the lines of a section, one by one.
func (x *explainer) rows(in int, row func(cells)) {
	digits := len(strconv.Itoa(len(x.sections[in].lines)))
	for i := range x.sections[in].lines {
		l := &x.sections[in].lines[i]
		no := strconv.Itoa(i + 1)
		source := conf.Beginning(strings.TrimRight(l.text, " \t"), longestLine)
		source = strings.Map(printable, strings.ReplaceAll(source, "\t", "    "))
		first := no + ": " + strings.Repeat(" ", digits-len(no)) + source
		row(cells{{strings.TrimRight(first, " ")}, x.becameOf(l), x.doesOf(l, in)})
	}
}

// becameOf is the second column: what the line is, its statements where they are
// not what is written, and what was found.
func (x *explainer) becameOf(l *line) []string {
	var said []string
	switch {
	case l.became == nil:
		said = l.about
		if len(said) == 0 && len(l.findings) == 0 {
			said = []string{x.Text("explain.part", nil)}
		}
	case l.plain && len(l.became) == 1:
		said = []string{x.Text("explain."+string(l.kind), nil)}
	default:
		for _, b := range l.became {
			said = append(said, x.Text("explain.as", map[string]string{"Kind": x.Text("explain."+string(l.kind), nil), "Text": strings.Map(printable, b)}))
		}
		if l.more > 0 {
			said = append(said, x.Text("explain.more", map[string]string{"Count": strconv.Itoa(l.more)}))
		}
	}
	for _, f := range l.findings {
		said = append(said, x.Text("check."+f.Severity.String(), nil)+": "+sentence(x.env, f))
	}
	return said
}

// doesOf is the third column: the operations, or that there are none, and why.
func (x *explainer) doesOf(l *line, in int) []string {
	if len(l.causes) > 0 {
		var said []string
		for _, i := range l.causes {
			said = append(said, x.does(i))
		}
		return said
	}
	switch l.kind {
	case actedLine, keptLine, oldLine, unreadLine:
	default:
		return nil
	}
	why := strings.Join(l.effect, " ")
	switch {
	case len(l.adds) > 0:
		return []string{x.Text("explain.adds", map[string]string{"Lines": x.lines(l.adds, in)})}
	case l.could && !x.failed:
		why = l.why
	}
	if why == "" {
		return []string{x.Text("explain.none", nil)}
	}
	return []string{x.Text("explain.none-because", map[string]string{"Why": why})}
}

// lines names the lines that cause operations, each once.
func (x *explainer) lines(operations []int, in int) string {
	var names []string
	told := map[spot]bool{}
	for _, i := range operations {
		if at := x.owner[i]; !told[at] {
			told[at] = true
			names = append(names, x.place(at, in))
		}
	}
	return strings.Join(names, ", ")
}

// tail is what no line causes, what stands in the way, and the totals.
func (x *explainer) tail(out *bufio.Writer) {
	fmt.Fprintln(out)
	if x.failed {
		fmt.Fprintln(out, x.tally())
		return
	}
	if loose := x.loose(); len(loose) > 0 {
		fmt.Fprintln(out, x.Text("explain.loose", nil))
		for _, i := range loose {
			fmt.Fprintln(out, "    "+x.planned.Operations[i].String())
		}
	}
	for _, h := range x.planned.Held {
		fmt.Fprintln(out, x.Text("held."+h.Code, h.Args))
	}
	fmt.Fprintln(out, x.tally())
	done, held := x.now()
	id := "explain.count"
	switch {
	case held > 0:
		id = "explain.count-held"
	case done == 0:
		id = zero("explain", x.planned)
	}
	fmt.Fprintln(out, x.Text(id, map[string]string{"Count": strconv.Itoa(done), "Held": strconv.Itoa(held)}))
}

// totals is how many lines there are of each kind.
func (x *explainer) totals() map[lineKind]int {
	n := map[lineKind]int{}
	for _, s := range x.sections {
		for _, l := range s.lines {
			n[l.kind]++
		}
	}
	return n
}

func (x *explainer) tally() string {
	n := x.totals()
	args := map[string]string{}
	all := 0
	for _, k := range lineKinds {
		args[strings.ReplaceAll(string(k), "-", "")] = strconv.Itoa(n[k])
		all += n[k]
	}
	args["all"] = strconv.Itoa(all)
	return x.Text("explain.totals", args)
}

package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"holdfast/engine"
	"holdfast/engine/conf"
	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// explain prints three columns for each line of a file: the line, what it became,
// and what it would do in this kernel now, were this node master of everything.
func explain(e *env, file, node, runDir string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	cfg, findings := model.Parse(file, text, localFacts(node))
	x := explainer{env: e, became: map[int][]string{}, does: map[int][]string{}, said: map[int][]string{}, acts: map[int]bool{}, idle: map[int]bool{}, aliases: aliases()}
	for _, f := range findings {
		if f.Range.File == file {
			x.idle[f.Range.Line] = x.idle[f.Range.Line] || slices.Contains(idle, f.Code)
			x.said[f.Range.Line] = append(x.said[f.Range.Line], e.Text("check."+f.Severity.String(), nil)+": "+sentence(e, f))
		}
	}
	failed := model.Failed(findings)
	var planned control.Planned
	if !failed {
		if planned, err = engine.Rehearse(model.Resolve(cfg), runDir); err != nil {
			return err
		}
	}
	x.operations = planned.Operations
	x.walk(conf.Read(file, text, conf.Options{Node: node, Files: includedFiles}).Nodes, nil)
	if err := x.print(string(text)); err != nil {
		return err
	}
	if failed {
		return errors.New(e.Text("explain.refused", nil))
	}
	for _, h := range planned.Held {
		fmt.Fprintln(e.Out, e.Text("held."+h.Code, h.Args))
	}
	id := "explain.count"
	if len(planned.Operations) == 0 {
		id = "explain.zero"
	}
	_, err = fmt.Fprintln(e.Out, e.Text(id, map[string]string{"Count": strconv.Itoa(len(planned.Operations))}))
	return err
}

// idle are the findings about lines of which nothing is left but the finding.
var idle = []string{"unknown-word", "unknown-block", "obsolete-word", "misplaced-word", "belongs-outside", "missing-value", "bad-address"}

// explainer gathers, line by line, what a text became and does.
type explainer struct {
	*env
	operations         plan.Plan
	became, does, said map[int][]string
	idle               map[int]bool         // lines that became nothing
	aliases            map[[2]string]string // block and word -> the word it stands for
	acts               map[int]bool         // lines whose statement has operations when the kernel lacks it
}

// aliases are the words that stand for others, by their blocks.
func aliases() map[[2]string]string {
	all := map[[2]string]string{}
	for _, d := range model.Directives() {
		for _, alias := range d.Aliases {
			all[[2]string{d.Block, alias}] = d.Word
		}
	}
	return all
}

// walk goes through the statements of a block, which stand in those of above.
func (x *explainer) walk(nodes []conf.Node, above []*conf.Node) {
	for i := range nodes {
		n := &nodes[i]
		if len(n.Words) == 0 {
			continue
		}
		if at := n.Span(); at.File == 0 {
			x.became[at.Line] = append(x.became[at.Line], x.statement(n, above))
			x.operationsOf(n, above, at.Line)
		}
		if n.Block != nil {
			x.walk(n.Block.Nodes, append(above, n))
		}
	}
}

// statement is a statement as Holdfast reads it: expanded, under its own name.
func (x *explainer) statement(n *conf.Node, above []*conf.Node) string {
	words := []string{}
	for i := range n.Words {
		words = append(words, n.Words[i].Raw)
	}
	block := "root"
	if len(above) > 0 {
		block = above[len(above)-1].Word(0)
	}
	if own, ok := x.aliases[[2]string{block, words[0]}]; ok {
		words[0] = own
	}
	if n.Block != nil {
		words = append(words, "{")
	}
	return strings.Join(words, " ")
}

// operationsOf finds the operations that a line is the cause of.
func (x *explainer) operationsOf(n *conf.Node, above []*conf.Node, line int) {
	var cause func(plan.Op) bool
	switch {
	case len(above) > 0 && strings.HasPrefix(above[len(above)-1].Word(0), "virtual_ipaddress"):
		host, _, _ := strings.Cut(n.Word(0), "/")
		a, err := netip.ParseAddr(host)
		cause = func(o plan.Op) bool { return err == nil && o.Address.Prefix.IsValid() && o.Address.Prefix.Addr() == a }
	case n.Word(0) == "virtual_server" && len(above) == 0:
		at, ok := endpoint(n)
		cause = func(o plan.Op) bool { return ok && onService(o) && endpointOf(o.Service.Key) == at }
	case n.Word(0) == "real_server" && len(above) == 1:
		service, ok1 := endpoint(above[0])
		at, ok2 := endpoint(n)
		cause = func(o plan.Op) bool {
			return ok1 && ok2 && onDestination(o) && endpointOf(o.Service.Key) == service && o.Destination.Addr == at.Addr()
		}
	default:
		return
	}
	x.acts[line] = true
	for _, o := range x.operations {
		if cause(o) {
			x.does[line] = append(x.does[line], o.String())
		}
	}
}

func onDestination(o plan.Op) bool { return o.Destination.Addr.IsValid() }

func onService(o plan.Op) bool { return !onDestination(o) && o.Service.Key.Addr.IsValid() }

func endpointOf(k plan.ServiceKey) netip.AddrPort { return netip.AddrPortFrom(k.Addr, k.Port) }

// endpoint is the address and the port behind a word.
func endpoint(n *conf.Node) (netip.AddrPort, bool) {
	a, err := netip.ParseAddr(n.Word(1))
	port, _ := strconv.ParseUint(n.Word(2), 10, 16)
	return netip.AddrPortFrom(a, uint16(port)), err == nil
}

// print writes the columns. A line that became nothing says why.
func (x *explainer) print(text string) error {
	w := tabwriter.NewWriter(x.Out, 0, 4, 2, ' ', tabwriter.StripEscape)
	fmt.Fprintf(w, "%s\t%s\t%s\n", x.Text("explain.line", nil), x.Text("explain.became", nil), x.Text("explain.does", nil))
	no := 0
	for line := range strings.Lines(text) {
		no++
		source := strings.TrimSpace(strings.Map(printable, line))
		if source == "" {
			continue
		}
		if x.idle[no] {
			x.became[no] = nil
		}
		became := strings.Join(append(x.became[no], x.said[no]...), "; ")
		if became == "" {
			became = x.Text(reason(source), nil)
		}
		does := strings.Join(x.does[no], "; ")
		if does == "" && x.acts[no] {
			does = x.Text("explain.none", nil)
		}
		fmt.Fprintf(w, "%d: %s\t%s\t%s\n", no, source, became, does)
	}
	return w.Flush()
}

// reason is why a line is no statement of its own.
func reason(source string) string {
	switch {
	case strings.ContainsAny(source[:1], "!#"):
		return "explain.comment"
	case strings.HasPrefix(source, "@"):
		return "explain.other-node"
	case source[0] == '$':
		return "explain.definition"
	case strings.Trim(source, "{}") == "":
		return "explain.brace"
	}
	return "explain.part"
}

// printable keeps a terminal from obeying a file.
func printable(r rune) rune {
	if r == '\t' {
		return ' '
	}
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

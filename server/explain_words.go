package main

import (
	"slices"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// scope is where a statement stands: in a block of words, or, with values set,
// in one whose every line is a value of that word.
type scope struct {
	block  string
	within string // the heading of the block, where it is not read
	values *model.Directive
	most   lineKind // what a statement here can be at best; "" is all
}

// walk tells of each statement what became of it.
func (x *explainer) walk(nodes []conf.Node, in scope) {
	unopened, outer := "", in.within // the block above that lacks its brace
	for i := range nodes {
		n := &nodes[i]
		in.within = outer
		if len(n.Words) == 0 || n.Stray {
			continue
		}
		d := in.values
		if d == nil {
			d = x.words.Of(in.block, n)
		}
		kind := kindOf(d)
		l := x.at(x.where(n.Span()))
		switch {
		case kind == actedLine && l.found(idle...):
			kind = unreadLine
		case kind == actedLine && l.kept(in.values != nil):
			kind = keptLine
		case d == nil && len(l.findings) == 0 && in.within == "":
			in.within = unopened
		}
		if worse(in.most, kind) {
			kind = in.most
		}
		x.say(n, d, kind, in)
		if l.found("no-block") {
			unopened = n.Heading()
		}
		if n.Block == nil {
			continue
		}
		inner := scope{block: n.Word(0)}
		if kind != actedLine {
			inner.most = kind
			if inner.within = in.within; inner.within == "" && (d == nil || d.Support != model.Kept || strings.Contains(d.Word, " ")) {
				inner.within = n.Heading()
			}
		}
		if d != nil && d.Opens && d.Kind != "block" {
			inner.values = d
		}
		x.walk(n.Block.Nodes, inner)
	}
}

func kindOf(d *model.Directive) lineKind {
	switch {
	case d == nil:
		return unreadLine
	case d.Support == model.Kept:
		return keptLine
	case d.Support == model.Obsolete:
		return oldLine
	}
	return actedLine
}

// worse says whether a comes before b in the order of what may become of a line.
func worse(a, b lineKind) bool {
	return a != "" && slices.Index(lineKinds, a) > slices.Index(lineKinds, b)
}

// say writes down a statement. Lines whose statement was found faulty beyond use
// are not read.
func (x *explainer) say(n *conf.Node, d *model.Directive, kind lineKind, in scope) {
	l := x.at(x.where(n.Span()))
	if l.found(idle...) {
		kind = unreadLine
	}
	if l.became == nil || worse(l.kind, kind) {
		l.kind = kind
	}
	if len(l.became) >= mostBecame {
		l.more++
		return
	}
	own := n.Raw()
	if d != nil && in.values == nil && !strings.Contains(d.Word, " ") {
		own[0] = d.Word
	}
	text := strings.Join(own, " ")
	if n.Block != nil {
		text += " {"
	}
	l.plain = l.became == nil && squeezed(text) == squeezed(conf.Content(l.text))
	l.became = append(l.became, text)
	if e := x.effect(d, kind, in); e != "" && !slices.Contains(l.effect, e) {
		l.effect = append(l.effect, e)
	}
}

// squeezed is a text without its blanks, for comparison.
func squeezed(s string) string {
	return strings.TrimSuffix(strings.Join(strings.Fields(s), ""), "{")
}

// idle are the findings about lines of which nothing is left but the finding.
var idle = []string{"unknown-word", "unknown-block", "misplaced-word", "belongs-outside", "missing-value", "bad-address", "no-block",
	"odd-blank", "member-outside-group", "duplicate-track", "duplicate-name", "duplicate-virtual", "duplicate-server", "family-differs", "second-command",
	"state-stays", "undefined-name", "name-runs-on", "merge-mark", "no-value"}

// kept says whether a finding tells that the statement is not acted on. Of a value
// a note speaks of an option only.
func (l *line) kept(value bool) bool {
	return slices.ContainsFunc(l.findings, func(f model.Finding) bool {
		return f.Code == "kept-not-acted" && (!value || f.Severity == model.Warning)
	})
}

// found says whether one of the codes was found on the line.
func (l *line) found(codes ...string) bool {
	return slices.ContainsFunc(l.findings, func(f model.Finding) bool { return slices.Contains(codes, f.Code) })
}

// effect is what the word of a statement does, or would do.
func (x *explainer) effect(d *model.Directive, kind lineKind, in scope) string {
	switch {
	case in.within != "" && kind == keptLine:
		return x.Text("explain.kept-within", map[string]string{"Block": in.within})
	case in.within != "":
		return x.Text("explain.within", map[string]string{"Block": in.within})
	case d == nil || kind == unreadLine:
		return ""
	case kind == keptLine && d.Support == model.Acted && in.values == nil:
		return x.Text("explain.kept-here", nil) // the finding says why
	case in.values != nil && d.Support == model.Acted:
		return ""
	}
	return effect(x.env, *d)
}

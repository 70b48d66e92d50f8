package explain

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
	most   Kind // what a statement here can be at best; "" is all
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
		l := x.At(where(n.Span()))
		switch {
		case kind == Acted && l.found(idle...):
			kind = Unread
		case kind == Acted && l.kept(in.values != nil):
			kind = Kept
		case d == nil && len(l.Findings) == 0 && in.within == "":
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
		if kind != Acted {
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

func kindOf(d *model.Directive) Kind {
	switch {
	case d == nil:
		return Unread
	case d.Support == model.Kept:
		return Kept
	case d.Support == model.Obsolete:
		return Obsolete
	}
	return Acted
}

// say writes down a statement. Lines whose statement was found faulty beyond use
// are not read.
func (x *explainer) say(n *conf.Node, d *model.Directive, kind Kind, in scope) {
	l := x.At(where(n.Span()))
	if l.found(idle...) {
		kind = Unread
	}
	if l.Became == nil || worse(l.Kind, kind) {
		l.Kind = kind
	}
	if len(l.Became) >= mostBecame {
		l.More++
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
	l.Plain = l.Became == nil && squeezed(text) == squeezed(conf.Content(l.Text))
	l.Became = append(l.Became, Statement{text, n.Span()})
	if e := effect(d, kind, in); e.Code != "" && !slices.ContainsFunc(l.Effect, e.equal) {
		l.Effect = append(l.Effect, e)
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

// effect is what the word of a statement does, or would do; its Code is "" where
// that goes without saying.
func effect(d *model.Directive, kind Kind, in scope) Note {
	switch {
	case in.within != "" && kind == Kept:
		return note(KeptWithin, "Block", in.within)
	case in.within != "":
		return note(Within, "Block", in.within)
	case d == nil || kind == Unread:
		return Note{}
	case kind == Kept && d.Support == model.Acted && in.values == nil:
		return Note{Code: KeptHere}
	case in.values != nil && d.Support == model.Acted:
		return Note{}
	}
	return Note{Code: Does, Directive: d}
}

package imports

import (
	"slices"
	"strconv"

	"holdfast/assets"
	"holdfast/engine/explain"
	"holdfast/engine/model"
	"holdfast/web/changes"
)

// Row is a line as a reader of a language sees it.
type Row struct {
	At       explain.LineRef
	File     string
	Number   int // of the line, from 1
	Text     string
	Kind     explain.Kind
	Plain    bool     // it became what is written
	Became   []string // its statements, expanded, under their own names
	More     int      // statements beyond those
	About    []string // what a line that is no statement is
	Effect   []string // what its words do, or what it means that they are not acted on
	Findings []model.Finding
	Faulty   bool // they hold an error
	Causes   []Operation
	Part     []explain.LineRef // the lines whose operations it is a part of
	Why      string            // why it has no operations, where it could have
}

// Operation is one operation of the plan. Blocked says why it cannot be done here;
// "" is: it can.
type Operation struct {
	Line    string
	Sign    string // as changes.Sign
	Blocked string
}

// Row words a line.
func (x *Explanation) Row(lang string, at explain.LineRef) Row {
	l := x.At(at)
	r := Row{
		At: at, File: x.Sections[at.Section].Name, Number: at.Line + 1, Text: l.Text, Kind: l.Kind, Plain: l.Plain && len(l.Became) == 1,
		More: l.More, About: sentences(lang, l.About), Effect: sentences(lang, l.Effect), Findings: l.Findings, Faulty: model.Failed(l.Findings),
		Causes: x.Operations(lang, l.Causes), Part: x.owners(l.Adds),
	}
	for _, s := range l.Became {
		r.Became = append(r.Became, s.Text)
	}
	if l.Why.Code != "" {
		r.Why = sentence(lang, l.Why)
	}
	return r
}

// Near names a line to a reader of the line here: its number, if it is of the same
// file.
func (x *Explanation) Near(at, here explain.LineRef) string {
	if at.Section == here.Section {
		return strconv.Itoa(at.Line + 1)
	}
	return x.Place(at)
}

// Place names a line to a reader: FILE:LINE.
func (x *Explanation) Place(at explain.LineRef) string {
	return x.Sections[at.Section].Name + ":" + strconv.Itoa(at.Line+1)
}

// Operations words operations of the plan.
func (x *Explanation) Operations(lang string, list []int) []Operation {
	var out []Operation
	for _, i := range list {
		op := x.Planned.Operations[i]
		o := Operation{Line: op.String(), Sign: changes.Sign(op.Verb)}
		if code := x.BlockedBy(i); code != "" {
			o.Blocked = assets.Text(lang, "reason."+code, nil)
		}
		out = append(out, o)
	}
	return out
}

// owners are the lines that cause operations, each once.
func (x *Explanation) owners(operations []int) []explain.LineRef {
	var list []explain.LineRef
	for _, i := range operations {
		if at, ok := x.Owner(i); ok && !slices.Contains(list, at) {
			list = append(list, at)
		}
	}
	return list
}

// sentences are the sentences of notes, each once: some words share theirs.
func sentences(lang string, notes []explain.Note) []string {
	var said []string
	for _, n := range notes {
		if s := sentence(lang, n); !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	return said
}

// sentence is the sentence of a note.
func sentence(lang string, n explain.Note) string {
	switch {
	case n.Code == Unplanned:
		return assets.Text(lang, "ui.import.unplanned", nil)
	case n.Code == explain.Does:
		return assets.Directive(lang, n.Directive.ID, n.Directive.Loss, n.Directive.Instead)
	case n.Code == explain.Blocked && n.Held.Code == NotMaster:
		return assets.Text(lang, "ui.import.not-master", map[string]string{"Instance": n.Held.Object})
	case n.Code == explain.Blocked:
		return assets.Text(lang, "held."+n.Held.Code, n.Held.Args)
	}
	return assets.Text(lang, "explain."+string(n.Code), n.Args)
}

package show

import (
	"holdfast/engine/control"
	"holdfast/engine/explain"
)

// ExplainedJSON is what import --explain --json prints.
type ExplainedJSON struct {
	Node   string               `json:"node"`
	Failed bool                 `json:"failed"` // the text has errors: nothing of it would be done
	Files  []ExplainedFile      `json:"files"`
	Loose  []string             `json:"no_line"` // operations that no line causes
	Held   []control.Blocked    `json:"held"`
	Totals map[explain.Kind]int `json:"totals"` // lines by their kind
	Count  int                  `json:"operations"`
	Back   int                  `json:"held_back"` // of them, what keeps this kernel from doing them is in held
}

type ExplainedFile struct {
	File  string          `json:"file"`
	From  string          `json:"included_at,omitempty"` // FILE:LINE
	Lines []ExplainedLine `json:"lines"`
}

type ExplainedLine struct {
	Line       int          `json:"line"`
	Text       string       `json:"text"`
	Kind       explain.Kind `json:"kind"`
	Became     []string     `json:"became,omitempty"`      // its statements, expanded, under their own names
	More       int          `json:"became_more,omitempty"` // statements beyond those
	About      []string     `json:"about,omitempty"`       // what a line that is no statement is
	Effect     []string     `json:"effect,omitempty"`      // what its word does, or what it means that it is not acted on
	Findings   []FoundJSON  `json:"findings,omitempty"`
	Operations []string     `json:"operations"`        // that it causes, as ip and ipvsadm lines
	Part       []string     `json:"part_of,omitempty"` // operations of other lines that it goes into

	Others []OtherServer `json:"other_servers,omitempty"` // that keepalived 2.2.7 judges otherwise
}

// PrintJSON writes all of it for programs.
func (x *Explained) PrintJSON() error {
	out := ExplainedJSON{Node: x.Node, Failed: x.Failed, Loose: x.strings(x.Unattributed()), Held: x.Planned.Held,
		Totals: map[explain.Kind]int{}, Count: len(x.Planned.Operations)}
	_, out.Back = x.Now()
	if out.Held == nil {
		out.Held = []control.Blocked{}
	}
	count := x.Totals()
	for _, k := range explain.Kinds {
		out.Totals[k] = count[k]
	}
	for _, s := range x.Sections {
		f := ExplainedFile{File: s.Name, Lines: []ExplainedLine{}}
		if s.Inner {
			f.From = x.place(s.From, -1)
		}
		for i := range s.Lines {
			l := &s.Lines[i]
			f.Lines = append(f.Lines, ExplainedLine{Line: i + 1, Text: l.Text, Kind: l.Kind, Became: texts(l.Became), More: l.More, About: x.notes(l.About), Effect: x.effects(l),
				Findings: FoundOf(x.Env, l.Findings), Operations: x.strings(l.Causes), Part: x.strings(l.Adds), Others: x.others(l)})
		}
		out.Files = append(out.Files, f)
	}
	return Encode(x.Env, out)
}

func texts(statements []explain.Statement) []string {
	var list []string
	for _, s := range statements {
		list = append(list, s.Text)
	}
	return list
}

func (x *Explained) strings(operations []int) []string {
	lines := []string{}
	for _, i := range operations {
		lines = append(lines, x.Planned.Operations[i].String())
	}
	return lines
}

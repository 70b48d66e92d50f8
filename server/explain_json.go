package main

import (
	"holdfast/engine/control"
)

// explainedJSON is what import --explain --json prints.
type explainedJSON struct {
	Node   string           `json:"node"`
	Failed bool             `json:"failed"` // the text has errors: nothing of it would be done
	Files  []explainedFile  `json:"files"`
	Loose  []string         `json:"no_line"` // operations that no line causes
	Held   []control.Held   `json:"held"`
	Totals map[lineKind]int `json:"totals"` // lines by their kind
	Count  int              `json:"operations"`
	Back   int              `json:"held_back"` // of them, what keeps this kernel from doing them is in held
}

type explainedFile struct {
	File  string          `json:"file"`
	From  string          `json:"included_at,omitempty"` // FILE:LINE
	Lines []explainedLine `json:"lines"`
}

type explainedLine struct {
	Line       int         `json:"line"`
	Text       string      `json:"text"`
	Kind       lineKind    `json:"kind"`
	Became     []string    `json:"became,omitempty"`      // its statements, expanded, under their own names
	More       int         `json:"became_more,omitempty"` // statements beyond those
	About      []string    `json:"about,omitempty"`       // what a line that is no statement is
	Effect     []string    `json:"effect,omitempty"`      // what its word does, or what it means that it is not acted on
	Findings   []foundJSON `json:"findings,omitempty"`
	Operations []string    `json:"operations"`        // that it causes, as ip and ipvsadm lines
	Part       []string    `json:"part_of,omitempty"` // operations of other lines that it goes into
}

func (x *explainer) printJSON() error {
	out := explainedJSON{Node: x.node, Failed: x.failed, Loose: x.strings(x.loose()), Held: x.planned.Held,
		Totals: map[lineKind]int{}, Count: len(x.planned.Operations)}
	_, out.Back = x.now()
	if out.Held == nil {
		out.Held = []control.Held{}
	}
	count := x.totals()
	for _, k := range lineKinds {
		out.Totals[k] = count[k]
	}
	for _, s := range x.sections {
		f := explainedFile{File: s.name, Lines: []explainedLine{}}
		if s.inner {
			f.From = x.place(s.from, -1)
		}
		for i, l := range s.lines {
			f.Lines = append(f.Lines, explainedLine{Line: i + 1, Text: l.text, Kind: l.kind, Became: l.became, More: l.more, About: l.about, Effect: l.effect,
				Findings: foundOf(x.env, l.findings), Operations: x.strings(l.causes), Part: x.strings(l.adds)})
		}
		out.Files = append(out.Files, f)
	}
	return encode(x.env, out)
}

func (x *explainer) strings(operations []int) []string {
	lines := []string{}
	for _, i := range operations {
		lines = append(lines, x.planned.Operations[i].String())
	}
	return lines
}

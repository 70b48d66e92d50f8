package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/engine/convert"
	"holdfast/engine/explain"
	"holdfast/engine/model"
	"holdfast/web/changes"
	"holdfast/web/imports"
)

// sentFile is a text with its name.
type sentFile struct {
	Name string `json:"name" maxLength:"4096" doc:"With as many folders as its include has to name" example:"web.conf"`
	Text string `json:"text"`
}

type explainInput struct {
	Body struct {
		Name  string     `json:"name,omitempty" maxLength:"4096" default:"keepalived.conf" doc:"Of the text, as places name it"`
		Text  string     `json:"text"`
		Files []sentFile `json:"files,omitempty" maxItems:"1000" doc:"What it includes: an include reads those whose names fit the end of its path"`
	}
}

// explained is a text line by line. What a line says is named as holdfast import
// --explain --json names it.
type explained struct {
	Node     string            `json:"node"`
	Failed   bool              `json:"failed" doc:"The text has errors: nothing of it would be done"`
	Text     string            `json:"text" doc:"All of it in one piece, to be saved as the candidate"`
	Carried  bool              `json:"carried" doc:"Its definitions had to be carried out for that"`
	Unread   []string          `json:"not_included" doc:"Files that no include reads"`
	Files    []explainedFile   `json:"files"`
	Loose    []string          `json:"no_line" doc:"Operations that no line causes: what an earlier configuration left"`
	Held     []control.Blocked `json:"held" doc:"What could not be carried out now"`
	Totals   map[string]int    `json:"totals" doc:"Lines by their kind"`
	Count    int               `json:"operations" doc:"Of both roles, were it applied now"`
	HeldBack int               `json:"held_back" doc:"Of them, those that this kernel or process cannot do"`
	Away     map[string]string `json:"away" doc:"By role that gave no plan: why"`
}

type explainedFile struct {
	File  string          `json:"file"`
	From  string          `json:"included_at,omitempty" doc:"FILE:LINE"`
	Lines []explainedLine `json:"lines"`
}

type explainedLine struct {
	Line       int       `json:"line"`
	Text       string    `json:"text"`
	Kind       string    `json:"kind" enum:"blank,comment,brace,include,definition,other-node,unread,obsolete,kept,acted"`
	Became     []string  `json:"became,omitempty" doc:"Its statements, expanded, under their own names"`
	More       int       `json:"became_more,omitempty" doc:"Statements beyond those"`
	About      []string  `json:"about,omitempty" doc:"What a line that is no statement is"`
	Effect     []string  `json:"effect,omitempty" doc:"What its words do, or what it means that they are not acted on"`
	Findings   []finding `json:"findings,omitempty"`
	Operations []string  `json:"operations" doc:"That it causes, as ip and ipvsadm lines"`
	Part       []string  `json:"part_of,omitempty" doc:"Lines whose operations it is a part of, FILE:LINE"`
	Why        string    `json:"why_none,omitempty" doc:"Why it causes none, where it could"`
}

func explainedOf(lang string, x *imports.Explanation) explained {
	out := explained{
		Node: x.Node, Failed: x.Failed, Text: x.Text, Carried: x.Carried, Unread: append([]string{}, x.Unread...), Files: []explainedFile{},
		Loose: lines(x.Operations(lang, x.Unattributed())), Held: []control.Blocked{}, Totals: map[string]int{}, Count: len(x.Planned.Operations),
		Away: map[string]string{},
	}
	_, out.HeldBack = x.Now()
	for _, r := range x.Roles {
		out.Held = append(out.Held, r.Held...)
		if r.Err != nil {
			out.Away[r.Role] = r.Err.Error()
		}
	}
	totals := x.Totals()
	for _, k := range explain.Kinds {
		out.Totals[string(k)] = totals[k]
	}
	for i, s := range x.Sections {
		f := explainedFile{File: s.Name, Lines: make([]explainedLine, 0, len(s.Lines))}
		if s.Inner {
			f.From = x.Place(s.From)
		}
		for n := range s.Lines {
			f.Lines = append(f.Lines, explainedLineOf(lang, x, x.Row(lang, explain.LineRef{Section: i, Line: n})))
		}
		out.Files = append(out.Files, f)
	}
	return out
}

func explainedLineOf(lang string, x *imports.Explanation, r imports.Row) explainedLine {
	l := explainedLine{
		Line: r.Number, Text: r.Text, Kind: string(r.Kind), Became: r.Became, More: r.More, About: r.About, Effect: r.Effect,
		Findings: findings(lang, r.Findings), Operations: lines(r.Causes), Why: r.Why,
	}
	for _, at := range r.Part {
		l.Part = append(l.Part, x.Place(at))
	}
	return l
}

func lines(list []imports.Operation) []string {
	out := []string{}
	for _, o := range list {
		out = append(out, o.Line)
	}
	return out
}

type pairInput struct {
	Body struct {
		One   pairFile `json:"one"`
		Other pairFile `json:"other"`
	}
}

type pairFile struct {
	Name string `json:"name,omitempty" maxLength:"4096" default:"keepalived.conf" doc:"Of the file, as places name it"`
	Node string `json:"node,omitempty" maxLength:"255" doc:"Missing: the name of the file without its ending" example:"lb1"`
	Text string `json:"text"`
}

func (f pairFile) half() imports.Half {
	return imports.Half{File: imports.File{Name: cmp.Or(f.Name, changes.FileName), Text: f.Text}, Node: f.Node}
}

// joined is one text of two files. A difference is named as holdfast import FILE
// FILE --json names it.
type joined struct {
	Nodes       []string     `json:"nodes"`
	Text        string       `json:"text"`
	Differences []difference `json:"differences"`
}

type difference struct {
	Block  string    `json:"block" doc:"The headings around it"`
	Word   string    `json:"word"`
	Values []*string `json:"values" doc:"Of each node; null: it is not written there"`
	Places []string  `json:"places" doc:"FILE:LINE, or nothing where it is not written"`
	Kind   string    `json:"kind" enum:"identity,must-agree,must-differ,setting"`
}

func joinedOf(p *imports.Pair) joined {
	out := joined{Nodes: []string{p.Sides[0].Node, p.Sides[1].Node}, Text: p.Text, Differences: []difference{}}
	for _, d := range p.Differences {
		out.Differences = append(out.Differences, differenceOf(d))
	}
	return out
}

func differenceOf(d convert.Difference) difference {
	out := difference{Block: d.Block, Word: d.Word, Kind: string(d.Kind)}
	for i, v := range d.Values {
		out.Values, out.Places = append(out.Values, v), append(out.Places, d.Places[i].String())
	}
	return out
}

func (r *routes) imports() {
	tags := []string{"Import"}
	add(r, huma.Operation{
		OperationID: "explain-text", Method: http.MethodPost, Path: "/import/explain", Tags: tags,
		Summary:     "What each line of a text becomes, and would do here now",
		Description: "It saves nothing. The text in the answer may be saved with PUT /candidate.", MaxBodyBytes: MostBody, Errors: []int{413, 422},
	}, func(ctx context.Context, in *explainInput) (*answer[explained], error) {
		u := imports.Upload{Main: imports.File{Name: cmp.Or(in.Body.Name, changes.FileName), Text: in.Body.Text}}
		for _, f := range in.Body.Files {
			u.Included = append(u.Included, imports.File(f))
		}
		x, err := r.Imports.Explain(ctx, u)
		if err != nil {
			return nil, err
		}
		return body(explainedOf(langOf(ctx), x)), nil
	})
	add(r, huma.Operation{
		OperationID: "join-pair", Method: http.MethodPost, Path: "/import/pair", Tags: tags,
		Summary:     "One text of the files of two nodes",
		Description: "What one file says alone stands behind @NODE; nothing is filled in. It saves nothing.", MaxBodyBytes: MostBody, Errors: []int{413, 422},
	}, func(ctx context.Context, in *pairInput) (*answer[joined], error) {
		p, err := r.Imports.Join(ctx, [2]imports.Half{in.Body.One.half(), in.Body.Other.half()})
		if err != nil {
			return nil, withErrors(langOf(ctx), p, err)
		}
		return body(joinedOf(p)), nil
	})
}

// withErrors adds the errors of its files to the problem of a pair.
func withErrors(lang string, p *imports.Pair, err error) error {
	out := problemOf(lang, err)
	for _, s := range p.Sides {
		for _, f := range s.Findings {
			if f.Severity == model.Error {
				at := fmt.Sprintf("%s:%d", f.Range.File, f.Range.Line)
				out.Errors = append(out.Errors, &huma.ErrorDetail{Message: assets.Finding(lang, f.Code, f.Args, f.Hint), Location: at})
			}
		}
	}
	return out
}

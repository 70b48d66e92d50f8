package page

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/convert"
	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/imports"
	"holdfast/web/live"
)

// pairForm is the two files of a pair as they were sent, and what was found in them.
type pairForm struct{ Halves [2]pairHalf }

// pairHalf is one of them; Field is the beginning of the names of its fields.
type pairHalf struct {
	Field      string
	Node, Name string
	Text       string
	Findings   []finding
}

// pairPage shows the files of a pair as one text.
type pairPage struct {
	ID string
	*imports.Pair
	Draft    changes.Draft      // the candidate that it would replace, if there is one
	Replaces []changes.DiffLine // from that candidate to the text
	Rows     []pairRow
	Lines    []string
	Stranger bool // neither file is of the console's node
}

// pairRow is one difference.
type pairRow struct {
	Block, Word string
	Kind        convert.Kind
	Note        string // the kind, where it says something: "ui.pair.kind-NOTE"
	Values      [2]pairValue
	Lines       []string // as it stands in the joined text
}

// pairValue is what one file says.
type pairValue struct {
	Written bool
	Text    string // "" where the word has no value
	Place   string
}

func pairRows(p *imports.Pair) []pairRow {
	rows := make([]pairRow, 0, len(p.Differences))
	for _, d := range p.Differences {
		r := pairRow{Block: d.Block, Word: d.Word, Kind: d.Kind, Lines: p.InText(d)}
		if d.Kind != convert.Setting {
			r.Note = string(d.Kind)
		}
		for i, v := range d.Values {
			if v != nil {
				r.Values[i] = pairValue{true, *v, d.Places[i].String()}
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// halves are the names of the fields of the two files.
var halves = [2]string{"one", "other"}

func emptyPair() pairForm {
	var f pairForm
	for i, name := range halves {
		f.Halves[i].Field = name
	}
	return f
}

func (p *Pages) pairForm(c *gin.Context) {
	p.show(c, http.StatusOK, "pair", "changes", live.View{Page: "pair", Lang: language(c.Request)}, emptyPair())
}

// pair joins two files that were sent and leads to the text.
func (p *Pages) pair(c *gin.Context) {
	form := emptyPair()
	var sent [2]imports.Half
	for i, name := range halves {
		file, err := sentText(c, name, name+"-text")
		if err != nil {
			if !p.formFault(c, err) {
				p.showFault(c, err, "pair", "changes", form)
			}
			return
		}
		sent[i] = imports.Half{File: file, Node: c.PostForm(name + "-node")}
		form.Halves[i] = pairHalf{Field: name, Node: sent[i].Node, Name: file.Name, Text: retyped(file.Text)}
	}
	both, err := p.Imports.Join(c.Request.Context(), sent)
	if err != nil {
		for i, s := range both.Sides {
			h := &form.Halves[i]
			h.Node, h.Findings = s.Node, findingsIn(sent[i].Text, s.Findings)
		}
		if !p.formFault(c, err) {
			p.showFault(c, err, "pair", "changes", form)
		}
		return
	}
	id := p.Imports.Keep(user(c).ID, strings.Count(both.Text, "\n"), both)
	c.Redirect(http.StatusSeeOther, "/import/pairs/"+id)
}

// paired finds the pair that an address names, or answers that it is gone.
func (p *Pages) paired(c *gin.Context) (*imports.Pair, bool) {
	both, ok := imports.Find[*imports.Pair](&p.Imports.Drafts, user(c).ID, c.Param("id"))
	if !ok {
		p.fail(c, fault.New("import-gone"))
	}
	return both, ok
}

func (p *Pages) pairText(c *gin.Context) {
	if both, ok := p.paired(c); ok {
		download(c, changes.FileName, both.Text)
	}
}

func (p *Pages) joined(c *gin.Context) { p.showJoined(c, nil) }

func (p *Pages) showJoined(c *gin.Context, wrong error) {
	both, ok := p.paired(c)
	if !ok {
		return
	}
	draft, err := p.Workflow.Draft(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	body := pairPage{ID: c.Param("id"), Pair: both, Draft: draft, Replaces: replaces(draft, both.Text), Rows: pairRows(both), Lines: strings.Split(strings.TrimSuffix(both.Text, "\n"), "\n")}
	body.Stranger = both.Sides[0].Node != p.Node && both.Sides[1].Node != p.Node
	if wrong != nil {
		p.showFault(c, wrong, "joined", "changes", body)
		return
	}
	p.show(c, http.StatusOK, "joined", "changes", live.View{Page: "joined", Lang: language(c.Request)}, body)
}

// pairCandidate makes the joined text the candidate.
func (p *Pages) pairCandidate(c *gin.Context) {
	both, ok := p.paired(c)
	if !ok {
		return
	}
	p.replaceCandidate(c, both.Text, p.showJoined)
}

package page

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"holdfast/engine/explain"
	"holdfast/engine/model"
	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/imports"
	"holdfast/web/live"
)

// importForm is the text that a form of the import page begins with.
type importForm struct{ Text string }

// importPage shows what one text became, one page of its lines at a time.
type importPage struct {
	ID string
	*imports.Explanation
	Draft    changes.Draft      // the candidate that it would replace, if there is one
	Replaces []changes.DiffLine // from that candidate to the text
	Errors   []model.Finding    // what keeps the text from being applied
	Filters
	Rows        []importRow
	Loose       []imports.Operation // operations that no line causes
	Done, Held  int                 // operations that would be carried out now, and that are held back
	Lines       int
	Page, Pages int
	Prev, Next  int // pages; 0 is none
}

// importRow is a line with as much of what it became and does as a page shows.
type importRow struct {
	imports.Row
	MoreCauses int
}

// fewOfLine is how many statements, and how many operations, of one line are shown:
// a generator makes many of it.
const fewOfLine = 20

func importRowOf(r imports.Row) importRow {
	row := importRow{Row: r, MoreCauses: len(r.Causes)}
	row.More += max(0, len(r.Became)-fewOfLine)
	row.Became = r.Became[:min(len(r.Became), fewOfLine)]
	row.Causes = r.Causes[:min(len(r.Causes), fewOfLine)]
	row.MoreCauses -= len(row.Causes)
	return row
}

// Filters are what the lines of an import can be narrowed to, each with how many
// lines it has, and the one that is chosen.
type Filters struct {
	Show  string
	Names []string
	Count map[string]int
}

// lineFilter shows the lines that fit. Its words are "ui.import.show-NAME".
type lineFilter struct {
	name string
	fits func(*explain.Line) bool
}

// filters are in the order of the page; the first is chosen where none is.
var filters = []lineFilter{
	{"all", func(*explain.Line) bool { return true }},
	{"found", func(l *explain.Line) bool { return len(l.Findings) > 0 }},
	{"does", func(l *explain.Line) bool { return len(l.Causes) > 0 }},
	{"acted", func(l *explain.Line) bool { return l.Kind == explain.Acted }},
	{"kept", func(l *explain.Line) bool { return l.Kind == explain.Kept }},
	{"obsolete", func(l *explain.Line) bool { return l.Kind == explain.Obsolete }},
	{"unread", func(l *explain.Line) bool { return l.Kind == explain.Unread }},
}

// pageLines is how many lines of an import a page shows.
const pageLines = 100

func (p *Pages) importForm(c *gin.Context) {
	p.show(c, http.StatusOK, "import", "changes", live.View{Page: "import", Lang: language(c.Request)}, importForm{})
}

// explain reads a text that was sent and leads to what became of it.
func (p *Pages) explain(c *gin.Context) {
	main, err := sentText(c, "file", "text")
	var included []imports.File
	if err == nil {
		included, err = sentFiles(c, "files")
	}
	var x *imports.Explanation
	if err == nil {
		x, err = p.Imports.Explain(c.Request.Context(), imports.Upload{Main: main, Included: included})
	}
	if err != nil {
		if !p.formFault(c, err) {
			p.showFault(c, err, "import", "changes", importForm{retyped(main.Text)})
		}
		return
	}
	id := p.Imports.Keep(user(c).ID, x.Size(), x)
	c.Redirect(http.StatusSeeOther, "/import/texts/"+id)
}

func (p *Pages) explained(c *gin.Context) { p.showExplained(c, nil) }

// showExplained draws a page of the lines of a text that was sent; wrong is what was
// wrong with what was asked for, nil if nothing was.
func (p *Pages) showExplained(c *gin.Context, wrong error) {
	x, ok := imports.Find[*imports.Explanation](&p.Imports.Drafts, user(c).ID, c.Param("id"))
	if !ok {
		p.fail(c, fault.New("import-gone"))
		return
	}
	body := &importPage{ID: c.Param("id"), Explanation: x, Lines: x.Size()}
	var err error
	if body.Draft, err = p.Workflow.Draft(c.Request.Context()); err != nil {
		p.fail(c, err)
		return
	}
	body.Replaces = replaces(body.Draft, x.Text)
	for _, f := range x.Findings {
		if f.Severity == model.Error {
			body.Errors = append(body.Errors, f)
		}
	}
	lang := language(c.Request)
	body.Done, body.Held = x.Now()
	body.Loose = x.Operations(lang, x.Unattributed())
	body.turnTo(lang, c.Query("show"), c.Query("page"), c.Query("at"))
	if wrong != nil {
		p.showFault(c, wrong, "imported", "changes", body)
		return
	}
	p.show(c, http.StatusOK, "imported", "changes", live.View{Page: "imported", Lang: lang}, body)
}

// turnTo picks the page of the lines that pass the filter show, or of all lines the
// one that holds the line at.
func (b *importPage) turnTo(lang, show, page, at string) {
	i := max(0, slices.IndexFunc(filters, func(f lineFilter) bool { return f.name == show }))
	b.Show, b.Count = filters[i].name, map[string]int{}
	var fits []explain.LineRef
	wanted := 0
	for s := range b.Sections {
		for n := range b.Sections[s].Lines {
			l := &b.Sections[s].Lines[n]
			for _, f := range filters {
				if f.fits(l) {
					b.Count[f.name]++
				}
			}
			if ref := (explain.LineRef{Section: s, Line: n}); filters[i].fits(l) {
				if lineName(ref) == at {
					wanted = len(fits)
				}
				fits = append(fits, ref)
			}
		}
	}
	for _, f := range filters {
		b.Names = append(b.Names, f.name)
	}
	b.Pages = max(1, (len(fits)+pageLines-1)/pageLines)
	b.Page = wanted/pageLines + 1
	if n, err := strconv.Atoi(page); err == nil && at == "" {
		b.Page = min(max(n, 1), b.Pages)
	}
	b.Prev = b.Page - 1
	if b.Page < b.Pages {
		b.Next = b.Page + 1
	}
	for _, ref := range fits[(b.Page-1)*pageLines : min(len(fits), b.Page*pageLines)] {
		b.Rows = append(b.Rows, importRowOf(b.Row(lang, ref)))
	}
}

// Line is the line that a finding is about; nil is none.
func (b *importPage) Line(f model.Finding) *explain.LineRef {
	for i, s := range b.Sections {
		if s.Name == f.Range.File && f.Range.Line >= 1 && f.Range.Line <= len(s.Lines) {
			return &explain.LineRef{Section: i, Line: f.Range.Line - 1}
		}
	}
	return nil
}

// lineName is how a line is named in an address: SECTION-LINE.
func lineName(at explain.LineRef) string {
	return strconv.Itoa(at.Section) + "-" + strconv.Itoa(at.Line+1)
}

// importedCandidate makes the text the candidate.
func (p *Pages) importedCandidate(c *gin.Context) {
	x, ok := imports.Find[*imports.Explanation](&p.Imports.Drafts, user(c).ID, c.Param("id"))
	if !ok {
		p.fail(c, fault.New("import-gone"))
		return
	}
	p.replaceCandidate(c, x.Text, p.showExplained)
}

// replaceCandidate makes a text the candidate, if the candidate is still the one
// that the page showed and the form says that it is to be replaced; else again draws
// the page once more. Faults: candidate-waits, import-meanwhile, drafts-full.
func (p *Pages) replaceCandidate(c *gin.Context, text string, again func(*gin.Context, error)) {
	s, err := saving(c, text)
	if err == nil {
		err = p.mayReplace(c)
	}
	if err != nil {
		again(c, err)
		return
	}
	ctx := c.Request.Context()
	r, err := p.Workflow.Save(ctx, s)
	if err == nil {
		c.Redirect(http.StatusSeeOther, savedAt(r))
		return
	}
	if fault.Of(err).Code == fault.Conflict {
		now, readErr := p.Workflow.Draft(ctx)
		if err = readErr; err == nil {
			err = fault.New("import-meanwhile", "Author", now.Author)
		}
	}
	again(c, err)
}

// mostShown is how large a text may be that is put back into a field: a larger one
// came from a file, and is there.
const mostShown = 1 << 20

func retyped(text string) string {
	if len(text) > mostShown {
		return ""
	}
	return text
}

package page

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// oneRevision is a revision's own page.
type oneRevision struct {
	store.Revision
	Review   changes.Review
	Findings []finding
	Lines    []string
	Runs     bool
	Head     bool
	Last     store.Application // what became of it last; its Outcome "" is: it was never run
	Form     applyForm
}

// numbered reads the revision a path names.
func (p *Pages) numbered(c *gin.Context) (store.Revision, error) {
	n, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil {
		return store.Revision{}, fault.New("no-revision", "Name", c.Param("number"))
	}
	rev, err := p.Workflow.Revision(c.Request.Context(), n)
	if errors.Is(err, store.ErrNotFound) {
		err = fault.New("no-revision", "Name", c.Param("number"))
	}
	return rev, err
}

func (p *Pages) revision(c *gin.Context) { p.showRevision(c, nil) }

func (p *Pages) showRevision(c *gin.Context, wrong error) {
	ctx := c.Request.Context()
	rev, err := p.numbered(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	newest, err := p.Store.Newest(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	r := p.Workflow.Review(ctx, rev.Text)
	last, err := p.Store.LastApplications(ctx, []int64{rev.Number})
	if err != nil {
		p.fail(c, err)
		return
	}
	button := "back"
	if _, ran := last[rev.Number]; !ran {
		button = "do"
	}
	form := formOf(r, fmt.Sprintf("/changes/revisions/%d/run", rev.Number), button, c.PostForm("note"))
	if rev.Text = asSeen(c, rev.Text); !access.Sees(ctx) {
		r = r.Veiled()
	}
	body := oneRevision{
		Revision: rev, Review: r, Findings: findingsIn(rev.Text, r.Findings),
		Lines: strings.Split(strings.TrimSuffix(rev.Text, "\n"), "\n"),
		Runs:  r.Running.Hash == rev.Hash && !r.Running.Differ(), Head: rev.Number == newest, Last: last[rev.Number],
		Form: form,
	}
	if wrong != nil {
		p.showFault(c, wrong, "revision", "changes", body)
		return
	}
	p.show(c, http.StatusOK, "revision", "changes", live.View{Page: "revision", Lang: language(c.Request)}, body)
}

func (p *Pages) revisionText(c *gin.Context) {
	rev, err := p.numbered(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	download(c, fmt.Sprintf("keepalived-%d.conf", rev.Number), asSeen(c, rev.Text))
}

// editRevision puts an earlier text into the editor. A candidate that is there
// already is not overwritten.
func (p *Pages) editRevision(c *gin.Context) {
	rev, err := p.numbered(c)
	if err == nil {
		_, err = p.Store.SaveCandidate(c.Request.Context(), rev.Text, rev.Number, user(c).Name, 0)
	}
	if err != nil {
		if fault.Of(err).Code == fault.Conflict {
			err = fault.New("candidate-there")
		}
		p.showRevision(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/changes")
}

func (p *Pages) runRevision(c *gin.Context) {
	rev, err := p.numbered(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	req := order(c)
	if req.Note == "" {
		req.Note = fmt.Sprintf("↩ %d", rev.Number)
	}
	done, err := p.Workflow.RunRevision(c.Request.Context(), rev.Number, req)
	if err != nil {
		p.showRevision(c, err)
		return
	}
	p.done(c, "/changes", saidOf(done))
}

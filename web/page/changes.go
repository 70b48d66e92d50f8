package page

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/changes"
	"holdfast/web/live"
)

// changesPage is the editor, the findings of its text, its plan, and the history.
type changesPage struct {
	Draft    changes.Draft
	Running  changes.Running
	Review   *changes.Review // nil: there is no candidate to look at
	Findings []finding
	Fresh    bool // nothing runs: all of it would be new
	Form     applyForm
	Base     string     // hash of the text that the one in the editor is made from
	Meets    *meanwhile // what another person made of it meanwhile; nil: nothing
	Replaced *store.Draft
	Gone     int // drafts that made room for Replaced
	Drafts   []store.Draft
	history
}

// history is the live part of changesPage: the revisions and their outcomes.
type history struct {
	History []changes.Past
	Head    int64
	Older   int64  // go on before this revision; 0 is the end
	Runs    int64  // number of the running revision; 0: none of them
	RunHash string // hash of the running text; "": not known
	Roles   live.Snapshot
}

// applyForm is the order to run a text, as the page asks for it.
type applyForm struct {
	Action string
	Hash   string
	Hashes map[string]string
	Note   string
	Heavy  bool
	Loss   changes.Loss
	Ops    int
	Ready  bool
	Same   bool   // it runs already: there is nothing to apply
	Button string // its words: "ui.apply.BUTTON"
}

func (p *Pages) changes(c *gin.Context) {
	draft, err := p.Workflow.Draft(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	p.showChanges(c, draft, nil, "")
}

// showChanges draws the page with draft in the editor; wrong is what was wrong
// with what was sent, nil if nothing was.
func (p *Pages) showChanges(c *gin.Context, draft changes.Draft, wrong error, note string) {
	body, err := p.changesPage(c, draft)
	if err != nil {
		p.fail(c, err)
		return
	}
	if draft.Version > 0 {
		p.review(c, &body, note)
	}
	p.drawChanges(c, body, wrong)
}

func (p *Pages) drawChanges(c *gin.Context, body changesPage, wrong error) {
	body.Draft.Text = asSeen(c, body.Draft.Text)
	if wrong != nil {
		p.showFault(c, wrong, "changes", "changes", body)
		return
	}
	p.show(c, http.StatusOK, "changes", "changes", live.View{Page: "changes", Lang: language(c.Request), Since: before(c)}, body)
}

// before is the revision that the history goes on below; 0 is from the newest.
func before(c *gin.Context) int64 {
	n, err := strconv.ParseInt(c.DefaultQuery("before", "0"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// changesPage is the page with draft in the editor, without its plan.
func (p *Pages) changesPage(c *gin.Context, draft changes.Draft) (body changesPage, err error) {
	ctx := c.Request.Context()
	body = changesPage{Draft: draft, Base: model.Hash([]byte(draft.Text))}
	if body.history, err = p.history(ctx, before(c), p.Watch.Look(ctx)); err != nil {
		return body, err
	}
	if body.Drafts, err = p.Store.Drafts(ctx); err != nil {
		return body, err
	}
	body.Replaced, body.Gone = replacedBy(c, body.Drafts)
	body.Running = p.Workflow.Running(ctx)
	return body, nil
}

// review adds the findings and the plan of the text in the editor.
func (p *Pages) review(c *gin.Context, body *changesPage, note string) {
	r := p.Workflow.Review(c.Request.Context(), body.Draft.Text)
	body.Form = formOf(r, "/changes/apply", "do", note)
	if body.Draft.Text = asSeen(c, body.Draft.Text); !access.Sees(c.Request.Context()) {
		r = r.Veiled()
	}
	body.Review, body.Running = &r, r.Running
	body.Findings = findingsIn(body.Draft.Text, r.Findings)
	body.Fresh = r.Running.Text == ""
}

func formOf(r changes.Review, action, button, note string) applyForm {
	return applyForm{
		Action: action, Hash: r.Hash, Hashes: r.Running.Hashes, Note: note, Heavy: r.Loss.Heavy(), Loss: r.Loss,
		Ops: r.Operations(), Ready: r.Ready(), Same: r.Same(), Button: button,
	}
}

// historySize is how many revisions the changes page lists at once.
const historySize = 20

func (p *Pages) history(ctx context.Context, before int64, s live.Snapshot) (history, error) {
	list, err := p.Workflow.History(ctx, before, historySize+1)
	if err != nil {
		return history{}, err
	}
	h := history{History: list[:min(len(list), historySize)], Roles: s}
	if len(list) > historySize {
		h.Older = h.History[historySize-1].Number
	}
	if h.Head, err = p.Store.Newest(ctx); err != nil {
		return history{}, err
	}
	if s.VRRP.Seen() {
		h.RunHash = s.VRRP.Status.Hash
		for _, r := range list {
			if r.Hash == s.VRRP.Status.Hash {
				h.Runs = r.Number
				break
			}
		}
	}
	return h, nil
}

func (p *Pages) historyBody(ctx context.Context, v live.View, s live.Snapshot) (any, error) {
	return p.history(ctx, v.Since, s)
}

// again draws the page as it stands, with the fault.
func (p *Pages) again(c *gin.Context, wrong error) {
	draft, err := p.Workflow.Draft(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	p.showChanges(c, draft, wrong, c.PostForm("note"))
}

// order reads the form of an apply.
func order(c *gin.Context) changes.Request {
	req := changes.Request{
		Author: user(c).Name, Note: strings.TrimSpace(c.PostForm("note")), Hash: c.PostForm("hash"),
		Running: map[string]string{}, Yes: c.PostForm("yes") == "yes",
	}
	for _, role := range control.Roles {
		if hash, sent := c.GetPostForm("running-" + role); sent {
			req.Running[role] = hash
		}
	}
	return req
}

func (p *Pages) apply(c *gin.Context) {
	done, err := p.Workflow.ApplyCandidate(c.Request.Context(), order(c))
	if err != nil {
		p.again(c, err)
		return
	}
	p.done(c, "/changes", saidOf(done))
}

// saidOf is the notice that an order to run a text ends with.
func saidOf(d changes.Done) string {
	if !d.Changed {
		return "unchanged"
	}
	if d.Operations == 0 {
		return "in-force"
	}
	return "applied"
}

func (p *Pages) adopt(c *gin.Context) {
	if _, err := p.Workflow.Adopt(c.Request.Context(), user(c).Name, c.PostForm("note")); err != nil {
		p.again(c, err)
		return
	}
	p.done(c, "/changes", "adopted")
}

func (p *Pages) confirm(c *gin.Context) {
	if err := p.Workflow.Confirm(c.Request.Context(), user(c).Name, c.PostForm("hash")); err != nil {
		p.again(c, err)
		return
	}
	p.done(c, "/changes", "kept")
}

func (p *Pages) revert(c *gin.Context) {
	kept, err := p.Workflow.Revert(c.Request.Context(), user(c).Name, c.PostForm("hash"))
	if err != nil {
		p.again(c, err)
		return
	}
	if kept {
		p.done(c, "/changes", "reverted-draft")
		return
	}
	p.done(c, "/changes", "reverted")
}

// done looks at the roles anew, so that the next page shows what was done.
func (p *Pages) done(c *gin.Context, path, code string) {
	p.Watch.LookAgain(c.Request.Context())
	p.Hub.Wake()
	said(c, path, code)
}

package page

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/control"
	"holdfast/web/changes"
	"holdfast/web/fault"
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
	Theirs   []changes.DiffLine // after a conflict: from the text that is saved to the one in the editor
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
	ctx := c.Request.Context()
	before, err := strconv.ParseInt(c.DefaultQuery("before", "0"), 10, 64)
	if err != nil {
		before = 0
	}
	body := changesPage{Draft: draft}
	if body.history, err = p.history(ctx, before, p.Watch.Look(ctx)); err != nil {
		p.fail(c, err)
		return
	}
	if draft.Version > 0 {
		r := p.Workflow.Review(ctx, draft.Text)
		body.Review, body.Running = &r, r.Running
		body.Findings = findingsIn(draft.Text, r.Findings)
		body.Fresh = r.Running.Text == ""
		body.Form = formOf(r, "/changes/apply", "do", note)
	} else {
		body.Running = p.Workflow.Running(ctx)
	}
	if wrong != nil && fault.Of(wrong).Code == "edited-meanwhile" {
		saved, err := p.Workflow.Draft(ctx)
		if err != nil {
			p.fail(c, err)
			return
		}
		body.Theirs = changes.Diff(saved.Text, draft.Text)
	}
	if wrong != nil {
		p.showFault(c, wrong, "changes", "changes", body)
		return
	}
	p.show(c, http.StatusOK, "changes", "changes", live.View{Page: "changes", Lang: language(c.Request), Since: before}, body)
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

func (p *Pages) saveCandidate(c *gin.Context) {
	ctx := c.Request.Context()
	old, err := p.Workflow.Draft(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	text := changes.Typed(c.PostForm("text"), old.Text)
	p.keep(c, text, c.PostForm("version"))
}

// keep stores text as the candidate. The typed text is never lost: after a
// conflict it is still in the editor, and saving again overwrites the other one.
func (p *Pages) keep(c *gin.Context, text, version string) {
	ctx := c.Request.Context()
	seen, err := strconv.Atoi(version)
	if err == nil {
		_, err = p.Workflow.Save(ctx, user(c).Name, text, seen)
	} else {
		err = fault.New(fault.Conflict)
	}
	if err == nil {
		c.Redirect(http.StatusSeeOther, "/changes#plan")
		return
	}
	now, readErr := p.Workflow.Draft(ctx)
	if readErr != nil {
		p.fail(c, readErr)
		return
	}
	if fault.Of(err).Code == fault.Conflict {
		err = fault.New("edited-meanwhile", "Author", now.Author)
	}
	now.Text = text
	p.showChanges(c, now, err, "")
}

func (p *Pages) importCandidate(c *gin.Context) {
	files, err := sentFiles(c, "file")
	if err == nil && len(files) == 0 {
		err = fault.In("file", "no-file")
	}
	if err != nil {
		if !p.formFault(c, err) {
			p.again(c, err)
		}
		return
	}
	if err := p.mayReplace(c); err != nil {
		p.again(c, err)
		return
	}
	p.keep(c, files[0].Text, c.PostForm("version"))
}

// mayReplace says why an imported text may not take the place of the candidate: there is
// one, and the form does not say that it is to be replaced. Nil is: it may.
func (p *Pages) mayReplace(c *gin.Context) error {
	draft, err := p.Workflow.Draft(c.Request.Context())
	if err != nil || draft.Version == 0 || c.PostForm("replace") == "yes" {
		return err
	}
	if c.PostForm("version") != strconv.Itoa(draft.Version) {
		return nil // it came meanwhile: saving refuses it with a word of its own
	}
	return &fault.Error{Code: "candidate-waits", Field: "replace", Args: map[string]string{"Author": draft.Author}}
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

func (p *Pages) discardCandidate(c *gin.Context) {
	seen, err := strconv.Atoi(c.PostForm("version"))
	if err != nil || seen == 0 { // the page that has the button has its version
		err = fault.New(fault.Conflict)
	} else {
		err = p.Workflow.Discard(c.Request.Context(), user(c).Name, seen)
	}
	if err != nil {
		p.again(c, err)
		return
	}
	said(c, "/changes", "discarded")
}

func (p *Pages) candidateText(c *gin.Context) {
	draft, err := p.Workflow.Draft(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	download(c, changes.FileName, draft.Text)
}

func download(c *gin.Context, name, text string) {
	c.Header("Content-Disposition", "attachment; filename="+strconv.Quote(name))
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(text))
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
	if err := p.Workflow.Revert(c.Request.Context(), user(c).Name, c.PostForm("hash")); err != nil {
		p.again(c, err)
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

package page

import (
	"cmp"
	"errors"
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

// draftPage is one draft, compared with another text.
type draftPage struct {
	store.Draft
	With   changes.Other
	Withs  []changes.Other // that it can be compared with, beside Others
	Diff   []changes.DiffLine
	Away   error         // why there is no Diff
	Others []store.Draft // that it can be compared with
	Editor changes.Draft // the candidate that it would replace, if there is one
	Lines  []string
}

// drafted reads the draft that a path names.
func drafted(c *gin.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return 0, noDraft(c)
	}
	return id, nil
}

func noDraft(c *gin.Context) error { return fault.New("no-draft", "Name", c.Param("id")) }

// failDraft answers with what kept the draft of the path from being shown or changed.
func (p *Pages) failDraft(c *gin.Context, err error) {
	if errors.Is(err, store.ErrNotFound) {
		err = noDraft(c)
	}
	p.fail(c, err)
}

func (p *Pages) draft(c *gin.Context) { p.showDraft(c, nil) }

func (p *Pages) showDraft(c *gin.Context, wrong error) {
	body, err := p.draftPage(c)
	if err != nil {
		p.failDraft(c, err)
		return
	}
	if wrong != nil {
		p.showFault(c, wrong, "draft", "changes", body)
		return
	}
	p.show(c, http.StatusOK, "draft", "changes", live.View{Page: "draft", Lang: language(c.Request)}, body)
}

func (p *Pages) draftPage(c *gin.Context) (body draftPage, err error) {
	ctx := c.Request.Context()
	id, err := drafted(c)
	if err != nil {
		return body, err
	}
	if body.Editor, err = p.Workflow.Draft(ctx); err != nil {
		return body, err
	}
	if body.Editor.Version > 0 {
		body.Withs = append(body.Withs, changes.WithCandidate)
	}
	body.Withs = append(body.Withs, changes.WithRunning)
	body.With = cmp.Or(changes.Other(c.Query("with")), body.Withs[0])
	if body.Draft, body.Diff, body.Away = p.Workflow.CompareDraft(ctx, id, body.With, access.Sees(ctx)); body.Away != nil {
		if body.Draft, err = p.Store.DraftByID(ctx, id); err != nil {
			return body, err
		}
	}
	body.Text, body.Editor.Text = asSeen(c, body.Text), asSeen(c, body.Editor.Text)
	body.Lines = strings.Split(strings.TrimSuffix(body.Text, "\n"), "\n")
	all, err := p.Store.Drafts(ctx)
	for _, d := range all {
		if d.ID != id {
			body.Others = append(body.Others, d)
		}
	}
	return body, err
}

func (p *Pages) draftText(c *gin.Context) {
	id, err := drafted(c)
	var d store.Draft
	if err == nil {
		d, err = p.Store.DraftByID(c.Request.Context(), id)
	}
	if err != nil {
		p.failDraft(c, err)
		return
	}
	download(c, "keepalived-draft-"+strconv.FormatInt(d.ID, 10)+".conf", asSeen(c, d.Text))
}

// openDraft puts a draft into the editor.
func (p *Pages) openDraft(c *gin.Context) {
	id, err := drafted(c)
	version, bad := strconv.Atoi(c.PostForm("version"))
	if err == nil && bad != nil {
		err = fault.New(fault.Conflict)
	}
	if err == nil {
		err = p.mayReplace(c)
	}
	var r store.Replaced
	if err == nil {
		r, err = p.Workflow.OpenDraft(c.Request.Context(), user(c).Name, id, version)
	}
	if err != nil {
		p.showDraft(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, savedAt(r))
}

func (p *Pages) renameDraft(c *gin.Context) {
	id, err := drafted(c)
	if err == nil {
		err = p.Workflow.RenameDraft(c.Request.Context(), user(c).Name, id, c.PostForm("name"))
	}
	if err != nil {
		p.showDraft(c, err)
		return
	}
	said(c, "/changes/drafts/"+c.Param("id"), "draft-renamed")
}

func (p *Pages) deleteDraft(c *gin.Context) {
	id, err := drafted(c)
	if err == nil {
		err = p.Store.DropDraft(c.Request.Context(), id, user(c).Name)
	}
	if err != nil {
		p.failDraft(c, err)
		return
	}
	said(c, "/changes", "draft-deleted")
}

package page

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/changes"
	"holdfast/web/fault"
)

func (p *Pages) saveCandidate(c *gin.Context) {
	s, err := p.edited(c)
	p.keep(c, s, err)
}

// edited reads the form of the editor. Fault: conflict, if it says no version.
func (p *Pages) edited(c *gin.Context) (changes.Saving, error) {
	old, err := p.Workflow.Draft(c.Request.Context())
	if err != nil {
		return changes.Saving{}, err
	}
	return saving(c, changes.Typed(c.PostForm("text"), old.Text))
}

// saving is the order of a form to save text. Fault: conflict, if it says no version.
func saving(c *gin.Context, text string) (changes.Saving, error) {
	s := changes.Saving{Author: user(c).Name, Text: text, Base: c.PostForm("base"), Keep: c.PostForm("replace") == "yes"}
	seen, err := strconv.Atoi(c.PostForm("version"))
	if err != nil {
		return s, fault.New(fault.Conflict)
	}
	s.Version = seen
	return s, nil
}

// keep stores a text as the candidate, unless the order could not be read: wrong. The
// typed text is never lost: after a conflict it is still in the editor, alone or put
// together with the other one.
func (p *Pages) keep(c *gin.Context, s changes.Saving, wrong error) {
	ctx := c.Request.Context()
	var r store.Replaced
	if wrong == nil {
		r, wrong = p.Workflow.Save(ctx, s)
	}
	if wrong == nil {
		c.Redirect(http.StatusSeeOther, savedAt(r))
		return
	}
	if fault.Of(wrong).Code == fault.Conflict {
		p.showMeanwhile(c, s, nil)
		return
	}
	now, err := p.Workflow.Draft(ctx)
	if err != nil {
		p.fail(c, err)
		return
	}
	now.Text = s.Text
	p.showChanges(c, now, wrong, "")
}

// savedAt is where a saved text leads to: its plan, with a word about the text that it
// replaced.
func savedAt(r store.Replaced) string {
	q := url.Values{}
	if r.Kept != nil {
		q.Set("replaced", strconv.FormatInt(r.Kept.ID, 10))
	}
	if len(r.Gone) > 0 {
		q.Set("gone", strconv.Itoa(len(r.Gone)))
	}
	if len(q) == 0 {
		return "/changes#plan"
	}
	return "/changes?" + q.Encode() + "#replaced"
}

// replacedBy reads what savedAt wrote.
func replacedBy(c *gin.Context, all []store.Draft) (replaced *store.Draft, gone int) {
	id, err := strconv.ParseInt(c.Query("replaced"), 10, 64)
	if err != nil {
		return nil, 0
	}
	if i := slices.IndexFunc(all, func(d store.Draft) bool { return d.ID == id }); i >= 0 {
		replaced = &all[i]
	}
	if n, err := strconv.Atoi(c.Query("gone")); err == nil && 0 < n && n <= store.KeepDrafts {
		gone = n
	}
	return replaced, gone
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
	s, err := saving(c, files[0].Text)
	s.Base = changes.NoBase // of the file
	p.keep(c, s, err)
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
	download(c, changes.FileName, asSeen(c, draft.Text))
}

// asSeen is a text as the reader may see it.
func asSeen(c *gin.Context, text string) string {
	if access.Sees(c.Request.Context()) {
		return text
	}
	return changes.Veil(text)
}

func download(c *gin.Context, name, text string) {
	c.Header("Content-Disposition", "attachment; filename="+strconv.Quote(name))
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(text))
}

// replaces is the difference from the candidate to a text that would take its place;
// nothing where there is no candidate.
func replaces(draft changes.Draft, text string) []changes.DiffLine {
	if draft.Version == 0 {
		return nil
	}
	return changes.Diff(draft.Text, text)
}

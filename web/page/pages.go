package page

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/assets"
	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/deps"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// Pages are the console's pages. Made once, by New.
type Pages struct {
	deps.Deps
	templates templates
}

// New makes the pages, and the Hub that pushes their live parts; the caller runs it.
// asset is the address of a file of assets.
func New(d deps.Deps, asset func(path string) string) *Pages {
	p := &Pages{Deps: d, templates: newTemplates(asset)}
	p.Hub = live.NewHub(d.Watch, p.draw)
	return p
}

// Mount puts the pages on the engine; the roles they ask for stand in access.
func (p *Pages) Mount(e *gin.Engine) {
	e.GET("/login", p.loginForm)
	e.POST("/login", p.login)
	e.GET("/setup", p.setupForm)
	e.POST("/setup", p.setup)
	e.POST("/preferences", p.preferences)
	e.POST("/logout", p.logout)

	e.GET("/", p.overview)
	e.GET("/live", p.stream)
	e.GET("/vips", p.vips)
	e.GET("/vips/:name", p.vip)
	e.GET("/standby", p.standby)
	e.POST("/standby", p.stand)
	e.GET("/services", p.services)
	e.GET("/services/:name", p.service)
	e.POST("/services/:name/order", p.order)
	e.GET("/services/:name/ready", p.ready)
	e.POST("/services/:name/ready", p.verify)
	e.GET("/events", p.events)

	e.GET("/changes", p.changes)
	e.GET("/changes/text", p.candidateText)
	e.GET("/changes/revisions/:number", p.revision)
	e.GET("/changes/revisions/:number/text", p.revisionText)
	e.POST("/changes/candidate", p.saveCandidate)
	e.POST("/changes/import", p.importCandidate)
	e.POST("/changes/discard", p.discardCandidate)
	e.POST("/changes/merge", p.mergeCandidate)
	e.GET("/changes/drafts/:id", p.draft)
	e.GET("/changes/drafts/:id/text", p.draftText)
	e.POST("/changes/drafts/:id/open", p.openDraft)
	e.POST("/changes/drafts/:id/rename", p.renameDraft)
	e.POST("/changes/drafts/:id/delete", p.deleteDraft)
	e.POST("/changes/revisions/:number/edit", p.editRevision)
	e.POST("/changes/apply", p.apply)
	e.POST("/changes/adopt", p.adopt)
	e.POST("/changes/confirm", p.confirm)
	e.POST("/changes/revert", p.revert)
	e.POST("/changes/revisions/:number/run", p.runRevision)

	e.GET("/objects", p.firstObjects)
	e.GET("/objects/:kind", p.objectList)
	e.GET("/objects/:kind/edit", p.object)
	e.POST("/objects/:kind/edit", p.saveObject)
	e.GET("/objects/:kind/new", p.newObject)
	e.POST("/objects/:kind/new", p.createObject)
	e.POST("/objects/:kind/act", p.act)

	e.GET("/cards", p.cardList)
	e.GET("/cards/:name", p.card)
	e.POST("/cards/:name", p.saveCard)

	e.GET("/import", p.importForm)
	e.POST("/import", p.explain)
	e.GET("/import/texts/:id", p.explained)
	e.POST("/import/texts/:id/candidate", p.importedCandidate)
	e.GET("/import/pair", p.pairForm)
	e.POST("/import/pair", p.pair)
	e.GET("/import/pairs/:id", p.joined)
	e.GET("/import/pairs/:id/text", p.pairText)
	e.POST("/import/pairs/:id/candidate", p.pairCandidate)

	e.GET("/system", p.system)
	e.GET("/system/sessions", p.sessions)
	e.POST("/system/sessions/:id/end", p.endSession)
	e.POST("/system/password", p.changePassword)
	e.GET("/system/second-factor", p.factor)
	e.POST("/system/second-factor", p.beginFactor)
	e.POST("/system/second-factor/confirm", p.confirmFactor)
	e.POST("/system/second-factor/drop", p.dropFactor)
	e.GET("/system/tokens", p.tokens)
	e.POST("/system/tokens", p.makeToken)
	e.POST("/system/tokens/:id/revoke", p.revokeToken)
	e.GET("/system/users", p.users)
	e.POST("/system/users", p.addUser)
	e.GET("/system/users/:id", p.person)
	e.POST("/system/users/:id/role", p.setRole)
	e.POST("/system/users/:id/password", p.setPassword)
	e.POST("/system/users/:id/second-factor", p.dropFactorOf)
	e.POST("/system/users/:id/remove", p.removeUser)
	e.GET("/system/about", p.about)
	e.GET("/system/mail", p.mail)
	e.POST("/system/mail", p.saveMail)
	e.POST("/system/mail/test", p.testMail)
	e.POST("/system/mail/outbox/:id/retry", p.retryMail)
	e.GET("/system/audit", p.audit)
}

// Refuse answers a request that may not go on. A page that was asked for without
// a session is come back to after the log-in.
func (p *Pages) Refuse(c *gin.Context, err error) {
	if fault.Of(err).Code != fault.Unauthorized || c.FullPath() == "/live" {
		p.fail(c, err)
		return
	}
	if c.Request.Method != http.MethodGet {
		p.fail(c, fault.New(fault.SessionEnded))
		return
	}
	target := "/login"
	if c.Request.URL.Path != "/" {
		target += "?next=" + url.QueryEscape(c.Request.URL.RequestURI())
	}
	c.Redirect(http.StatusSeeOther, target)
}

// user is the one whose session the request has.
func user(c *gin.Context) store.User {
	s, _ := auth.Of(c.Request.Context())
	return s.User
}

// language is the reader's: as chosen by the user, else as chosen in this
// browser, else as the browser asks.
func language(r *http.Request) string {
	if s, ok := auth.Of(r.Context()); ok && s.User.Lang != "" {
		return assets.Lang(s.User.Lang)
	}
	if c, err := r.Cookie(langCookie); err == nil {
		return assets.Lang(c.Value)
	}
	return assets.Lang(r.Header.Get("Accept-Language"))
}

// back gives a path of this console to go to, whatever was asked for.
func back(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) {
		return "/"
	}
	return u.RequestURI()
}

// said leads to a page that begins with a short notice: "ui.said.CODE".
func said(c *gin.Context, path, code string) {
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	c.Redirect(http.StatusSeeOther, path+sep+"said="+code)
}

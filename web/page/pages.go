package page

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/assets"
	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// Rooms is what the pages are drawn from.
type Rooms struct {
	Store    *store.Store
	Door     *auth.Door
	Desk     *changes.Desk
	Watch    *live.Watch
	Node     string
	Version  string
	Log      *slog.Logger
	TestMail func(ctx context.Context, settings store.MailSettings, to string) (store.Dialogue, error) // nil: no test
	Asset    func(path string) string                                                                  // the address of a file of assets
}

// Pages are the console's pages. Made once, by New.
type Pages struct {
	Rooms
	hub    *live.Hub
	sheets sheets
}

// New parses the templates; one that does not parse is a broken build, so it
// panics. The caller runs Hub.
func New(r Rooms) *Pages {
	p := &Pages{Rooms: r, sheets: mustParse(r.Asset)}
	p.hub = live.NewHub(r.Watch, p.draw)
	return p
}

// Hub is what pushes the live parts of pages to browsers.
func (p *Pages) Hub() *live.Hub { return p.hub }

// Door says whether a path is open to whoever has no session.
func Door(path string) bool {
	return path == "/login" || path == "/setup" || path == "/preferences"
}

// Mount puts the pages on the engine. Every page but those at the door asks for
// a session.
func (p *Pages) Mount(e *gin.Engine) {
	e.GET("/login", p.loginForm)
	e.POST("/login", p.login)
	e.GET("/setup", p.setupForm)
	e.POST("/setup", p.setup)
	e.POST("/preferences", p.preferences)

	in := e.Group("/", p.member)
	in.GET("/", p.overview)
	in.GET("/live", p.stream)
	in.POST("/logout", p.logout)
	in.GET("/vips", p.vips)
	in.GET("/vips/:name", p.vip)
	in.GET("/services", p.services)
	in.GET("/services/:name", p.service)
	in.GET("/events", p.events)
	in.GET("/changes", p.changes)
	in.GET("/changes/text", p.candidateText)
	in.GET("/changes/revisions/:number", p.revision)
	in.GET("/changes/revisions/:number/text", p.revisionText)
	in.GET("/system", func(c *gin.Context) { c.Redirect(http.StatusSeeOther, "/system/mail") })
	in.GET("/system/sessions", p.sessions)
	in.POST("/system/sessions/:id/end", p.endSession)
	in.POST("/system/password", p.changePassword)
	in.GET("/system/about", p.about)

	edit := in.Group("/", p.atLeast(store.Editor))
	edit.POST("/changes/candidate", p.saveCandidate)
	edit.POST("/changes/import", p.importCandidate)
	edit.POST("/changes/discard", p.discardCandidate)
	edit.POST("/changes/revisions/:number/edit", p.editRevision)

	admin := in.Group("/", p.atLeast(store.Admin))
	admin.POST("/changes/apply", p.apply)
	admin.POST("/changes/adopt", p.adopt)
	admin.POST("/changes/confirm", p.confirm)
	admin.POST("/changes/revert", p.revert)
	admin.POST("/changes/revisions/:number/run", p.runRevision)
	admin.GET("/system/mail", p.mail)
	admin.POST("/system/mail", p.saveMail)
	admin.POST("/system/mail/test", p.testMail)
	admin.POST("/system/mail/outbox/:id/retry", p.retryMail)
	admin.GET("/system/audit", p.audit)
}

// member lets only somebody with a session on. A page that was asked for is
// come back to after the log-in.
func (p *Pages) member(c *gin.Context) {
	if _, ok := auth.Of(c.Request.Context()); ok {
		return
	}
	c.Abort()
	if c.FullPath() == "/live" {
		p.fail(c, fault.New(fault.Unauthorized))
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

// atLeast lets only somebody with that role on.
func (p *Pages) atLeast(role store.Role) gin.HandlerFunc {
	return func(c *gin.Context) {
		if s, ok := auth.Of(c.Request.Context()); !ok || !auth.May(s.User.Role, role) {
			p.fail(c, fault.New(fault.Forbidden))
			c.Abort()
		}
	}
}

// user is who asks; only behind member.
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

package page

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"holdfast/assets"
	"holdfast/web/auth"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// credentials is what was typed to log in or to set up.
type credentials struct {
	Name, Next, Token string
	Empty, Lost       bool // there is no account yet, or no more
	Reset             bool // a new password for an account that is there
	MinPassword       int
}

func (p *Pages) loginForm(c *gin.Context) {
	if _, in := auth.Of(c.Request.Context()); in {
		c.Redirect(http.StatusSeeOther, back(c.Query("next")))
		return
	}
	has, err := p.Store.HasUsers(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "login", "", live.View{}, credentials{Next: back(c.Query("next")), Empty: !has, Lost: !has && p.Lost()})
}

func (p *Pages) login(c *gin.Context) {
	from := auth.From(c.Request)
	from.Code = c.PostForm("code")
	entry, err := p.Auth.LogIn(c.Request.Context(), c.PostForm("name"), c.PostForm("password"), from)
	if err != nil {
		p.showFault(c, err, "login", "", credentials{Name: c.PostForm("name"), Next: back(c.PostForm("next"))})
		return
	}
	p.enter(c, entry, back(c.PostForm("next")))
}

// enter begins the session in this browser; one that was open ends.
func (p *Pages) enter(c *gin.Context, entry auth.Entry, next string) {
	if old := auth.Token(c.Request); old != "" {
		if err := p.Store.EndSession(c.Request.Context(), old); err != nil {
			p.fail(c, err)
			return
		}
	}
	for _, cookie := range entry.Cookies(c.Request) {
		http.SetCookie(c.Writer, &cookie)
	}
	c.Redirect(http.StatusSeeOther, next)
}

func (p *Pages) logout(c *gin.Context) {
	if err := p.Auth.LogOut(c.Request.Context(), c.Request); err != nil {
		p.fail(c, err)
		return
	}
	http.SetCookie(c.Writer, auth.Cookie(c.Request, ""))
	said(c, "/login", "logged-out")
}

func (p *Pages) setupForm(c *gin.Context) {
	name, err := p.Auth.SetupOpen(c.Request.Context(), c.Query("token"))
	if err != nil {
		p.fail(c, err)
		return
	}
	form := credentials{Token: c.Query("token"), Name: "admin", MinPassword: auth.MinPassword}
	if name != "" {
		form.Name, form.Reset = name, true
	}
	p.show(c, http.StatusOK, "setup", "", live.View{}, form)
}

func (p *Pages) setup(c *gin.Context) {
	form := credentials{Name: c.PostForm("name"), Token: c.PostForm("token"), MinPassword: auth.MinPassword}
	account, err := p.Auth.SetupOpen(c.Request.Context(), form.Token)
	if err != nil {
		p.fail(c, err)
		return
	}
	welcome := "/?said=welcome"
	if account != "" {
		form.Name, form.Reset, welcome = account, true, "/?said=password-new"
	}
	password := c.PostForm("password")
	if password != c.PostForm("again") {
		p.showFault(c, fault.In("again", "password-differs"), "setup", "", form)
		return
	}
	entry, err := p.Auth.SetUp(c.Request.Context(), form.Token, form.Name, password, chosen(c.Request), auth.From(c.Request))
	if err != nil {
		if fault.Of(err).Code == "setup-closed" {
			p.fail(c, err)
			return
		}
		p.showFault(c, err, "setup", "", form)
		return
	}
	p.enter(c, entry, welcome)
}

// Cookies that remember language, theme and keys where no user is logged in.
const (
	langCookie  = "holdfast-lang"
	themeCookie = "holdfast-theme"
	keysCookie  = "holdfast-keys"
	readCookie  = "holdfast-read" // the application whose roll-back was read
)

// chosen is the language that was chosen in this browser, or "".
func chosen(r *http.Request) string {
	if c, err := r.Cookie(langCookie); err == nil && slices.Contains(assets.Langs, c.Value) {
		return c.Value
	}
	return ""
}

// theme is the reader's theme: "light", "dark", or "" as the browser asks.
func theme(r *http.Request) string {
	if s, ok := auth.Of(r.Context()); ok && s.User.Theme != "" {
		return s.User.Theme
	}
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

// cookieOf is the value of a cookie, "" if the browser sent none.
func cookieOf(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// keysOff says whether the keyboard shortcuts are switched off in this browser:
// WCAG 2.2, 2.1.4 asks for a way, because dictated text would trigger them.
func keysOff(r *http.Request) bool {
	c, err := r.Cookie(keysCookie)
	return err == nil && c.Value == "off"
}

// preferences remembers language and theme, in this browser and for the user, and
// in this browser whether there are shortcuts.
func (p *Pages) preferences(c *gin.Context) {
	lang, look := chosen(c.Request), theme(c.Request)
	if v := c.PostForm("lang"); slices.Contains(assets.Langs, v) {
		lang = v
	}
	switch v := c.PostForm("theme"); v {
	case "light", "dark":
		look = v
	case "system":
		look = ""
	}
	if s, in := auth.Of(c.Request.Context()); in {
		if c.PostForm("lang") == "" {
			lang = s.User.Lang
		}
		if err := p.Store.SetPreferences(c.Request.Context(), s.User.ID, lang, look); err != nil {
			p.fail(c, err)
			return
		}
	}
	remember(c, langCookie, lang)
	remember(c, themeCookie, look)
	switch v := c.PostForm("keys"); v {
	case "off":
		remember(c, keysCookie, v)
	case "on":
		remember(c, keysCookie, "")
	}
	if read, err := strconv.ParseInt(c.PostForm("read"), 10, 64); err == nil {
		remember(c, readCookie, strconv.FormatInt(read, 10))
	}
	c.Redirect(http.StatusSeeOther, back(c.PostForm("next")))
}

func remember(c *gin.Context, name, value string) {
	cookie := &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: auth.Secure(c.Request),
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(c.Writer, cookie)
}

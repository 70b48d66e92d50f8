package page

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/auth"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// tokensPage is the tokens that the reader may end, and the form of a new one.
type tokensPage struct {
	Tokens []store.Token
	All    bool   // those of other accounts too
	Secret string // of the token that was just made: shown once
	Name   string // as typed
	Days   string // likewise
	Scope  store.TokenScope
	Scopes []store.TokenScope // that do not exceed the reader's role
	Most   int                // days
	now    time.Time
}

// Expired says whether a token of the page is good no more.
func (t tokensPage) Expired(k store.Token) bool {
	return !k.Expires.IsZero() && !k.Expires.After(t.now)
}

const (
	mostDays = 3650 // as of the API
	daysOf   = "90" // what the form begins with
	// mostOwn is how many tokens somebody has who is no administrator: all accounts
	// share the store.KeepTokens places.
	mostOwn = 20
)

// own says whether a token is the reader's to see and to end.
func own(u store.User, t store.Token) bool {
	return t.UserID == u.ID || access.May(u.Role, store.Admin)
}

func (p *Pages) tokensBody(c *gin.Context) (tokensPage, error) {
	u := user(c)
	body := tokensPage{All: access.May(u.Role, store.Admin), Days: daysOf, Scope: store.Read, Most: mostDays, now: time.Now()}
	for _, s := range auth.Scopes {
		if access.May(u.Role, s.Role()) {
			body.Scopes = append(body.Scopes, s)
		}
	}
	list, err := p.Store.ListTokens(c.Request.Context())
	body.Tokens = slices.DeleteFunc(list, func(t store.Token) bool { return !own(u, t) })
	return body, err
}

func (p *Pages) tokens(c *gin.Context) {
	body, err := p.tokensBody(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "tokens", "system", live.View{Page: "tokens", Lang: language(c.Request)}, body)
}

// makeToken answers with the page that shows the token: no address leads to it again.
func (p *Pages) makeToken(c *gin.Context) {
	name, scope := strings.TrimSpace(c.PostForm("name")), store.TokenScope(c.PostForm("scope"))
	before, err := p.tokensBody(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	days, err := number(c.PostForm("days"), mostDays)
	secret := ""
	switch {
	case err != nil:
		err = fault.In("days", "number")
	case !before.All && len(before.Tokens) >= mostOwn:
		err = fault.New("tokens-full")
	case slices.Contains(auth.Scopes, scope) && !slices.Contains(before.Scopes, scope):
		err = fault.In("scope", "scope-above")
	default:
		ask := store.Token{Name: name, Scope: scope, UserID: user(c).ID, Author: user(c).Name}
		secret, _, err = p.Auth.MakeToken(c.Request.Context(), ask, user(c).Role, time.Duration(days)*24*time.Hour)
	}
	if err != nil {
		before.Name, before.Days, before.Scope = name, c.PostForm("days"), scope
		p.showFault(c, at(err, "name"), "tokens", "system", before)
		return
	}
	body, err := p.tokensBody(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	body.Secret, body.Name = secret, ""
	p.show(c, http.StatusOK, "tokens", "system", live.View{Page: "tokens", Lang: language(c.Request)}, body)
}

func (p *Pages) revokeToken(c *gin.Context) {
	body, err := p.tokensBody(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || !slices.ContainsFunc(body.Tokens, func(t store.Token) bool { return t.ID == id }) {
		p.fail(c, fault.New("no-token")) // also where it is somebody else's
		return
	}
	if err := p.Auth.RevokeToken(c.Request.Context(), user(c).Name, id); err != nil {
		p.fail(c, err)
		return
	}
	said(c, "/system/tokens", "token-revoked")
}

// at gives a fault of what was sent with the field that it belongs to, if it names none.
func at(err error, field string) error {
	e := fault.Of(err)
	if e.Ours() || e.Field != "" {
		return err
	}
	there := *e
	there.Field = field
	return &there
}

// orElse is what instead says where the store found nothing.
func orElse(err error, instead *fault.Error) error {
	if errors.Is(err, store.ErrNotFound) {
		return instead
	}
	return err
}

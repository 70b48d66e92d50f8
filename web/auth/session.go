package auth

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"

	"holdfast/store"
	"holdfast/web/fault"
)

// cookieName is the session cookie's name. Cookies are shared by all ports of a
// host, so that two consoles behind one address (a pair reached by port
// forwarding) need two names. Over TLS the name binds the cookie to this host.
// what names the cookies beside the session's.
func cookieName(r *http.Request, what ...string) string {
	name := strings.Join(append([]string{"holdfast"}, what...), "-")
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		name += "-" + port
	}
	if Secure(r) {
		return "__Host-" + name
	}
	return name
}

// Cookie is the session cookie for a token; an empty token takes the cookie away.
// It has no lifetime of its own: the session ends on the server.
func Cookie(r *http.Request, token string) *http.Cookie {
	c := &http.Cookie{
		Name: cookieName(r), Value: token, Path: "/",
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: Secure(r),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

type tlsKey struct{}

// OverTLS gives the request marked as one that a proxy received over TLS.
func OverTLS(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), tlsKey{}, true))
}

// Secure says whether the browser spoke TLS, to us or to the proxy before us.
func Secure(r *http.Request) bool { return r.TLS != nil || r.Context().Value(tlsKey{}) != nil }

// From is the client of a request.
func From(r *http.Request) Client {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	agent := []rune(r.UserAgent())
	from := Client{Addr: host, Agent: string(agent[:min(len(agent), 200)])}
	if c, err := r.Cookie(cookieName(r, knownCookie)); err == nil {
		from.Known = c.Value
	}
	return from
}

type sessionKey struct{}

// Identify finds the session of a request and gives the request with the session
// in its context. A request without one comes back as it was. A program shows its token in
// place of a cookie, in the API alone. Fault: unauthorized, for a token that is not good.
func (a *Authenticator) Identify(r *http.Request) (*http.Request, error) {
	if secret, ok := bearer(r); ok {
		session, err := a.store.TokenSession(r.Context(), secret, From(r).Addr)
		if errors.Is(err, store.ErrNotFound) {
			return r, fault.New(fault.Unauthorized)
		}
		if err != nil {
			return r, err
		}
		return r.WithContext(With(r.Context(), session)), nil
	}
	token := Token(r)
	if token == "" {
		return r, nil
	}
	session, err := a.store.SessionByToken(r.Context(), token)
	if errors.Is(err, store.ErrNotFound) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	return r.WithContext(With(r.Context(), session)), nil
}

// bearer is the token that a request to the API shows (RFC 6750).
func bearer(r *http.Request) (secret string, ok bool) {
	scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(r.URL.Path, "/api/") {
		return "", false
	}
	return strings.TrimSpace(secret), true
}

// With gives a context in which session is the one of the request.
func With(ctx context.Context, session store.Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, session)
}

// Of is the session of a request's context, if there is one.
func Of(ctx context.Context) (store.Session, bool) {
	s, ok := ctx.Value(sessionKey{}).(store.Session)
	return s, ok
}

// Token is the session token a request carries, or "".
func Token(r *http.Request) string {
	c, err := r.Cookie(cookieName(r))
	if err != nil {
		return ""
	}
	return c.Value
}

// LogOut ends the session of a request.
func (a *Authenticator) LogOut(ctx context.Context, r *http.Request) error {
	if s, ok := Of(ctx); ok {
		if err := a.store.Note(ctx, s.User.Name, "logout", s.User.Name, "", ""); err != nil {
			return err
		}
	}
	return a.store.EndSession(ctx, Token(r))
}

// Alive says whether a session still lives, without counting that as its use.
func (a *Authenticator) Alive(ctx context.Context, session store.Session) bool {
	if session.Token != 0 {
		return a.store.TokenAlive(ctx, session.Token)
	}
	sessions, err := a.store.ListSessions(ctx, session.User.ID)
	return err == nil && slices.ContainsFunc(sessions, func(o store.Session) bool { return o.ID == session.ID })
}

package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"time"

	"holdfast/store"
)

// A browser that logged in to an account once carries a signed cookie that says
// so. Its attempts for that account are counted apart from everybody else's, so
// that failures from the same address, or from everywhere, do not keep the owner
// out. The cookie opens nothing by itself.
const (
	knownCookie = "known"
	knownFor    = 180 * 24 * time.Hour
	nonceLen    = 16
)

// knownValue signs a cookie for one account and one browser.
func knownValue(key []byte, user int64, nonce []byte) string {
	body := binary.BigEndian.AppendUint64(nil, uint64(user))
	body = append(body, nonce...)
	return base64.RawURLEncoding.EncodeToString(append(body, sign(key, body)...))
}

func sign(key, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	return mac.Sum(nil)
}

// readKnown gives the account and the browser of a cookie; ok is false for one
// that this console did not sign.
func readKnown(key []byte, value string) (user int64, browser string, ok bool) {
	all, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || len(all) != 8+nonceLen+sha256.Size {
		return 0, "", false
	}
	body, mac := all[:8+nonceLen], all[8+nonceLen:]
	if !hmac.Equal(mac, sign(key, body)) {
		return 0, "", false
	}
	return int64(binary.BigEndian.Uint64(body)), base64.RawURLEncoding.EncodeToString(body[8:]), true
}

// known names the browser of an attempt, if it logged in to this account before;
// else "".
func (a *Authenticator) known(ctx context.Context, name string, from Client) (string, error) {
	if from.Known == "" {
		return "", nil
	}
	key, err := a.store.BrowserKey(ctx)
	if err != nil {
		return "", err
	}
	id, browser, ok := readKnown(key, from.Known)
	if !ok {
		return "", nil
	}
	user, err := a.store.UserByName(ctx, name)
	if err != nil || user.ID != id {
		return "", nil // the attempt itself finds out why
	}
	return browser, nil
}

// remember gives the cookie value by which this browser is known for an account:
// the one it has, or a new one.
func (a *Authenticator) remember(ctx context.Context, user store.User, from Client) (string, error) {
	key, err := a.store.BrowserKey(ctx)
	if err != nil {
		return "", err
	}
	if id, _, ok := readKnown(key, from.Known); ok && id == user.ID {
		return from.Known, nil
	}
	nonce := make([]byte, nonceLen)
	rand.Read(nonce)
	return knownValue(key, user.ID, nonce), nil
}

// Entry is what a browser is given when it logs in.
type Entry struct {
	Token string // of the session
	Known string // by which the browser is known from now on
}

// Cookies are the cookies of an entry.
func (e Entry) Cookies(r *http.Request) []http.Cookie {
	known := Cookie(r, e.Known)
	known.Name, known.MaxAge = cookieName(r, knownCookie), int(knownFor.Seconds())
	return []http.Cookie{*Cookie(r, e.Token), *known}
}

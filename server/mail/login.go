package mail

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"holdfast/store"
)

// Why no log-in was tried.
var (
	errLoginNeedsTLS = errors.New("the server offers no login before TLS that would keep the password secret")
	errNoLogin       = errors.New("the server offers no login that we speak")
)

// login picks a mechanism among those the server offers and speaks it. It never
// gives the password away in the clear, except within this host.
type login struct {
	user, password string
	wanted         string // a mechanism of MailSettings.Auth
	loopback       bool
	veil           *veil // over the password and every answer made of it

	picked string
	asked  int // challenges answered
}

func newLogin(s store.MailSettings, loopback bool) *login {
	l := &login{user: s.User, password: s.Password.Reveal(), wanted: s.Auth, loopback: loopback}
	l.veil = newVeil(l.user, l.password)
	return l
}

// Start picks the mechanism: with TLS the simple ones, because every server
// checks them right; without it only one that hides the password.
func (l *login) Start(server *smtp.ServerInfo) (mechanism string, first []byte, err error) {
	l.asked = 0
	order := []string{"PLAIN", "LOGIN", "CRAM-MD5"}
	if !server.TLS && !l.loopback {
		order = []string{"CRAM-MD5"}
	}
	if l.wanted != store.AuthAuto {
		want := strings.ToUpper(l.wanted)
		order = slices.DeleteFunc(order, func(m string) bool { return m != want })
	}
	for _, m := range order {
		if !slices.Contains(server.Auth, m) {
			continue
		}
		l.picked = m
		if m == "PLAIN" {
			return m, []byte(plainAnswer(l.user, l.password)), nil
		}
		return m, nil, nil
	}
	if !server.TLS && !l.loopback {
		return "", nil, errLoginNeedsTLS
	}
	return "", nil, errNoLogin
}

// plainAnswer is what PLAIN sends (RFC 4616, 2).
func plainAnswer(user, password string) string { return "\x00" + user + "\x00" + password }

// Next answers a challenge.
func (l *login) Next(challenge []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	l.asked++
	switch {
	case l.picked == "CRAM-MD5" && l.asked == 1: // RFC 2195
		mac := hmac.New(md5.New, []byte(l.password))
		mac.Write(challenge)
		digest := hex.EncodeToString(mac.Sum(nil))
		answer := []byte(l.user + " " + digest)
		l.veil.add(digest)
		l.veil.addBase64(answer)
		return answer, nil
	case l.picked == "LOGIN" && l.asked == 1:
		return []byte(l.user), nil
	case l.picked == "LOGIN" && l.asked == 2:
		return []byte(l.password), nil
	default:
		return nil, errors.New("the server asked for more than the login has: " + string(challenge))
	}
}

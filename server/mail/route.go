package mail

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"time"

	gomail "github.com/wneessen/go-mail"

	"holdfast/store"
)

// route is how to reach a mail server: the settings with every default filled
// in. The sender and the test walk the same one.
type route struct {
	host     string
	port     int
	implicit bool             // TLS from the first byte
	starttls gomail.TLSPolicy // otherwise
	tls      *tls.Config
	plainToo bool // where STARTTLS is offered and does not work, the mail goes without it
	loopback bool // the wire is inside this host
	helo     string
	timeout  time.Duration
}

// defaultTimeout is keepalived's smtp_connect_timeout.
const defaultTimeout = 30 * time.Second

// newRoute fails only on settings that no server could be reached by.
func newRoute(s store.MailSettings, host string) (route, error) {
	if s.Host == "" {
		return route{}, errors.New("no mail server is named")
	}
	r := route{
		host: s.Host, port: s.Port, loopback: onLoopback(s.Host),
		helo: cmp.Or(s.Helo, host), timeout: cmp.Or(s.Timeout, defaultTimeout),
		tls: &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: !s.VerifyCert},
	}
	if !s.VerifyCert {
		r.tls.MinVersion = tls.VersionTLS10 // old encryption is better than none
	}
	if s.CAPEM != "" {
		r.tls.RootCAs = x509.NewCertPool()
		if !r.tls.RootCAs.AppendCertsFromPEM([]byte(s.CAPEM)) {
			return route{}, errors.New("the CA certificate is not readable PEM")
		}
	}
	switch s.Security {
	case store.SecurityTLS:
		r.port, r.implicit, r.starttls = cmp.Or(r.port, 465), true, gomail.NoTLS
	case store.SecurityStartTLS:
		r.starttls = gomail.TLSMandatory
	case store.SecurityNone:
		r.starttls = gomail.NoTLS
	case store.SecurityAuto, "":
		r.implicit = r.port == 465
		r.starttls = gomail.TLSOpportunistic
		if r.implicit || r.loopback {
			r.starttls = gomail.NoTLS
		}
		// Nobody asked for more than keepalived does, and there is no password to
		// protect (RFC 7435).
		r.plainToo = r.starttls == gomail.TLSOpportunistic && !s.VerifyCert && s.User == ""
	default:
		return route{}, fmt.Errorf("unknown security %q", s.Security)
	}
	r.port = cmp.Or(r.port, 25)
	return r, nil
}

func onLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// retreat leaves encryption out after err, where it could not begin and the mail may
// go without, and says whether it did.
func (r *route) retreat(err error) bool {
	if !r.plainToo || !noTLS(err) {
		return false
	}
	r.starttls = gomail.NoTLS
	return true
}

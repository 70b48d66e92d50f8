package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	gomail "github.com/wneessen/go-mail"

	"holdfast/store"
)

// transport is how to reach a mail server: the settings with every default filled
// in. The sender and the test use the same one.
type transport struct {
	host     string
	port     int
	implicit bool             // TLS from the first byte
	starttls gomail.TLSPolicy // otherwise
	tls      *tls.Config
	plainToo bool // where STARTTLS is offered and does not work, the mail goes without it
	loopback bool // the wire is inside this host
	helo     string
	timeout  time.Duration
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
}

// defaultTimeout is keepalived's smtp_connect_timeout.
const defaultTimeout = 30 * time.Second

// newTransport fails only on settings that no server could be reached by.
func newTransport(s store.MailSettings, host string) (transport, error) {
	if s.Host == "" {
		return transport{}, errors.New("no mail server is named")
	}
	t := transport{
		host: s.Host, port: s.Port, loopback: onLoopback(s.Host),
		helo: cmp.Or(s.Helo, host), timeout: cmp.Or(s.Timeout, defaultTimeout), dial: (&net.Dialer{}).DialContext,
		tls: &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: !s.VerifyCert},
	}
	if !s.VerifyCert {
		t.tls.MinVersion = tls.VersionTLS10 // old encryption is better than none
	}
	if s.CAPEM != "" {
		t.tls.RootCAs = x509.NewCertPool()
		if !t.tls.RootCAs.AppendCertsFromPEM([]byte(s.CAPEM)) {
			return transport{}, errors.New("the CA certificate is not readable PEM")
		}
	}
	switch s.Security {
	case store.SecurityTLS:
		t.port, t.implicit, t.starttls = cmp.Or(t.port, 465), true, gomail.NoTLS
	case store.SecurityStartTLS:
		t.starttls = gomail.TLSMandatory
	case store.SecurityNone:
		t.starttls = gomail.NoTLS
	case store.SecurityAuto, "":
		t.implicit = t.port == 465
		t.starttls = gomail.TLSOpportunistic
		if t.implicit || t.loopback {
			t.starttls = gomail.NoTLS
		}
		// The settings ask for no more than keepalived does, and there is no password
		// to protect (RFC 7435).
		t.plainToo = t.starttls == gomail.TLSOpportunistic && !s.VerifyCert && s.User == ""
	default:
		return transport{}, fmt.Errorf("unknown security %q", s.Security)
	}
	t.port = cmp.Or(t.port, 25)
	return t, nil
}

func onLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// fallBackToPlain leaves encryption out after err, where it could not begin and the
// mail may go without, and says whether it did.
func (t *transport) fallBackToPlain(err error) bool {
	if !t.plainToo || !noTLS(err) {
		return false
	}
	t.starttls = gomail.NoTLS
	return true
}

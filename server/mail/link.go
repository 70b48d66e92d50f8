package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"holdfast/store"
)

// link is one connection to the mail server, good for one mail after another.
type link struct {
	client  *gomail.Client
	session *smtp.Client
	conn    net.Conn
	from    string
	taken   int         // mails the server took over this link
	release func() bool // ends the watch on the context
}

// dial connects and logs in.
func dial(ctx context.Context, s store.MailSettings, host string) (*link, error) {
	r, err := newRoute(s, host)
	if err != nil {
		return nil, err
	}
	l, err := connect(ctx, s, r, host)
	if err != nil && r.retreat(err) {
		return connect(ctx, s, r, host)
	}
	return l, err
}

// connect walks one route. go-mail leaves the socket open when that fails half
// way and does not look at ctx after connecting, so both are done here.
func connect(ctx context.Context, s store.MailSettings, r route, host string) (_ *link, err error) {
	l := &link{from: senderAddress(s, host)}
	running := ctx // go-mail's own context ends when the log-in is done
	options := []gomail.Option{
		gomail.WithPort(r.port), gomail.WithTimeout(r.timeout), gomail.WithHELO(r.helo),
		gomail.WithTLSConfig(r.tls), gomail.WithTLSPolicy(r.starttls),
		// Several servers refuse RSET or close after the last mail, which go-mail
		// takes for a mail not delivered; NOOP before each mail is only a delay.
		gomail.WithoutRset(), gomail.WithoutNoop(),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			l.conn = conn
			l.release = context.AfterFunc(running, func() { conn.Close() })
			if !r.implicit {
				return conn, nil
			}
			secured := tls.Client(conn, r.tls)
			return secured, secured.HandshakeContext(ctx)
		}),
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuthCustom(newLogin(s, r.loopback)))
	}
	if l.client, err = gomail.NewClient(r.host, options...); err != nil {
		return nil, err
	}
	l.session, err = l.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		if l.conn != nil {
			l.release()
			err = errors.Join(err, closed(l.conn.Close()))
		}
		return nil, err
	}
	return l, nil
}

// closed leaves out the error of a socket that was closed before.
func closed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// send hands one mail over. answer is what the server said when it took it.
func (l *link) send(m store.Mail) (answer string, err error) {
	msg, err := message(m, l.from)
	if err != nil {
		return "", badMail{err}
	}
	err = l.client.SendWithSMTPClient(l.session, msg)
	if msg.IsDelivered() {
		l.taken++
		return msg.ServerResponse(), nil
	}
	return "", err
}

// close says goodbye where the server still listens; the socket goes anyway.
func (l *link) close() {
	l.release()
	if l.client.CloseWithSMTPClient(l.session) != nil {
		l.conn.Close()
	}
}

// badMail is a mail that no server would take as it is.
type badMail struct{ error }

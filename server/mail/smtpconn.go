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

// smtpConn is one connection to the mail server, good for one mail after another.
type smtpConn struct {
	client  *gomail.Client
	session *smtp.Client
	conn    *boundedConn
	from    string
	veil    *veil       // over what the server says
	taken   int         // mails the server took over this connection
	release func() bool // ends the watch on the context
}

// dial connects and logs in.
func dial(ctx context.Context, s store.MailSettings, host string) (*smtpConn, error) {
	t, err := newTransport(s, host)
	if err != nil {
		return nil, err
	}
	c, err := connect(ctx, s, t, host)
	if err != nil && t.fallBackToPlain(err) {
		return connect(ctx, s, t, host)
	}
	return c, err
}

// connect logs in over one transport. go-mail leaves the socket open when that fails half
// way and does not look at ctx after connecting, so both are done here.
func connect(ctx context.Context, s store.MailSettings, t transport, host string) (_ *smtpConn, err error) {
	login := newLogin(s, t.loopback)
	c := &smtpConn{from: senderAddress(s, host), veil: login.veil}
	defer func() { err = c.shown(err) }()
	running := ctx // go-mail's own context ends when the log-in is done
	options := []gomail.Option{
		gomail.WithPort(t.port), gomail.WithTimeout(t.timeout), gomail.WithHELO(t.helo),
		gomail.WithTLSConfig(t.tls), gomail.WithTLSPolicy(t.starttls),
		// Several servers refuse RSET or close after the last mail, which go-mail
		// takes for a mail not delivered; NOOP before each mail is only a delay.
		gomail.WithoutRset(), gomail.WithoutNoop(),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			dialed, err := t.dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			conn := bounded(dialed)
			c.conn = conn
			c.release = context.AfterFunc(running, func() { conn.Close() })
			if !t.implicit {
				return conn, nil
			}
			secured := tls.Client(conn, t.tls)
			err = secured.HandshakeContext(ctx)
			conn.secured()
			return secured, err
		}),
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuthCustom(login))
	}
	if c.client, err = gomail.NewClient(t.host, options...); err != nil {
		return nil, err
	}
	c.session, err = c.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		if c.conn != nil {
			c.release()
			err = errors.Join(err, closed(c.conn.Close()))
		}
		return nil, err
	}
	return c, nil
}

// closed leaves out the error of a socket that was closed before.
func closed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// send hands one mail over. answer is the server's reply to it.
func (c *smtpConn) send(m store.Mail) (answer string, err error) {
	msg, err := message(m, c.from)
	if err != nil {
		return "", badMail{err}
	}
	err = c.client.SendWithSMTPClient(c.session, msg)
	if msg.IsDelivered() && c.conn.fault == nil {
		c.taken++
		return clip(c.veil.over(msg.ServerResponse())), nil
	}
	return "", c.shown(err)
}

// shown gives an error as it may be logged and stored. What cut an answer off comes in
// place of what was made of its beginning.
func (c *smtpConn) shown(err error) error {
	if c.conn != nil && c.conn.fault != nil {
		err = c.conn.fault
	}
	return c.veil.error(err)
}

// close says goodbye where the server still listens; the socket goes anyway.
func (c *smtpConn) close() {
	c.release()
	if c.client.CloseWithSMTPClient(c.session) != nil {
		c.conn.Close()
	}
}

// badMail is a mail that no server would take as it is.
type badMail struct{ error }

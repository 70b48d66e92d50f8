package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"holdfast/store"
)

// The steps of a dialogue, as in store.Step.
const (
	stepResolve  = "resolve"
	stepConnect  = "connect"
	stepTLS      = "tls"
	stepGreeting = "greeting"
	stepEHLO     = "ehlo"
	stepSTARTTLS = "starttls"
	stepAuth     = "auth"
	stepMail     = "mail"
	stepRcpt     = "rcpt"
	stepData     = "data"
	stepMessage  = "message"
	stepQuit     = "quit"
)

// hidden is shown in place of a secret.
const hidden = "••••••"

// dialogue talks to a mail server and writes down every line.
type dialogue struct {
	ctx       context.Context
	transport transport
	told      store.Dialogue
	addrs     []string
	conn      net.Conn
	raw       *boundedConn // below TLS, if there is any
	text      *textproto.Conn
	secured   bool
	offers    map[string]string // of the last EHLO, by keyword
	veil      *veil             // over what the server says
	unsent    error             // of a write, until an answer was read
}

// walk carries out all steps, until one fails.
func (d *dialogue) walk(s store.MailSettings, m store.Mail, from string) {
	login := newLogin(s, d.transport.loopback)
	d.veil = login.veil
	starttls := func() bool {
		_, offered := d.offers["STARTTLS"]
		return d.transport.starttls == gomail.TLSMandatory || d.transport.starttls == gomail.TLSOpportunistic && offered
	}
	always := func() bool { return true }
	steps := []struct {
		name string
		when func() bool
		do   func(*store.Step) error
	}{
		{stepResolve, always, d.resolve},
		{stepConnect, always, d.connect},
		{stepTLS, func() bool { return d.transport.implicit }, d.secure},
		{stepGreeting, always, func(st *store.Step) error { _, err := d.hear(st, 220); return err }},
		{stepEHLO, always, d.hello},
		{stepSTARTTLS, starttls, d.startTLS},
		{stepEHLO, func() bool { return d.secured && !d.transport.implicit }, d.hello},
		{stepAuth, func() bool { return s.User != "" }, func(st *store.Step) error { return d.auth(st, login) }},
		{stepMail, always, func(st *store.Step) error { return d.say(st, 250, "MAIL FROM:<"+bare(from)+">") }},
		{stepRcpt, always, func(st *store.Step) error { return d.say(st, 25, "RCPT TO:<"+bare(m.To)+">") }},
		{stepData, always, func(st *store.Step) error { return d.say(st, 354, "DATA") }},
		{stepMessage, always, func(st *store.Step) error { return d.message(st, m, from) }},
	}
	for _, step := range steps {
		if !step.when() {
			continue
		}
		if err := d.step(step.name, step.do); err != nil {
			if step.name == stepSTARTTLS && d.transport.fallBackToPlain(err) {
				d.close()
				d.addrs, d.offers = nil, nil
				d.walk(s, m, from) // as the sender does
				return
			}
			d.told.Failed, d.told.Reason = step.name, reason(step.name, err)
			return
		}
	}
	// The mail is taken: a refused QUIT is written down at its step and is no failure.
	_ = d.step(stepQuit, func(st *store.Step) error { return d.say(st, 221, "QUIT") })
}

// step times one step and writes it down.
func (d *dialogue) step(name string, do func(*store.Step) error) error {
	st := store.Step{Name: name, Lines: []store.Line{}}
	began := time.Now()
	err := do(&st)
	st.Took = time.Since(began)
	if err != nil {
		st.Error = d.veil.error(err).Error()
	}
	d.told.Steps = append(d.told.Steps, st)
	return err
}

func (d *dialogue) resolve(st *store.Step) error {
	addrs, err := net.DefaultResolver.LookupHost(d.ctx, d.transport.host)
	if err != nil {
		return err
	}
	for _, a := range addrs {
		st.Lines = append(st.Lines, store.Line{Text: a})
		d.addrs = append(d.addrs, net.JoinHostPort(a, strconv.Itoa(d.transport.port)))
	}
	return nil
}

// connect tries the addresses in turn, each for its share of the time left.
func (d *dialogue) connect(st *store.Step) error {
	deadline, _ := d.ctx.Deadline()
	var errs []error
	for i, addr := range d.addrs {
		share := time.Until(deadline) / time.Duration(len(d.addrs)-i+1)
		ctx, cancel := context.WithTimeout(d.ctx, min(share, d.transport.timeout))
		conn, err := d.transport.dial(ctx, "tcp", addr)
		cancel()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		st.Lines = append(st.Lines, store.Line{Sent: true, Text: addr})
		if err := conn.SetDeadline(deadline); err != nil {
			return errors.Join(err, conn.Close())
		}
		d.raw = bounded(conn)
		d.conn, d.text = d.raw, textproto.NewConn(d.raw)
		return nil
	}
	return errors.Join(errs...)
}

// secure begins TLS and writes down the server's certificate.
func (d *dialogue) secure(*store.Step) error {
	config := d.transport.tls.Clone()
	conn := tls.Client(d.conn, config)
	err := conn.HandshakeContext(d.ctx)
	d.raw.secured()
	var fault *tls.CertificateVerificationError
	switch {
	case errors.As(err, &fault):
		d.told.TLS = certificate(tls.ConnectionState{PeerCertificates: fault.UnverifiedCertificates}, false)
		return err
	case err != nil:
		return err
	}
	d.told.TLS = certificate(conn.ConnectionState(), !config.InsecureSkipVerify)
	d.conn, d.text, d.secured = conn, textproto.NewConn(conn), true
	return nil
}

func certificate(state tls.ConnectionState, verified bool) *store.TLSFacts {
	facts := &store.TLSFacts{Verified: verified}
	if state.Version != 0 {
		facts.Version, facts.Cipher = tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite)
	}
	if len(state.PeerCertificates) > 0 {
		c := state.PeerCertificates[0]
		facts.Subject, facts.Issuer, facts.Expires = clip(c.Subject.String()), clip(c.Issuer.String()), c.NotAfter
		facts.DaysLeft = int(time.Until(c.NotAfter) / (24 * time.Hour))
	}
	return facts
}

func (d *dialogue) hello(st *store.Step) error {
	if err := oneLine(d.transport.helo); err != nil {
		return err
	}
	d.send(st, "EHLO "+d.transport.helo, "")
	said, err := d.hear(st, 250)
	if err != nil {
		var refused *textproto.Error
		if !errors.As(err, &refused) {
			return err
		}
		d.offers = nil // a server of before 1995
		return d.say(st, 250, "HELO "+d.transport.helo)
	}
	d.offers = map[string]string{}
	for _, line := range strings.Split(said, "\n")[1:] {
		keyword, args, _ := strings.Cut(line, " ")
		d.offers[strings.ToUpper(keyword)] = args
	}
	return nil
}

func (d *dialogue) startTLS(st *store.Step) error {
	if _, offered := d.offers["STARTTLS"]; !offered {
		return errNoSTARTTLS
	}
	if err := d.say(st, 220, "STARTTLS"); err != nil {
		return err
	}
	return d.secure(st)
}

// auth logs in; of our own lines only the mechanism is shown.
func (d *dialogue) auth(st *store.Step, l *login) error {
	mechanism, answer, err := l.Start(&smtp.ServerInfo{Name: d.transport.host, TLS: d.secured, Auth: strings.Fields(d.offers["AUTH"])})
	if err != nil {
		return err
	}
	line, shown := "AUTH "+mechanism, "AUTH "+mechanism
	if answer != nil {
		line, shown = line+" "+base64.StdEncoding.EncodeToString(answer), shown+" "+hidden
	}
	for {
		d.send(st, line, shown)
		said, err := d.hear(st, 0)
		if err != nil {
			return err
		}
		code, challenge, _ := strings.Cut(said, " ")
		switch code {
		case "235":
			return nil
		case "334":
			asked, err := base64.StdEncoding.DecodeString(challenge)
			if err != nil {
				return err
			}
			if answer, err = l.Next(asked, true); err != nil {
				return err
			}
			line, shown = base64.StdEncoding.EncodeToString(answer), hidden
		default:
			return refusal(said)
		}
	}
}

// message sends the mail exactly as the sender would.
func (d *dialogue) message(st *store.Step, m store.Mail, from string) error {
	msg, err := message(m, from)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if _, err := msg.WriteTo(&text); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		st.Lines = append(st.Lines, store.Line{Sent: true, Text: strings.TrimRight(line, "\r\n")})
	}
	w := d.text.DotWriter()
	_, err = w.Write(text.Bytes())
	d.unsent = errors.Join(err, w.Close())
	said, err := d.hear(st, 250)
	if err == nil {
		d.told.QueueID = clip(d.veil.over(queueID(said)))
	}
	return err
}

func (d *dialogue) close() {
	if d.conn != nil {
		d.conn.Close()
	}
}

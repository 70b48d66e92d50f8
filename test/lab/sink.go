package lab

import (
	"io"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Mail is a message that a sink accepted.
type Mail struct {
	At      time.Time
	From    string
	To      []string
	Subject string // decoded
	Body    string
	Raw     string
}

// Sink is an SMTP server on a node that keeps what it gets.
type Sink struct {
	node   *Node
	addr   string
	server *smtp.Server

	mu    sync.Mutex // guards mails
	mails []Mail
}

// Sink starts a mail server on a node, e.g. at "127.0.0.1:25".
func (n *Node) Sink(addr string) *Sink {
	n.lab.Helper()
	s := &Sink{node: n, addr: addr}
	s.Start()
	n.lab.atEnd(s.Stop)
	return s
}

// Start lets the sink accept mail again.
func (s *Sink) Start() {
	s.node.lab.Helper()
	var listener net.Listener
	err := s.node.Do(func() (err error) {
		listener, err = net.Listen("tcp4", s.addr)
		return err
	})
	if err != nil {
		s.node.lab.Fatalf("mail sink on %s: %v", s.node.Name, err)
	}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{sink: s}, nil }))
	s.server.Domain = s.node.Name
	s.server.ReadTimeout, s.server.WriteTimeout = time.Minute, time.Minute
	go s.server.Serve(listener)
}

// Stop ends the sink: connections are refused from now on.
func (s *Sink) Stop() { s.server.Close() }

// Mails are the messages accepted so far, in order.
func (s *Sink) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Subjects are the subjects of the messages accepted so far.
func (s *Sink) Subjects() []string {
	var subjects []string
	for _, m := range s.Mails() {
		subjects = append(subjects, m.Subject)
	}
	return subjects
}

// session is one SMTP dialogue.
type session struct {
	sink *Sink
	mail Mail
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.mail.From = from; return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.To = append(s.mail.To, to)
	return nil
}
func (s *session) Reset()        { s.mail = Mail{} }
func (s *session) Logout() error { return nil }

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mail.At, s.mail.Raw = time.Now(), string(raw)
	if m, err := mail.ReadMessage(strings.NewReader(s.mail.Raw)); err == nil {
		s.mail.Subject = m.Header.Get("Subject")
		if plain, err := new(mime.WordDecoder).DecodeHeader(s.mail.Subject); err == nil {
			s.mail.Subject = plain
		}
		body, err := io.ReadAll(decoded(m))
		if err != nil {
			return err
		}
		s.mail.Body = string(body)
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.mails = append(s.sink.mails, s.mail)
	return nil
}

package mail

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"mime"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"holdfast/store"
)

// taken is a mail that a sink took.
type taken struct {
	from, to, user string
	tls            bool
	header         netmail.Header
	body           string
}

// sink is a real mail server that keeps what it gets.
type sink struct {
	addr string
	port int

	mu    sync.Mutex // guards mails
	mails []taken
	came  chan struct{} // a value per mail
}

func (s *sink) all() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken(nil), s.mails...)
}

// wait gives the first n mails, when they are there.
func (s *sink) wait(t *testing.T, n int) []taken {
	t.Helper()
	late := time.After(time.Minute)
	for range n {
		select {
		case <-s.came:
		case <-late:
			t.Fatalf("%d of %d mails came", len(s.all()), n)
		}
	}
	return s.all()
}

// newSink listens on addr ("" is any port) until the test or stop ends it.
func newSink(t *testing.T, addr string, configure func(*smtp.Server)) (*sink, func()) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strings.TrimPrefix(addr, "127.0.0.1:")))
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{addr: l.Addr().String(), port: l.Addr().(*net.TCPAddr).Port, came: make(chan struct{}, 10_000)}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		_, secured := c.TLSConnectionState()
		return &session{sink: s, mail: taken{tls: secured}}, nil
	}))
	server.Domain, server.ErrorLog = "sink.example.org", slog.NewLogLogger(slog.DiscardHandler, 0)
	if configure != nil {
		configure(server)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	stop := sync.OnceFunc(func() {
		server.Close()
		<-done
	})
	t.Cleanup(stop)
	return s, stop
}

type session struct {
	sink *sink
	mail taken
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	check := func(user, password string) error {
		if user != "lvs" || password != "geheim" {
			return smtp.ErrAuthFailed
		}
		s.mail.user = user
		return nil
	}
	if mechanism == sasl.Login {
		return &loginServer{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// loginServer is the server half of LOGIN, which the library lacks.
type loginServer struct {
	check func(user, password string) error
	user  *string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil:
		return []byte("Username:"), false, nil
	case l.user == nil:
		user := string(response)
		l.user = &user
		return []byte("Password:"), false, nil
	default:
		return nil, true, l.check(*l.user, string(response))
	}
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mail.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	s.mail.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	msg, err := netmail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(msg.Body)
	if err != nil {
		return err
	}
	s.mail.header, s.mail.body = msg.Header, string(body)
	s.sink.mu.Lock()
	s.sink.mails = append(s.sink.mails, s.mail)
	s.sink.mu.Unlock()
	s.sink.came <- struct{}{}
	return nil
}

// certificatePair makes a certificate for localhost that no one else trusts.
func certificatePair(t *testing.T) (config *tls.Config, caPEM string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sink.example.org"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(30*24*time.Hour + time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	config = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return config, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// quick is a retry policy for tests.
var quick = RetryPolicy{First: 20 * time.Millisecond, Longest: 100 * time.Millisecond, GiveUp: time.Hour, Look: 20 * time.Millisecond, Leave: time.Millisecond}

// newStore is a store in a directory of its own.
func newStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// startSender sends what is in s until the test or stop ends it.
func startSender(t *testing.T, s *store.Store, settings store.MailSettings, retry RetryPolicy) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	sender := sender{
		store: s, log: slog.New(slog.DiscardHandler), retry: retry,
		settings: func(context.Context) (store.MailSettings, error) { return settings, nil },
	}
	go func() { done <- sender.run(ctx, nil, nil) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("sender ended: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// outboxBecomes waits until the mail with this ID is as wished.
func outboxBecomes(t *testing.T, s *store.Store, id int64, wished func(store.Mail) bool) store.Mail {
	t.Helper()
	var last store.Mail
	for range 6000 {
		page, err := s.OutboxPage(context.Background(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page {
			if m.ID == id {
				last = m
				if wished(m) {
					return m
				}
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the mail stays %+v", last)
	return last
}

func isState(state store.MailState) func(store.Mail) bool {
	return func(m store.Mail) bool { return m.State == state }
}

func enqueue(t *testing.T, s *store.Store, to ...string) {
	t.Helper()
	var mails []store.Mail
	for _, a := range to {
		mails = append(mails, store.Mail{To: a, Subject: "[lvs1] VRRP Instance VI_1 - Entering MASTER state", Body: "=> x <=\n"})
	}
	if err := s.Enqueue(context.Background(), mails); err != nil {
		t.Fatal(err)
	}
}

// newTLSSink is a sink that speaks TLS from the first byte.
func newTLSSink(t *testing.T, config *tls.Config) (port int, s *sink) {
	t.Helper()
	s, _ = newSink(t, "", nil)
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			outer, err := l.Accept()
			if err != nil {
				return
			}
			inner, err := net.Dial("tcp", s.addr)
			if err != nil {
				outer.Close()
				return
			}
			for _, way := range [][2]net.Conn{{outer, inner}, {inner, outer}} {
				wg.Go(func() {
					_, _ = io.Copy(way[0], way[1])
					way[0].Close()
				})
			}
		}
	})
	return l.Addr().(*net.TCPAddr).Port, s
}

func decoded(t *testing.T, header string) string {
	t.Helper()
	words, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func contextWithin(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}

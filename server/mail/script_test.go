package mail

import (
	"log/slog"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wneessen/go-mail/smtp"
)

// script is what a scripted mail server answers, by the first word it hears;
// "." is the end of a mail, "" the greeting. What is not there is answered the
// usual way, or as "*" says. "drop" closes the connection; "hang" says nothing any
// more; {line} is the line that was heard.
type script map[string]string

// scripted is a mail server that plays one script per connection, the last one
// for all that follow.
type scripted struct {
	port  int
	conns atomic.Int64
	open  atomic.Int64 // connections not closed yet

	mu    sync.Mutex // guards heard
	heard []string
}

func (s *scripted) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.heard...)
}

func newScripted(t *testing.T, scripts ...script) *scripted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{port: l.Addr().(*net.TCPAddr).Port}
	var wg sync.WaitGroup
	end := make(chan struct{})
	t.Cleanup(func() {
		close(end)
		l.Close()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			n := int(s.conns.Add(1)) - 1
			s.open.Add(1)
			wg.Go(func() {
				defer s.open.Add(-1)
				defer conn.Close()
				s.play(conn, scripts[min(n, len(scripts)-1)], end)
			})
		}
	})
	return s
}

func (s *scripted) play(conn net.Conn, script script, end <-chan struct{}) {
	text := textproto.NewConn(conn)
	usual := map[string]string{
		"": "220 script ESMTP", "EHLO": "250-script\n250 8BITMIME", "MAIL": "250 ok", "RCPT": "250 ok",
		"DATA": "354 go on", ".": "250 ok queued as SCRIPT1", "RSET": "250 ok", "NOOP": "250 ok", "QUIT": "221 bye",
	}
	word, line := "", ""
	for {
		answer, ok := script[word]
		if !ok {
			answer, ok = usual[word]
		}
		if !ok {
			answer = script["*"]
		}
		answer = strings.ReplaceAll(answer, "{line}", line)
		switch answer {
		case "drop":
			return
		case "hang":
			<-end
			return
		case "":
			answer = "502 what?"
		}
		for _, line := range strings.Split(answer, "\n") {
			if text.PrintfLine("%s", line) != nil {
				return
			}
		}
		if word == "QUIT" {
			return
		}
		if word == "DATA" && strings.HasPrefix(answer, "354") {
			if _, err := text.ReadDotLines(); err != nil {
				return
			}
			word = "."
			continue
		}
		var err error
		if line, err = text.ReadLine(); err != nil {
			return
		}
		s.mu.Lock()
		s.heard = append(s.heard, line)
		s.mu.Unlock()
		word = strings.ToUpper(strings.Fields(line + " ?")[0])
	}
}

func serverInfo(secured bool, offered ...string) *smtp.ServerInfo {
	return &smtp.ServerInfo{Name: "mail.example.org", TLS: secured, Auth: offered}
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

package probe

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"holdfast/engine/model"
)

func TestStatusLineIsTakenAsKeepalivedTakesIt(t *testing.T) {
	for line, up := range map[string]bool{
		"HTTP/1.0 200 OK": true, "HTTP/1.1 200 OK": true, "HTTP/1.1 200 ": true, "HTTP/2 200 OK": true,
		"http/1.0 200 ok": true, "Http/1.1 200 OK": true, "ICY 200 OK": true, "SOURCETABLE 200 OK": true,
		"http/1.0 503 no": false, "ICY 404 Resource Not Found": false, "RTSP/1.0 400 Bad Request": false,
		"220 mx.example.org ESMTP": false, "SSH-2.0-OpenSSH_9.2": false, "200 OK": false, "HTTP/1.1 OK 200": false,
		"HTTP/1.1  200 OK": false, "HTTP/1.1 +200 OK": false, "HTTP/1.1 -200 OK": false, "HTTP/1.1 200x OK": false,
	} {
		for _, protocol := range []string{"1.0", "1.0C", "1.1"} {
			k := check(model.HTTPGet, serve(t, answer(line+"\r\nContent-Length: 2\r\n\r\nok")))
			k.HTTP = model.Some(protocol)
			if r := probe(t, k); r.Up != up {
				t.Errorf("%s, http_protocol %s: %+v", line, protocol, r)
			}
		}
	}
}

func TestInterimAnswersArePassedOver(t *testing.T) {
	const (
		next  = "HTTP/1.1 100 Continue\r\n\r\n"
		hints = "HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\nLink: </a.css>; rel=preload\r\n\r\n"
		final = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	)
	for _, c := range []struct {
		answer, status string
		codes          []model.CodeRange
		up             bool
	}{
		{next + final, "200", nil, true},
		{hints + final, "200", nil, true},
		{next + hints + hints + final, "200", nil, true},
		{next + "HTTP/1.1 503 no\r\n\r\n", "503", nil, false},
		{next + "HTTP/1.1 503 no\r\n\r\n", "503", []model.CodeRange{{From: 100, To: 299}}, false},
		{next + final, "100", []model.CodeRange{{From: 100, To: 100}}, true}, // asked for, as with keepalived
		{"HTTP/1.1 101 Switching Protocols\r\n\r\n", "101", nil, false},
		{next, "", nil, false},
		{strings.Repeat(next, 10000) + final, "", nil, false}, // without end
	} {
		k := check(model.HTTPGet, serve(t, answer(c.answer)))
		k.URLs[0].Codes = c.codes
		if r := probe(t, k); r.Up != c.up || r.Args["status"] != c.status {
			t.Errorf("%.80q with %v: %+v", c.answer, c.codes, r)
		}
	}
}

// unread sends text and closes at once, so that the request is never read and the
// connection is reset.
func unread(text string, pause time.Duration) func(net.Conn) {
	return func(conn net.Conn) {
		io.WriteString(conn, text)
		time.Sleep(pause)
	}
}

func TestAnswerBeforeAResetCounts(t *testing.T) {
	for _, text := range []string{
		"HTTP/1.0 200 OK\r\n\r\nhello", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.0 200 OK\r\n\r\n",
	} {
		for _, pause := range []time.Duration{0, 50 * time.Millisecond} {
			addr := serve(t, unread(text, pause))
			for range 20 {
				if r := probe(t, check(model.HTTPGet, addr)); !r.Up {
					t.Fatalf("%q after %v: %+v", text, pause, r)
				}
			}
		}
	}
	addr := serve(t, unread("220 mx\r\n250 hello\r\n221 bye\r\n", 50*time.Millisecond))
	for range 5 {
		if r := probe(t, check(model.SMTPCheck, addr)); !r.Up {
			t.Fatalf("SMTP: %+v", r)
		}
	}
	if r := probe(t, check(model.HTTPGet, serve(t, unread("", 0)))); r.Up {
		t.Errorf("no answer: %+v", r)
	}
	if r := probe(t, check(model.HTTPGet, serve(t, unread("HTTP/1.0 503 no\r\n\r\n", 0)))); r.Up || r.Code != "status" {
		t.Errorf("503: %+v", r)
	}
}

func TestGoodbyeHasToBeAnswered(t *testing.T) {
	for what, end := range map[string]func(net.Conn){
		"closed": func(net.Conn) {}, "timeout": func(conn net.Conn) { io.Copy(io.Discard, conn) },
	} {
		k := check(model.SMTPCheck, serve(t, func(conn net.Conn) {
			r := bufio.NewReader(conn)
			for _, reply := range []string{"220 x\r\n", "250 x\r\n"} {
				io.WriteString(conn, reply)
				r.ReadString('\n')
			}
			end(conn)
		}))
		k.Timing.ConnectTimeout = model.Some(model.Seconds(200 * time.Millisecond))
		if r := probe(t, k); r.Up || r.Code != what {
			t.Errorf("%s: %+v", what, r)
		}
	}
}

func TestNoCheckLastsLongerThanTenTimesItsTimeout(t *testing.T) {
	drip := func(text string) string {
		return serve(t, func(conn net.Conn) {
			io.WriteString(conn, text)
			for {
				if _, err := io.WriteString(conn, "1"); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	for _, c := range []struct {
		kind model.Kind
		text string
	}{
		{model.HTTPGet, ""}, {model.HTTPGet, "HTTP/1.0 200 OK\r\nA: "}, {model.HTTPGet, "HTTP/1.0 200 OK\r\n\r\n"},
		{model.SMTPCheck, ""}, {model.SMTPCheck, "220 x\r\n250 x\r\n"},
	} {
		t.Run(string(c.kind)+" "+c.text, func(t *testing.T) {
			t.Parallel()
			k := check(c.kind, drip(c.text))
			k.Timing.ConnectTimeout = model.Some(model.Seconds(200 * time.Millisecond))
			var r Result
			for range 20 { // a busy machine may not even connect in time
				if r = probe(t, k); r.Text != "timed out after 200 ms" {
					break
				}
			}
			if r.Up || r.Text != "timed out after 2 s" {
				t.Errorf("%+v", r)
			}
		})
	}
}

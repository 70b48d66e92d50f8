package probe

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/engine/model"
)

// inFlight is more than a socket and its peer keep of what was sent and not read.
const inFlight = 16 << 20

// flood writes text again and again until the other side has had enough, and counts it.
func flood(sent *atomic.Int64, begins, text string) func(net.Conn) {
	return func(conn net.Conn) {
		n, err := io.WriteString(conn, begins)
		for ; err == nil; n, err = io.WriteString(conn, text) {
			sent.Add(int64(n))
		}
	}
}

// Each server does its worst; a check of it ends by itself and takes in no more than it
// may, while another server that is checked beside it stays up.
func TestAHostileServerCostsItsOwnCheckAndNoOther(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 64 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	sum := md5.Sum(bomb.Bytes())
	kilobyte := strings.Repeat("x", 1023)
	slowly := func(begins string) func(*atomic.Int64) func(net.Conn) {
		return func(*atomic.Int64) func(net.Conn) {
			return func(conn net.Conn) {
				_, err := io.WriteString(conn, begins)
				for tick := time.NewTicker(20 * time.Millisecond); err == nil; <-tick.C {
					_, err = io.WriteString(conn, "x")
				}
			}
		}
	}
	floods := func(begins, text string) func(*atomic.Int64) func(net.Conn) {
		return func(sent *atomic.Int64) func(net.Conn) { return flood(sent, begins, text) }
	}
	for name, c := range map[string]struct {
		kind   model.Kind
		server func(*atomic.Int64) func(net.Conn)
		url    model.URL
		up     bool
		most   int64
	}{
		"a header byte by byte":       {model.HTTPGet, slowly("HTTP/1.1 200 OK\r\nX: "), model.URL{}, false, 1 << 20},
		"a status line byte by byte":  {model.HTTPGet, slowly("HTTP"), model.URL{}, false, 1 << 20},
		"a header line without end":   {model.HTTPGet, floods("HTTP/1.1 200 OK\r\nX: ", kilobyte), model.URL{}, false, maxHeader},
		"headers without end":         {model.HTTPGet, floods("HTTP/1.1 200 OK\r\n", "X: "+kilobyte+"\r\n"), model.URL{}, false, maxHeader},
		"interim answers without end": {model.HTTPGet, floods("", "HTTP/1.1 100 Continue\r\n\r\n"), model.URL{}, false, maxHeader},
		"a body without end":          {model.HTTPGet, floods("HTTP/1.1 200 OK\r\n\r\n", kilobyte), model.URL{}, true, maxUnread},
		"a body to match without end": {model.HTTPGet, floods("HTTP/1.1 200 OK\r\n\r\n", kilobyte), model.URL{Regex: model.Some(model.Regex("y"))}, false, maxUnread},
		"a packed body": {model.HTTPGet, func(*atomic.Int64) func(net.Conn) {
			return answer(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", bomb.Len()) + bomb.String())
		}, model.URL{Digest: model.Some(hex.EncodeToString(sum[:]))}, true, 1 << 20},
		"garbage in place of TLS":      {model.SSLGet, floods("", kilobyte), model.URL{}, false, 1 << 20},
		"TLS records without a hello":  {model.SSLGet, floods("", "\x16\x03\x03\x40\x00"+strings.Repeat("\x00", 1<<14)), model.URL{}, false, 1 << 20},
		"TLS byte by byte":             {model.SSLGet, slowly("\x16\x03\x03\x40\x00"), model.URL{}, false, 1 << 20},
		"greetings of SMTP, no end":    {model.SMTPCheck, floods("", "220-"+kilobyte+"\r\n"), model.URL{}, false, maxHeader},
		"a line of SMTP without end":   {model.SMTPCheck, floods("220-", kilobyte), model.URL{}, false, maxHeader},
		"a greeting of SMTP by bytes":  {model.SMTPCheck, slowly("220-"), model.URL{}, false, 1 << 20},
		"words where SMTP has numbers": {model.SMTPCheck, floods("", kilobyte+"\r\n"), model.URL{}, false, maxHeader},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int64
			bad := check(c.kind, serve(t, c.server(&sent)))
			bad.Timing.ConnectTimeout = model.Some(model.Seconds(100 * time.Millisecond))
			if c.up {
				bad.Timing.ConnectTimeout = model.Some(model.Seconds(5 * time.Second)) // it has much to read
			}
			c.url.Path = "/"
			bad.URLs = []model.URL{c.url}
			good := check(model.HTTPGet, serve(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")))
			good.Timing.ConnectTimeout = model.Some(model.Seconds(10 * time.Second))
			p := &Prober{}
			done := make(chan Result, 1)
			go func() { done <- p.Run(context.WithoutCancel(t.Context()), bad) }()
			for range 3 {
				if r := p.Run(t.Context(), good); !r.Up {
					t.Errorf("the other server: %+v", r)
				}
			}
			r := <-done // by itself
			worded(t, r)
			if r.Up != c.up || r.Text == "" {
				t.Errorf("%+v", r)
			}
			if n := sent.Load(); n > c.most+inFlight {
				t.Errorf("%d bytes were taken in", n)
			}
		})
	}
}

// A name that leads back to itself is in a part of the answer that decides nothing.
func TestADNSAnswerThatGoesInCirclesEnds(t *testing.T) {
	t.Parallel()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for b := make([]byte, 512); ; {
			n, from, err := l.ReadFrom(b)
			if err != nil {
				return
			}
			loop := append(append([]byte{}, b[:2]...), 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0)
			loop = append(loop, 0xc0, 12, 0, 6, 0, 1) // the question's name is a pointer to itself
			loop = append(loop, 0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0xc0, 18)
			for _, answer := range [][]byte{b[:min(n, 11)], []byte("?"), append([]byte{b[0] ^ 1}, loop[1:]...), loop} {
				l.WriteTo(answer, from)
			}
		}
	}()
	if r := probe(t, check(model.DNSCheck, l.LocalAddr().String())); !r.Up || !strings.HasPrefix(r.Text, "DNS NOERROR") {
		t.Errorf("%+v", r)
	}
}

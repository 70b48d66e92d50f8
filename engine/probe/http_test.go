package probe

import (
	"bufio"
	"crypto/md5"
	"crypto/tls"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dlclark/regexp2/v2"

	"holdfast/engine/model"
)

// check is a resolved check of the given kind against addr, with a second of
// patience.
func check(kind model.Kind, addr string) model.Check {
	at := netip.MustParseAddrPort(addr)
	return model.Check{
		Kind: kind, Target: model.Endpoint{Addr: at.Addr(), Port: at.Port()},
		Timing: model.Timing{
			ConnectTimeout: model.Some(model.Seconds(time.Second)),
			DelayLoop:      model.Some(model.Seconds(6 * time.Second)),
		},
		URLs: []model.URL{{Path: "/"}},
	}
}

func probe(t *testing.T, c model.Check) Result {
	t.Helper()
	r := (&Prober{}).Run(t.Context(), c)
	worded(t, r)
	return r
}

// serve answers every connection with talk.
func serve(t *testing.T, talk func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); talk(conn) }()
		}
	}()
	return l.Addr().String()
}

// request reads one request, as sent.
func requestOf(conn net.Conn) string {
	var lines []string
	for r := bufio.NewReader(conn); ; {
		line, err := r.ReadString('\n')
		if err != nil || line == "\r\n" {
			return strings.Join(lines, "")
		}
		lines = append(lines, line)
	}
}

func answer(text string) func(net.Conn) {
	return func(conn net.Conn) {
		requestOf(conn)
		io.WriteString(conn, text)
	}
}

func TestStatusDecides(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/broken":
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			io.WriteString(w, "hello")
		}
	}))
	defer web.Close()
	for _, c := range []struct {
		path  string
		codes []model.CodeRange
		up    bool
		text  string
	}{
		{"/", nil, true, "HTTP 200, "},
		{"/broken", nil, false, "HTTP 503, "},
		{"/broken", []model.CodeRange{{From: 200, To: 200}, {From: 500, To: 599}}, true, "HTTP 503, "},
		{"/", []model.CodeRange{{From: 201, To: 299}}, false, "HTTP 200, "},
		{"/moved", nil, false, "HTTP 302, "}, // no redirect is followed
		{"/moved", []model.CodeRange{{From: 302, To: 302}}, true, "HTTP 302, "},
	} {
		k := check(model.HTTPGet, web.Listener.Addr().String())
		k.URLs = []model.URL{{Path: c.path, Codes: c.codes}}
		r := probe(t, k)
		if r.Up != c.up || !strings.HasPrefix(r.Text, c.text) || !strings.HasSuffix(r.Text, " ms") {
			t.Errorf("%s with %v: %v %q, want %v %q", c.path, c.codes, r.Up, r.Text, c.up, c.text)
		}
	}
}

func TestRequestIsWhatKeepalivedSends(t *testing.T) {
	got := make(chan string, 1)
	addr := serve(t, func(conn net.Conn) {
		got <- requestOf(conn)
		io.WriteString(conn, "HTTP/1.0 200 OK\r\n\r\n")
	})
	for _, c := range []struct{ protocol, host, want string }{
		{"1.0", "", "GET /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: " + addr + "\r\n"},
		{"1.0C", "", "GET /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: " + addr + "\r\n"},
		{"1.1", "www.example.org:81", "GET /x HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: www.example.org:81\r\n"},
	} {
		k := check(model.HTTPGet, addr)
		k.HTTP = model.Some(c.protocol)
		k.URLs = []model.URL{{Path: "/x"}}
		if c.host != "" {
			k.URLs[0].VirtualHost = model.Some(c.host)
			k.VirtualHost = model.Some("not.this.one")
		}
		if r := probe(t, k); !r.Up {
			t.Errorf("%s: %s", c.protocol, r.Text)
		}
		if text := <-got; text != c.want {
			t.Errorf("%s: sent %q, want %q", c.protocol, text, c.want)
		}
	}
}

func TestHostOfAnIPv6TargetIsInBrackets(t *testing.T) {
	c := check(model.HTTPGet, "[2001:db8::1]:80")
	if h := host(c, c.URLs[0]); h != "[2001:db8::1]:80" {
		t.Errorf("Host: %s", h)
	}
}

// Of a body that is longer than was announced keepalived 2.2.7 takes the announced
// part, and of a shorter one what came.
func TestDigestCoversTheBodyUpToTheAnnouncedLength(t *testing.T) {
	body := strings.Repeat("0123456789", 5000)
	for announced, counts := range map[string]int{"": len(body), "Content-Length: 7\r\n": 7, "Content-Length: 99999\r\n": len(body)} {
		sum := md5.Sum([]byte(body[:counts]))
		want := hex.EncodeToString(sum[:])
		k := check(model.HTTPGet, serve(t, answer("HTTP/1.0 200 OK\r\n"+announced+"\r\n"+body)))
		if got, err := Digest(t.Context(), k); err != nil || got != want {
			t.Errorf("%q: Digest gives %s, %v", announced, got, err)
		}
		k.URLs[0].Digest = model.Some(strings.ToUpper(want))
		if r := probe(t, k); !r.Up {
			t.Errorf("%q: the right digest fails: %s", announced, r.Text)
		}
		k.URLs[0].Digest = model.Some(strings.Repeat("0", 32))
		if r := probe(t, k); r.Up || r.Code != "digest" || r.Args["digest"] != want {
			t.Errorf("%q: a wrong digest: %+v", announced, r)
		}
	}
}

func TestStatusComesBeforeTheDigest(t *testing.T) {
	k := check(model.HTTPGet, serve(t, answer("HTTP/1.0 500 no\r\n\r\nx")))
	k.URLs[0].Digest = model.Some(strings.Repeat("0", 32))
	if r := probe(t, k); r.Up || r.Code != "status" {
		t.Errorf("%+v", r)
	}
}

func TestBodyHasToMatchTheRegex(t *testing.T) {
	t.Cleanup(regexp2.StopTimeoutClock)
	addr := serve(t, answer("HTTP/1.0 200 OK\r\n\r\nstate: ready, load 3\n"))
	for _, c := range []struct{ regex, code string }{
		{`ready, load [0-9]`, "status"},
		{`ready(?=, load)`, "status"}, // PCRE's look-ahead
		{`^ready`, "no-match"},
		{`ready(?!, load)`, "no-match"},
		{`ready(`, "pattern"},
	} {
		k := check(model.HTTPGet, addr)
		k.URLs[0].Regex = model.Some(model.Regex(c.regex))
		if r := probe(t, k); r.Code != c.code || r.Up != (c.code == "status") {
			t.Errorf("%s: %+v", c.regex, r)
		}
	}
}

func TestFaultyAnswersFail(t *testing.T) {
	for _, c := range []struct{ what, answer, code string }{
		{"nothing at all", "", "closed"},
		{"no HTTP", "hello\r\n\r\n", "not-http"},
		{"a header without end", "HTTP/1.0 200 OK\r\nA: b\r\n", "closed"},
		{"a header that is too large", "HTTP/1.0 200 OK\r\n" + strings.Repeat("A: "+strings.Repeat("b", 1000)+"\r\n", 100), "not-http"},
	} {
		addr := serve(t, func(conn net.Conn) {
			requestOf(conn)
			io.WriteString(conn, c.answer)
			if conn, ok := conn.(*net.TCPConn); ok {
				conn.CloseWrite()
			}
			io.Copy(io.Discard, conn) // until the other side is done
		})
		if r := probe(t, check(model.HTTPGet, addr)); r.Up || r.Code != c.code {
			t.Errorf("%s: %+v, want %s", c.what, r, c.code)
		}
	}
}

func TestSilentServerTimesOut(t *testing.T) {
	addr := serve(t, func(conn net.Conn) { requestOf(conn); io.Copy(io.Discard, conn) })
	k := check(model.HTTPGet, addr)
	k.Timing.ConnectTimeout = model.Some(model.Seconds(100 * time.Millisecond))
	if r := probe(t, k); r.Up || r.Text != "timed out after 100 ms" {
		t.Errorf("%+v", r)
	}
}

// Issue 1822 of keepalived: it waits for such a body for ever.
func TestServerThatDripsIsGivenUp(t *testing.T) {
	addr := serve(t, func(conn net.Conn) {
		requestOf(conn)
		io.WriteString(conn, "HTTP/1.0 200 OK\r\n\r\n")
		for {
			if _, err := io.WriteString(conn, "."); err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	k := check(model.HTTPGet, addr)
	k.Timing.ConnectTimeout = model.Some(model.Seconds(50 * time.Millisecond))
	var r Result
	for range 20 { // a busy machine may not even connect in time
		if r = probe(t, k); r.Text != "timed out after 50 ms" {
			break
		}
	}
	if r.Up || r.Text != "timed out after 500 ms" {
		t.Errorf("%+v", r)
	}
}

// Which is what fast_recovery asks for, while keepalived without it waits between two pages.
func TestEveryURLIsFetchedInOneRun(t *testing.T) {
	var asked atomic.Int32
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path == "/b" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer web.Close()
	k := written(t, web.Listener.Addr().String(), "", "", "HTTP_GET", "fast_recovery\nurl {\npath /a\n}\nurl {\npath /b\n}\nurl {\npath /c\n}")
	r := probe(t, k)
	if r.Up || !strings.HasPrefix(r.Text, "HTTP 404 from /b, ") || asked.Load() != 2 {
		t.Errorf("%q after %d requests", r.Text, asked.Load())
	}
}

func TestTLSIsNotVerifiedAndSNIIsTheVirtualHost(t *testing.T) {
	names := make(chan string, 1)
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	web.TLS = &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		names <- h.ServerName
		return nil, nil
	}}
	web.StartTLS()
	defer web.Close()
	k := check(model.SSLGet, web.Listener.Addr().String())
	k.URLs[0].VirtualHost = model.Some("www.example.org")
	for _, sni := range []bool{false, true} {
		k.SNI = sni
		if r := probe(t, k); !r.Up {
			t.Fatal(r.Text)
		}
		want := map[bool]string{true: "www.example.org"}[sni]
		if got := <-names; got != want {
			t.Errorf("enable_sni %v: named %q, want %q", sni, got, want)
		}
	}
}

func TestATLSSessionEndsWithACloseNotify(t *testing.T) {
	ends := make(chan error, 1)
	cert := httptest.NewUnstartedServer(nil)
	cert.StartTLS()
	defer cert.Close()
	addr := serve(t, func(plain net.Conn) {
		conn := tls.Server(plain, &tls.Config{Certificates: cert.TLS.Certificates})
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			ends <- err
			return
		}
		io.WriteString(conn, "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
		_, err := conn.Read(make([]byte, 1))
		ends <- err
	})
	for _, lines := range []string{"url {\npath /\n}", "tls_compliant\nurl {\npath /\n}", "url {\npath /\ntls_compliant\n}"} {
		r := probe(t, written(t, addr, "", "", "SSL_GET", lines))
		if err := <-ends; !r.Up || err != io.EOF { // the end of a session; that of a connection alone is unexpected
			t.Errorf("%s, and the session ends with %v", r.Text, err)
		}
	}
}

func TestPlainServerIsNoTLSServer(t *testing.T) {
	addr := serve(t, func(conn net.Conn) { io.WriteString(conn, "220 hello\r\n") })
	if r := probe(t, check(model.SSLGet, addr)); r.Up || r.Code != "tls" {
		t.Errorf("%+v", r)
	}
}

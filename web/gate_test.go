package web_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/store"
	"holdfast/web"
)

// openBehind opens a house with a TLS proxy before it, which is where its
// browsers go.
func openBehind(t *testing.T) *house {
	t.Helper()
	return openBehindAt(t, "")
}

// openBehindAt is openBehind where the proxy comes to a socket in the file system,
// unless path is "".
func openBehindAt(t *testing.T, path string) *house {
	t.Helper()
	var to *url.URL
	transport := &http.Transport{}
	proxy := httptest.NewUnstartedServer(&httputil.ReverseProxy{FlushInterval: -1, Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		r.SetXForwarded()
	}})
	proxy.StartTLS()
	t.Cleanup(proxy.Close)
	origin, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	h := openAs(t, func(o *web.Options) {
		o.Behind = &web.Proxy{Origin: origin}
		to = &url.URL{Scheme: "http", Host: o.Listener.Addr().String()}
		if path == "" {
			return
		}
		l, err := net.Listen("unix", path)
		if err = errors.Join(err, o.Listener.Close()); err != nil {
			t.Fatal(err)
		}
		o.Listener = l
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}
	})
	h.base, h.cookie = proxy.URL, "__Host-holdfast-"+origin.Port()
	h.network = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: proxy.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}}
	t.Cleanup(h.network.(*http.Transport).CloseIdleConnections)
	return h
}

// asked gives the answer to a request with this Host.
func (h *house) asked(method, path, host string, header map[string]string) page {
	h.t.Helper()
	b := h.browser()
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r := b.request(method, path, nil)
	r.Host = host
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return b.do(r)
}

func TestOnlyItsOwnNamesLeadToTheConsole(t *testing.T) {
	h := openAs(t, func(o *web.Options) { o.Name = "lb1.example" })
	port := h.base[strings.LastIndex(h.base, ":"):]
	for host, status := range map[string]int{
		"127.0.0.1" + port: 200, "127.0.0.1:9999": 200, "127.9.9.9": 200, "localhost": 200, "LOCALHOST." + port: 200, "lb1.localhost": 200, "[::1]:8080": 200,
		"lb1.example:8080": 200, "evil.example": 421, "evil.example" + port: 421, "203.0.113.9": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421, "[2001:db8::1]" + port: 421,
	} {
		if got := h.asked(http.MethodGet, "/login", host, nil); got.status != status {
			t.Errorf("Host %s: %d, want %d", host, got.status, status)
		}
	}
	h.asked(http.MethodPost, "/api/v1/session", "evil.example", nil).must(t, 421, `"code":"misdirected"`, "evil.example")
	h.asked(http.MethodGet, "/", "evil.example", nil).must(t, 421, `data-fault="misdirected"`)
	h.asked(http.MethodGet, "/healthz", "evil.example", nil).must(t, 200)
	// What a proxy may say, nobody else may.
	got := h.asked(http.MethodGet, "/vips/", "localhost", map[string]string{"X-Forwarded-Prefix": "/evil"})
	if strings.Contains(got.header.Get("Location"), "evil") {
		t.Errorf("led to %s", got.header.Get("Location"))
	}
}

func TestBehindAProxyTheBrowserIsHeldToTLS(t *testing.T) {
	h := openBehind(t)
	admin := h.admin()
	b := h.browser()
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got := b.post("/login", url.Values{"name": {"admin"}, "password": {password}}).must(t, 303)
	for _, cookie := range got.header.Values("Set-Cookie") {
		if !strings.HasPrefix(cookie, "__Host-holdfast") || !strings.Contains(cookie, "; Secure") || !strings.Contains(cookie, "HttpOnly") {
			t.Errorf("cookie %s", cookie)
		}
	}
	if got := admin.get("/login").header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("Strict-Transport-Security is %q", got)
	}
	if !strings.Contains(h.out.String(), "setup: "+h.base+"/setup?token=") {
		t.Errorf("the setup link is %s", h.out.String())
	}
	h.asked(http.MethodGet, "/login", "127.0.0.1", nil).must(t, 421, `data-fault="misdirected-proxy"`)
}

func TestTheClientsAddressComesFromTheProxyAlone(t *testing.T) {
	h := openBehind(t)
	h.admin()
	said := map[string]string{"X-Forwarded-For": "203.0.113.7"} // the proxy appends what it saw itself
	r := h.browser().request(http.MethodPost, "/login", strings.NewReader(url.Values{"name": {"admin"}, "password": {"not the right phrase"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", said["X-Forwarded-For"])
	h.browser().do(r).must(t, 401)
	if rows := h.audit(1); rows[0].Action != "login-refused" || rows[0].After != "localhost" {
		t.Errorf("a client that says where it comes from: %+v", rows[0])
	}
}

func TestAStrangerIsNotTheProxy(t *testing.T) {
	origin := &url.URL{Scheme: "https", Host: "lb1.example"}
	for from, status := range map[string]int{"127.0.0.1": 200, "192.0.2.7": 421} {
		h := openAs(t, func(o *web.Options) {
			o.Behind = &web.Proxy{Origin: origin, From: []netip.Addr{netip.MustParseAddr(from)}}
		})
		h.asked(http.MethodGet, "/login", "LB1.example", map[string]string{"X-Forwarded-For": "198.51.100.4"}).must(t, status)
		h.asked(http.MethodGet, "/login", "lb2.example", nil).must(t, 421)
		if status != 200 {
			continue
		}
		h.cookie = "__Host-holdfast"
		h.asked(http.MethodPost, "/api/v1/session", "lb1.example", map[string]string{"Sec-Fetch-Site": "cross-site"}).must(t, 403)
		if _, err := h.store.CreateUser(t.Context(), "kim", passwordHash, store.Viewer, ""); err != nil {
			t.Fatal(err)
		}
		b := h.browser()
		r := b.request(http.MethodPost, "/api/v1/session", strings.NewReader(`{"name": "kim", "password": "`+password+`"}`))
		r.Host = "lb1.example"
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Forwarded-For", "10.0.0.1, 198.51.100.4")
		b.do(r).must(t, 204)
		if rows := h.audit(1); rows[0].Action != "login" || rows[0].After != "198.51.100.4" {
			t.Errorf("the client is told as %+v", rows[0])
		}
	}
}

// audit gives the newest rows.
func (h *house) audit(n int) []store.AuditRow {
	h.t.Helper()
	rows, err := h.store.AuditPage(h.t.Context(), 0, n)
	if err != nil || len(rows) < n {
		h.t.Fatalf("%d rows of the audit, %v", len(rows), err)
	}
	return rows
}

func TestAProxyMayComeToASocketInTheFileSystem(t *testing.T) {
	t.Parallel()
	h := openBehindAt(t, filepath.Join(t.TempDir(), "console"))
	b := h.admin()
	b.get("/").must(t, 200)
	h.asked(http.MethodGet, "/login", "evil.example", nil).must(t, 421)
	r := h.browser().request(http.MethodPost, "/api/v1/session", strings.NewReader(`{"name":"admin","password":"`+password+`"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Forwarded-For", "198.51.100.9")
	p := h.browser().do(r).must(t, 204)
	for _, cookie := range p.header.Values("Set-Cookie") {
		if !strings.HasPrefix(cookie, "__Host-") || !strings.Contains(cookie, "Secure") {
			t.Errorf("the cookie is %s", cookie)
		}
	}
	b.call(http.MethodGet, "/audit", nil, nil).must(t, 200, `"after":"127.0.0.1"`) // as the proxy saw it
}

package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/web/auth"
	"holdfast/web/fault"
	"holdfast/web/page"
)

// Proxy is a proxy that speaks TLS for the console.
type Proxy struct {
	Origin *url.URL     // as browsers reach it, such as https://lb1.example
	From   []netip.Addr // from where it connects; empty is this host
}

// What NewProxy refuses.
var (
	ErrOrigin       = errors.New("not where browsers reach a proxy")
	errProxyAddress = errors.New("not the address of a proxy")
)

// NewProxy reads where browsers reach a proxy, such as https://lb1.example, and the
// addresses that it connects from. ErrOrigin: the first is not that.
func NewProxy(origin string, from []string) (*Proxy, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
		return nil, ErrOrigin
	}
	u.Path = ""
	p := &Proxy{Origin: u}
	for _, text := range from {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, errProxyAddress)
		}
		p.From = append(p.From, addr.Unmap().WithZone(""))
	}
	return p, nil
}

// tells says whether the peer of a request is the proxy. At a socket in the file
// system it is, since the directory says who gets there.
func (p *Proxy) tells(r *http.Request) bool {
	if at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && at.Network() == "unix" {
		return true
	}
	peer := peerOf(r)
	if len(p.From) == 0 {
		return peer.IsLoopback()
	}
	return slices.Contains(p.From, peer)
}

// gate lets on what is meant for this console: a page of another name could else
// lead a browser here and read the answers (DNS rebinding).
type gate struct {
	behind *Proxy
	name   string // as which the console listens; "" is none but addresses
	next   http.Handler
	refuse http.Handler
}

// hsts keeps browsers from speaking plain HTTP to the proxy, for a year.
const hsts = "max-age=31536000"

func (g gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	forwarded := r.Header.Values("X-Forwarded-For")
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") {
			r.Header.Del(name) // what lies behind must not believe it
		}
	}
	switch {
	case r.URL.Path == "/healthz": // says nothing that could be stolen
	case g.behind == nil && !g.ours(r):
		g.refuse.ServeHTTP(w, r)
		return
	case g.behind != nil:
		w.Header().Set("Strict-Transport-Security", hsts)
		if !g.behind.tells(r) || !strings.EqualFold(r.Host, g.behind.Origin.Host) {
			g.refuse.ServeHTTP(w, r)
			return
		}
		r = auth.OverTLS(r)
		if client, ok := last(forwarded); ok {
			r.RemoteAddr = netip.AddrPortFrom(client, 0).String()
		}
	}
	g.next.ServeHTTP(w, r)
}

// ours says whether a request names this host, the address it came to, or the name
// that the console listens as.
func (g gate) ours(r *http.Request) bool {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host == "localhost" || strings.HasSuffix(host, ".localhost") || host != "" && host == strings.ToLower(g.name)
	}
	addr = addr.Unmap().WithZone("")
	at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return addr.IsLoopback() || ok && addr == addrOf(at.String())
}

func peerOf(r *http.Request) netip.Addr { return addrOf(r.RemoteAddr) }

// addrOf is the address of "address:port"; the zero one, if there is none.
func addrOf(at string) netip.Addr {
	ap, err := netip.ParseAddrPort(at)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// last is the client that the proxy itself saw: those before it are what the
// client said.
func last(forwarded []string) (netip.Addr, bool) {
	if len(forwarded) == 0 {
		return netip.Addr{}, false
	}
	all := strings.Split(forwarded[len(forwarded)-1], ",")
	text := strings.TrimSpace(all[len(all)-1])
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return addr.Unmap().WithZone(""), true
	}
	addr := addrOf(text)
	return addr, addr.IsValid()
}

// misdirected refuses a request for another name than the console's.
func misdirected(pages *page.Pages, e *gin.Engine, behind *Proxy) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g := gin.CreateTestContextOnly(w, e)
		g.Request = r
		err := fault.New("misdirected", "Host", r.Host)
		if behind != nil {
			err = fault.New("misdirected-proxy", "Host", r.Host, "Origin", behind.Origin.String())
		}
		fail(g, pages, err)
	})
}

package probe

import (
	"bufio"
	"crypto/md5"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/dlclark/regexp2/v2"

	"holdfast/engine/model"
)

// kinderServers is a server for each row of Kinders.
var kinderServers = map[string]func(*testing.T) model.Check{
	"held-connection": func(t *testing.T) model.Check {
		return check(model.HTTPGet, serve(t, func(conn net.Conn) {
			answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")(conn)
			io.Copy(io.Discard, conn)
		}))
	},
	"no-reason": func(t *testing.T) model.Check {
		return check(model.HTTPGet, serve(t, answer("HTTP/1.1 200\r\n\r\n")))
	},
	"large-header": func(t *testing.T) model.Check {
		return check(model.HTTPGet, serve(t, answer("HTTP/1.1 200 OK\r\n"+strings.Repeat("A: "+strings.Repeat("b", 90)+"\r\n", 300)+"\r\n")))
	},
	"bare-line-feed": func(t *testing.T) model.Check {
		return check(model.HTTPGet, serve(t, answer("HTTP/1.1 200 OK\nContent-Length: 2\n\nok")))
	},
	"reset-after-answer": func(t *testing.T) model.Check {
		return check(model.HTTPGet, serve(t, unread("HTTP/1.0 200 OK\r\n\r\nhello", 0)))
	},
	"length-in-small-letters": func(t *testing.T) model.Check {
		c := check(model.HTTPGet, serve(t, answer("HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello and more")))
		sum := md5.Sum([]byte("hello"))
		c.URLs[0].Digest = model.Some(hex.EncodeToString(sum[:]))
		return c
	},
	"zero-before-status": func(t *testing.T) model.Check {
		return check(model.HTTPGet, serve(t, answer("HTTP/1.1 0200 OK\r\n\r\n")))
	},
	"match-at-end": func(t *testing.T) model.Check {
		return urlOf(t, "HTTP/1.0 200 OK\r\n\r\nready\n", `regex "ready$"`)
	},
	"no-match-at-end": func(t *testing.T) model.Check {
		return urlOf(t, "HTTP/1.0 200 OK\r\n\r\nfailed\n", `regex "failed$"`, "regex_no_match")
	},
	"interim-answer": func(t *testing.T) model.Check {
		return check(model.HTTPGet, serve(t, answer("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")))
	},
	"old-tls": func(t *testing.T) model.Check {
		web := httptest.NewUnstartedServer(nil)
		web.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}
		web.StartTLS()
		t.Cleanup(web.Close)
		c := check(model.SSLGet, web.Listener.Addr().String())
		c.URLs[0].Codes = []model.CodeRange{{From: 404, To: 404}}
		return c
	},
	"sni-with-port": func(t *testing.T) model.Check {
		web := httptest.NewUnstartedServer(nil)
		web.TLS = &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if hello.ServerName != "web.example.net" {
				return nil, errors.New("unrecognized name")
			}
			return nil, nil
		}}
		web.StartTLS()
		t.Cleanup(web.Close)
		c := check(model.SSLGet, web.Listener.Addr().String())
		c.SNI, c.VirtualHost = true, model.Some("web.example.net:8443")
		c.URLs[0].Codes = []model.CodeRange{{From: 404, To: 404}}
		return c
	},
	"many-lines": func(t *testing.T) model.Check {
		return check(model.SMTPCheck, serve(t, replies("220-a\r\n220 b\r\n", "250-x\r\n250 z\r\n", "221 bye\r\n")))
	},
	"long-banner": func(t *testing.T) model.Check {
		return check(model.SMTPCheck, serve(t, replies("220 "+strings.Repeat("m", 2000)+"\r\n", "250 x\r\n", "221 bye\r\n")))
	},
	"no-port": func(t *testing.T) model.Check {
		at := netip.MustParseAddrPort(serve(t, func(conn net.Conn) { bufio.NewReader(conn).ReadByte() }))
		c, _ := model.Parse("x", []byte("virtual_server 192.0.2.1 "+at.String()[strings.LastIndex(at.String(), ":")+1:]+
			" {\nlb_kind DR\nprotocol TCP\nreal_server "+at.Addr().String()+" {\nTCP_CHECK {\nconnect_timeout 3\n}\n}\n}\n"), model.Facts{})
		return model.Resolve(c).Virtuals[0].Servers[0].Checks[0]
	},
}

func TestEveryKinderServerIsUp(t *testing.T) {
	t.Cleanup(regexp2.StopTimeoutClock)
	for _, row := range Kinders {
		server := kinderServers[row.Code]
		if server == nil || len(row.Kinds) == 0 || row.Server == "" || row.Keepalived == "" || row.Reason == "" {
			t.Errorf("%s has no server, or an empty field", row.Code)
			continue
		}
		c := server(t)
		if r := probe(t, c); r.Up == row.Sterner {
			t.Errorf("%s: %+v", row.Code, r)
		}
	}
	if len(kinderServers) != len(Kinders) {
		t.Error("a server has no row")
	}
}

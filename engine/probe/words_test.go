package probe

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"holdfast/engine/model"
)

// written is the check of a text that asks addr, with lines around it and in it.
func written(t *testing.T, addr, virtual, server, kind, lines string) model.Check {
	t.Helper()
	at := netip.MustParseAddrPort(addr)
	c, findings := model.Parse("x", fmt.Appendf(nil, "virtual_server 192.0.2.1 80 {\nprotocol TCP\n%s\nreal_server %s %d {\n%s\n%s {\n%s\n}\n}\n}\n",
		virtual, at.Addr(), at.Port(), server, kind, lines), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	return model.Resolve(c).Virtuals[0].Servers[0].Checks[0]
}

func TestTheHostOfARequestIsTheInnermostVirtualhostOfTheText(t *testing.T) {
	got := make(chan string, 1)
	addr := serve(t, func(conn net.Conn) {
		got <- requestOf(conn)
		io.WriteString(conn, "HTTP/1.0 200 OK\r\n\r\n")
	})
	const word = "virtualhost "
	for _, row := range []struct{ virtual, server, check, url, want string }{
		{"", "", "", "", addr},
		{word + "v", "", "", "", "v"},
		{word + "v", word + "s", "", "", "s"},
		{word + "v", word + "s", word + "c", "", "c"},
		{word + "v", word + "s", word + "c", word + "u", "u"},
	} {
		k := written(t, addr, row.virtual, row.server, "HTTP_GET", row.check+"\nurl {\npath /\n"+row.url+"\n}")
		if r := probe(t, k); !r.Up {
			t.Errorf("%+v: %s", row, r.Text)
		}
		if request := <-got; !strings.Contains(request, "\r\nHost: "+row.want+"\r\n") {
			t.Errorf("%+v: sent %q", row, request)
		}
	}
}

// Each kind of check speaks its own protocol: to a server of another it is down.
func TestTheKindOfACheckInATextIsTheProbeThatRuns(t *testing.T) {
	heard := make(chan string, 8)
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	web.TLS = &tls.Config{}
	web.StartTLS()
	defer web.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	const url = "url {\npath /\n}"
	for kind, row := range map[string]struct{ addr, lines, text string }{
		"HTTP_GET":   {plain.Listener.Addr().String(), url, "HTTP 200, "},
		"SSL_GET":    {web.Listener.Addr().String(), url, "HTTP 200, "},
		"TCP_CHECK":  {plain.Listener.Addr().String(), "", "connected, "},
		"SMTP_CHECK": {smtpServer(t, heard, "220 ready", "250 hello", "221 bye"), "", "SMTP ready, "},
		"DNS_CHECK": {dnsServer(t, func(q dnsmessage.Message) []dnsmessage.Message {
			q.Response = true
			return []dnsmessage.Message{q}
		}), "", "DNS NOERROR, "},
	} {
		if r := probe(t, written(t, row.addr, "", "", kind, row.lines)); !r.Up || !strings.HasPrefix(r.Text, row.text) {
			t.Errorf("%s: %+v", kind, r)
		}
	}
	if helo := <-heard; helo != "HELO smtpchecker.keepalived.org" { // keepalived's own, where no helo_name is written
		t.Errorf("SMTP_CHECK said %q", helo)
	}
}

func TestTypeAndNameOfATextAreWhatIsAskedOfANameServer(t *testing.T) {
	asked := make(chan dnsmessage.Question, 1)
	addr := dnsServer(t, func(q dnsmessage.Message) []dnsmessage.Message {
		asked <- q.Questions[0]
		q.Response = true
		return []dnsmessage.Message{q}
	})
	for lines, want := range map[string]string{"": "TypeSOA .", "type mx": "TypeMX .", "name example.org": "TypeSOA example.org."} {
		probe(t, written(t, addr, "", "", "DNS_CHECK", lines))
		if q := <-asked; q.Type.String()+" "+q.Name.String() != want {
			t.Errorf("%q: asked for %v %v", lines, q.Type, q.Name)
		}
	}
}

package probe

import (
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"holdfast/engine/model"
)

// ends gives how the connection of a check ended, as its server sees it.
func ends(t *testing.T, kind model.Kind, talk func(net.Conn), more func(*model.Check)) error {
	t.Helper()
	end := make(chan error, 1)
	k := check(kind, serve(t, func(conn net.Conn) {
		talk(conn)
		_, err := io.Copy(io.Discard, conn)
		end <- err
	}))
	if more != nil {
		more(&k)
	}
	start := time.Now()
	if r := probe(t, k); !r.Up {
		t.Errorf("%s: %+v", kind, r)
	} else if r.Took > time.Since(start)-r.parting {
		t.Errorf("%s took %v: the end is no part of the answer", kind, r.Took)
	}
	return <-end
}

func replies(texts ...string) func(net.Conn) {
	return func(conn net.Conn) {
		for i, text := range texts {
			if i > 0 {
				conn.Read(make([]byte, 512))
			}
			io.WriteString(conn, text)
		}
	}
}

func TestServerSeesTheEndOfAConnectionAndNoReset(t *testing.T) {
	for kind, talk := range map[model.Kind]func(net.Conn){
		model.TCPCheck:  func(net.Conn) {},
		model.HTTPGet:   answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
		model.SMTPCheck: replies("220 mx\r\n", "250-hello\r\n250 there\r\n", "221-bye\r\n221 bye\r\n"),
	} {
		if err := ends(t, kind, talk, nil); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	// What nobody looks at is read away all the same.
	if err := ends(t, model.HTTPGet, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more"), nil); err != nil {
		t.Errorf("more than was announced: %v", err)
	}
}

func TestEndOfATLSConnectionIsNoReset(t *testing.T) {
	web := httptest.NewUnstartedServer(nil)
	web.StartTLS()
	certificates := web.TLS.Certificates
	web.Close()
	err := ends(t, model.SSLGet, func(conn net.Conn) {
		secure := tls.Server(conn, &tls.Config{Certificates: certificates})
		requestOf(secure)
		io.WriteString(secure, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		if _, err := io.Copy(io.Discard, secure); err != nil {
			t.Errorf("TLS ended with %v", err)
		}
		secure.CloseWrite()
	}, nil)
	if err != nil {
		t.Error(err)
	}
}

// A port that the check fixes has to be free again for the next one.
func TestFixedPortIsGivenBackByAReset(t *testing.T) {
	port := netip.MustParseAddrPort(closedPort(t)).Port()
	if err := ends(t, model.TCPCheck, func(net.Conn) {}, func(c *model.Check) { c.BindPort = model.Some(port) }); err == nil {
		t.Error("it ends with FIN: the port would wait a minute")
	}
}

func TestPortsOfADestinationAreUsedUpToAShare(t *testing.T) {
	var s closings
	one, other := netip.MustParseAddrPort("192.0.2.1:80"), netip.MustParseAddrPort("192.0.2.2:80")
	now := time.Unix(1_000_000*waiting, 0)
	for i := range 250 {
		if !s.allow(one, now, 1000) {
			t.Fatalf("refused after %d", i)
		}
	}
	if s.allow(one, now, 1000) {
		t.Error("more than a share")
	}
	if !s.allow(one, now.Add(waiting*time.Second), 1000) {
		t.Error("nothing is given back after a minute")
	}
	allowed := 0
	for i := range 10 { // by chance one of them may share the counter
		if s.allow(netip.AddrPortFrom(other.Addr(), uint16(80+i)), now.Add(waiting*time.Second), 1000) {
			allowed++
		}
	}
	if allowed != 10 {
		t.Errorf("%d other destinations of 10", allowed)
	}
}

func TestDestinationBeyondItsShareIsResetAndStaysUp(t *testing.T) {
	end := make(chan error, 1)
	addr := serve(t, func(conn net.Conn) {
		_, err := conn.Read(make([]byte, 1))
		end <- err
	})
	p := &Prober{}
	to := netip.MustParseAddrPort(addr)
	for p.closings.allow(to, time.Now(), ports()) {
	}
	if r := p.Run(t.Context(), check(model.TCPCheck, addr)); !r.Up {
		t.Errorf("%+v", r)
	}
	if err := <-end; err == io.EOF {
		t.Error("it ends with FIN")
	}
}

package probe

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The server is behind lo; behind the other interface nobody answers.
func TestBindIfIsTheInterfaceThatACheckLeavesBy(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // the thread ends with its namespace
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Error(err)
			return
		}
		for _, line := range []string{"link set lo up", "link add aside type veth peer name other", "link set aside up"} {
			if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
				t.Errorf("ip %s: %v %s", line, err, out)
			}
		}
		server, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Error(err)
			return
		}
		defer server.Close()
		for _, row := range []struct{ kind, lines, text string }{
			{"TCP_CHECK", "bind_if lo", "connected, "},
			{"TCP_CHECK", "bind_if aside\nconnect_timeout 0.05", "timed out after "},
			{"TCP_CHECK", "bind_if absent", "the interface of bind_if is not there"},
			{"PING_CHECK", "bind_if lo", "echo reply, "},
			{"PING_CHECK", "bind_if absent", "the interface of bind_if is not there"},
			{"UDP_CHECK", "bind_if absent", "the interface of bind_if is not there"},
			{"DNS_CHECK", "bind_if absent", "the interface of bind_if is not there"},
			{"SMTP_CHECK", "bind_if absent", "the interface of bind_if is not there"},
			{"HTTP_GET", "bind_if absent\nurl {\npath /\n}", "the interface of bind_if is not there"},
		} {
			k := written(t, server.Addr().String(), "", "", row.kind, row.lines)
			if r := (&Prober{}).Run(t.Context(), k); !strings.HasPrefix(r.Text, row.text) {
				t.Errorf("%s %s: %+v", row.kind, row.lines, r)
			}
		}
	}()
	<-done
}

func TestSNINameIsWhatTheHandshakeNames(t *testing.T) {
	named := make(chan string, 1)
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	web.TLS = &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		named <- hello.ServerName
		return nil, nil
	}}
	web.StartTLS()
	defer web.Close()
	for lines, want := range map[string]string{
		"virtualhost v.example": "", "virtualhost v.example\nenable_sni": "v.example",
		"virtualhost v.example\nsni_name s.example": "s.example", "enable_sni\nsni_name s.example": "s.example",
	} {
		k := written(t, web.Listener.Addr().String(), "", "", "SSL_GET", lines+"\nurl {\npath /\n}")
		if r := probe(t, k); !r.Up {
			t.Errorf("%q: %s", lines, r.Text)
		}
		if got := <-named; got != want {
			t.Errorf("%q: the handshake names %q", lines, got)
		}
	}
}

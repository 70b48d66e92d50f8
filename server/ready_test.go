package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"holdfast/engine/control"
)

// The role is one that knows a service of two servers, one of them not ready.
func TestTheKitAndTheVerdictsOfTheCommandLine(t *testing.T) {
	dir, err := os.MkdirTemp("", "hf") // short: a socket's path has 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	role := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/forwarding" {
			io.WriteString(w, `{"virtual":"tcp:192.0.2.100:80","addresses":["192.0.2.100"],"servers":[{"name":"192.0.2.33:80","addr":"192.0.2.33","method":3},{"name":"192.0.2.34:80","addr":"192.0.2.34","method":0}]}`)
			return
		}
		body, _ := io.ReadAll(r.Body)
		list := `{"server":"192.0.2.33:80","address":"192.0.2.100:80","code":"server-ready","good":true,"link":"eth0"}`
		if !strings.Contains(string(body), "192.0.2.33:80") {
			list += `,{"server":"192.0.2.34:80","address":"192.0.2.100:80","code":"not-listening","good":false}`
		}
		io.WriteString(w, `{"virtual":"v","list":[`+list+`]}`)
	}))
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "unix", control.Socket(dir, "lvs"))
	if err != nil {
		t.Fatal(err)
	}
	role.Listener.Close()
	role.Listener = l
	role.Start()
	defer role.Close()
	for _, c := range []struct {
		line string
		code int
		said string
	}{
		{"kit v", 0, "address 192.0.2.100/32\n"},
		{"kit v 192.0.2.33:80 --for netplan", 0, "write /etc/netplan/90-holdfast-kit-tcp-192.0.2.100-80.yaml 600"},
		{"kit v --undo", 0, "ip address delete"},
		{"kit v 192.0.2.34:80", exitFailed, "reaches its real servers by NAT"},
		{"kit v 192.0.2.35:80", exitFailed, "tcp:192.0.2.100:80 has no server 192.0.2.35:80"},
		{"kit v --for systemd", exitFailed, "--for systemd is not known: it is one of now, networkd"},
		{"kit", exitUsage, "needs a service"},
		{"verify v", exitFailed, "! 192.0.2.34:80 (192.0.2.100:80): it has the address, and nothing listens"},
		{"verify v 192.0.2.33:80", 0, "+ 192.0.2.33:80 (192.0.2.100:80): ready: it answers as 192.0.2.100:80"},
		{"verify v --json", exitFailed, `"code": "not-listening"`},
		{"verify v s more", exitUsage, "more"},
	} {
		code, out, problems := try("en", append(strings.Fields(c.line), "--run-dir", dir)...)
		if code != c.code || !strings.Contains(out+problems, c.said) {
			t.Errorf("%s: exit code %d\n%s%s", c.line, code, out, problems)
		}
	}
	if code, _, problems := try("zh-CN", "verify", "v", "--run-dir", t.TempDir()); code != exitFailed || problems == "" {
		t.Errorf("exit code %d, %s", code, problems)
	}
}

package parent_test

import (
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"holdfast/test/lab"
)

func TestSocketThatWasHandedInServesTheConsole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, err := net.Listen("tcp", "127.0.0.1:0") // outside of the node, as in the demo
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h.node.Start("serve", lab.Setting{Env: []string{"LISTEN_FDS=1"}, Files: []*os.File{f}},
		binary, "serve", "--data", h.lab.Dir+"/data", "--run-dir", h.run, "--node", "d1")
	client := &http.Client{Timeout: 10 * time.Second}
	r, err := client.Get("http://" + l.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
}

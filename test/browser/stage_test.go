package browser

import (
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"holdfast/test/lab"
	"holdfast/test/tutorial"
)

// stage is the tutorial's pair: d1 runs with its console and no configuration
// yet, d2 runs the tutorial's node 2, r1 and r2 are the web servers.
type stage struct {
	*testing.T
	lab        *lab.Lab
	d1, d2     *lab.Node
	node1      *lab.Director
	node2      *lab.Director
	web1, web2 *lab.Web
	virtual    netip.Addr
	base       string // of d1's console
}

func build(t *testing.T) *stage {
	t.Helper()
	l := lab.New(t, lab.Options{Net: netip.MustParsePrefix("172.16.1.0/24")})
	s := &stage{T: t, lab: l, d1: l.Node("d1"), d2: l.Node("d2"), virtual: l.Addr(100)}
	s.d1.Sink("127.0.0.1:25")
	s.d2.Sink("127.0.0.1:25")
	s.web1, s.web2 = l.Node("r1").Web(":80", "from node3."), l.Node("r2").Web(":80", "from node4.")

	// The console listens outside the lab, where the browser is.
	outside, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	file, err := outside.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	if err := outside.Close(); err != nil {
		t.Fatal(err)
	}
	s.base = "http://" + outside.Addr().String()

	s.node1 = s.d1.Director(lab.Serving(), "")
	s.node1.Write("notify.sh", tutorial.Notify, 0o755)
	s.scriptAccount()
	s.node1.Listener = file
	s.node1.Start()
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	s.node2 = s.d2.Director(lab.Holdfast(), tutorial.Config(2, tutorial.Literal))
	s.node2.Write("notify.sh", tutorial.Notify, 0o755)
	s.node2.Start()
	return s
}

// scriptAccount gives node 1 the account that programs from the console may run as.
func (s *stage) scriptAccount() {
	s.Helper()
	for name, line := range map[string]string{"passwd": "keepalived_script:x:64000:64000::/nonexistent:/bin/false\n", "group": "keepalived_script:x:64000:\n"} {
		text, err := os.ReadFile("/etc/" + name)
		if err != nil {
			s.Fatal(err)
		}
		s.node1.Write(name, string(text)+line, 0o644)
	}
}

// setupLink is the link that the console printed.
func (s *stage) setupLink() string {
	s.Helper()
	link := ""
	s.soon("the console prints its setup link", func() bool {
		for line := range strings.Lines(s.node1.Output()) {
			if _, rest, found := strings.Cut(line, "setup: "); found {
				link = strings.TrimSpace(rest)
			}
		}
		return link != ""
	})
	return link
}

// soon waits for something to become true.
func (s *stage) soon(what string, holds func() bool) {
	s.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			s.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// config is the tutorial's node 1 as a file to import.
func (s *stage) config() string {
	s.Helper()
	path := s.lab.Dir + "/keepalived.conf"
	if err := os.WriteFile(path, []byte(tutorial.Config(1, tutorial.Literal)), 0o644); err != nil {
		s.Fatal(err)
	}
	return path
}

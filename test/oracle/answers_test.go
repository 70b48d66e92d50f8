package oracle

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/engine/model"
	"holdfast/engine/probe"
)

// answered is a server of one answer and how it is asked. Where the two programs
// differ, kinder is the row of probe.Kinders that says so.
type answered struct {
	words  string // of the url
	answer string
	up     bool // with keepalived
	kinder string
}

const fine = "HTTP/1.0 200 OK\r\nServer: x\r\n\r\n"

var answers = []answered{
	{"regex HOLD", fine + "on HOLD", true, ""},
	{"regex hold", fine + "on HOLD", false, ""},
	{"regex hold\nregex_options caseless", fine + "on HOLD", true, ""},
	{"regex hold\nregex_options nonsense caseless", fine + "on HOLD", true, ""},
	{"regex \"a.b\"", fine + "a\nb c", false, ""},
	{"regex \"a.b\"\nregex_options dotall", fine + "a\nb c", true, ""},
	{"regex \"^b$\"\nregex_options multiline", fine + "a\nb\nc", true, ""},
	{"regex \"a b\"\nregex_options extended", fine + "ab c", true, ""},
	{"regex \"(z)?\\\\1b\"", fine + "ab c", false, ""},
	{"regex \"(z)?\\\\1b\"\nregex_options match_unset_backref", fine + "ab c", true, ""},
	{"regex \"caf.x\"\nregex_options utf", fine + "caféx", true, ""},
	{"regex \"caf.x\"", fine + "caféx", false, ""},
	{"regex \"caf..x\"", fine + "caféx", true, ""},
	{"regex ok\nregex_no_match", fine + "ok", false, ""},
	{"regex bad\nregex_no_match", fine + "ok", true, ""},
	{"regex x9\nregex_min_offset 10", fine + "a x9 b", true, ""},
	{"regex x9\nregex_min_offset 60", fine + "a x9 b", false, ""},
	{"regex x9\nregex_max_offset 60", fine + "a x9 b", true, ""},
	{"regex x9\nregex_min_offset 90\nregex_max_offset 3", fine + "a x9 b", true, ""},
	{"regex \"Server: x\"", fine + "ok", true, ""},
	{"regex zz9", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok zz9 y", true, ""},
	{"regex nope here", fine + "a", true, ""},
	{"regex nope\nregex x9", fine + "a x9", true, ""},
	{"regex \"ready$\"", fine + "ready\n", false, "match-at-end"},
	{"regex \"ok+\"", fine + "ok", false, "match-at-end"},
	{"regex \"ready$\"\nregex_no_match", fine + "ready\n", true, "no-match-at-end"},
	{"", "HTTP/1.1 200\r\n\r\n", false, "no-reason"},
	{"", "HTTP/1.1 0200 OK\r\n\r\n", false, "zero-before-status"},
	{"", "HTTP/1.1 200 OK\n\nok", false, "bare-line-feed"},
	{"", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", false, "interim-answer"},
	{"", "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: "+strings.Repeat("b", 90)+"\r\n", 60) + "\r\n", false, "large-header"},
	{"", "ICY 200 OK\r\n\r\n", true, ""},
	{"", "http/1.0 200 ok\r\n\r\n", true, ""},
	{"", "HTTP/1.0 302 Found\r\n\r\n", false, ""},
	{"digest 5d41402abc4b2a76b9719d911017c592", "HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello and more", false, "length-in-small-letters"},
	{"digest 5d41402abc4b2a76b9719d911017c592", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\nhello and more", true, ""},
}

//go:embed answers.sh
var checking string

func TestServersAreUpThatKeepalivedKeepsUp(t *testing.T) {
	var text strings.Builder
	text.WriteString("virtual_server 127.0.0.9 80 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\nalpha\ndelay_loop 1\n")
	var twice sync.WaitGroup // when a server is asked again the first answer is judged
	twice.Add(2 * len(answers))
	ports := make([]string, len(answers))
	for i, a := range answers {
		ports[i] = netip.MustParseAddrPort(serve(t, a.answer, twice.Done)).String()
		host, port, _ := strings.Cut(ports[i], ":")
		fmt.Fprintf(&text, "real_server %s %s {\nHTTP_GET {\nretry 0\ndelay_before_retry 1\nconnect_timeout 5\nurl {\npath /\n%s\n}\n}\n}\n", host, port, a.words)
	}
	text.WriteString("}\n")
	said := checked(t, text.String(), twice.Wait)
	cfg, _ := model.Parse("x", []byte(text.String()), model.Facts{})
	for i, s := range model.Resolve(cfg).Virtuals[0].Servers {
		a := answers[i]
		name := strings.Replace(ports[i], ":", "]:tcp:", 1)
		theirs := false
		for line := range strings.Lines(said) {
			theirs = theirs || strings.Contains(line, name) && strings.Contains(line, "success")
		}
		ours := (&probe.Prober{}).Run(t.Context(), s.Checks[0])
		if theirs != a.up || (ours.Up != theirs) != (a.kinder != "") {
			t.Errorf("%q of %q: keepalived has it up: %v; here: %v (%s); row %q", a.words, a.answer[:min(60, len(a.answer))], theirs, ours.Up, ours.Text, a.kinder)
		}
	}
}

// serve gives one answer to all who ask, and tells of the first two.
func serve(t *testing.T, answer string, asked func()) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for n := 1; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if n <= 2 {
				asked()
			}
			go func() {
				defer conn.Close()
				conn.Read(make([]byte, 4096))
				io.WriteString(conn, answer)
			}()
		}
	}()
	return l.Addr().String()
}

// checked is what the checkers of keepalived log until enough is over.
func checked(t *testing.T, text string, enough func()) string {
	t.Helper()
	peers, err := filepath.EvalSymlinks("../../.cache/peers/root")
	if err != nil {
		t.Fatalf("%v: test/prepare.sh test unpacks keepalived", err)
	}
	if peers, err = filepath.Abs(peers); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "text.conf"), text)
	shim(t, filepath.Join(dir, "ipvs.so"))
	go func() {
		enough()
		os.WriteFile(filepath.Join(dir, "enough"), nil, 0o600)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "unshare", "-m", "-p", "-f", "--kill-child", "--mount-proc", "sh", "-c", checking, "sh", peers, dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

package crash

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"holdfast/store"
	"holdfast/test/lab"
)

// console is a web process that only mails: no role runs beside it.
type console struct {
	*testing.T
	dir   string
	store *store.Store
	out   string

	mu    sync.Mutex // guards what follows
	cmd   *exec.Cmd
	ended chan struct{} // closed when cmd is gone
}

// newConsole makes the databases of a console whose mails go to a server on this host.
func newConsole(t *testing.T, l net.Listener) *console {
	t.Helper()
	c := &console{T: t, dir: t.TempDir()}
	c.out = filepath.Join(c.dir, "out")
	s, err := store.Open(t.Context(), filepath.Join(c.dir, "web"))
	if err == nil {
		err = s.SaveMailSettings(t.Context(), store.MailSettings{
			Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Security: store.SecurityNone, From: "holdfast@example.org", To: []string{"ops@example.org"},
			Timeout: time.Minute, Scope: store.ScopeAll,
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	c.store = s
	t.Cleanup(func() {
		c.kill()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *console) start() {
	c.Helper()
	out, err := os.OpenFile(c.out, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		c.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(lab.Binary(), "web", "--data", filepath.Join(c.dir, "web"), "--run-dir", c.dir, "--node", "d1", "--listen", "127.0.0.1:0")
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		// The console ends when the thread that started it does: keep that thread.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait() // it is killed: how it ended says nothing
		}
	}()
	if err := <-started; err != nil {
		c.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cmd, c.ended = cmd, ended
}

// kill ends the process as a crash does, and returns when it is gone.
func (c *console) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd != nil {
		c.cmd.Process.Kill()
		<-c.ended
		c.cmd = nil
	}
}

// steps are the moments of a mail's dialogue at which the console dies. At the last two
// the mail is the server's.
var steps = []string{"connect", "hello", "from", "to", "data", "body", "dot", "answer"}

// sink is a mail server that kills the console at a step of each mail.
type sink struct {
	kill   func()
	killed chan struct{}

	mu    sync.Mutex // guards what follows
	at    map[string]string
	mails map[string][]string // by recipient: the Message-IDs that came whole
}

// due kills the console if this is the step at which the mail to a recipient is to be
// interrupted: once for each.
func (s *sink) due(step, to string) bool {
	s.mu.Lock()
	hit := s.at[to] == step
	if to == "" { // nobody knows yet whose mail it is: the first in the line
		for name, at := range s.at {
			if at == step && len(s.mails[name]) == 0 {
				to, hit = name, true
				break
			}
		}
	}
	delete(s.at, map[bool]string{true: to}[hit])
	s.mu.Unlock()
	if hit {
		s.kill()
		s.killed <- struct{}{}
	}
	return hit
}

func (s *sink) serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		s.talk(conn)
		conn.Close()
	}
}

// talk is one connection: what the console had sent when it died is still read, as by
// any server.
func (s *sink) talk(conn net.Conn) {
	if s.due("connect", "") {
		return
	}
	say := func(text string) { fmt.Fprintf(conn, "%s\r\n", text) } // a dead reader is seen at the next line
	in, to := bufio.NewReaderSize(conn, 512), ""
	say("220 sink ESMTP")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(verb, "EHLO"), strings.HasPrefix(verb, "HELO"):
			if s.due("hello", "") {
				return
			}
			say("250 sink")
		case strings.HasPrefix(verb, "MAIL"):
			if s.due("from", "") {
				return
			}
			say("250 ok")
		case strings.HasPrefix(verb, "RCPT"):
			_, to, _ = strings.Cut(line, "<")
			to, _, _ = strings.Cut(to, ">")
			if s.due("to", to) {
				return
			}
			say("250 ok")
		case verb == "DATA":
			if s.due("data", to) {
				return
			}
			say("354 go on")
			s.due("body", to)
			id, err := whole(in)
			if err != nil {
				return
			}
			s.mu.Lock()
			s.mails[to] = append(s.mails[to], id)
			s.mu.Unlock()
			if s.due("dot", to) {
				return
			}
			say("250 queued")
			s.due("answer", to)
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// whole reads a mail to its final dot and gives its Message-ID.
func whole(in *bufio.Reader) (id string, err error) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", err
		}
		if line == ".\r\n" {
			return id, nil
		}
		if name, value, ok := strings.Cut(line, ":"); ok && id == "" && strings.EqualFold(name, "Message-ID") {
			id = strings.TrimSpace(value)
		}
	}
}

func TestOnlyTheMailInFlightIsDoubledByAKillAndOnlyAfterItsFinalDot(t *testing.T) {
	t.Parallel()
	rounds := 1
	if os.Getenv("HOLDFAST_LONG") != "" {
		rounds = 10
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := newConsole(t, l)
	s := &sink{kill: c.kill, killed: make(chan struct{}), at: map[string]string{}, mails: map[string][]string{}}
	var mails []store.Mail
	expected := map[string]string{}
	for range rounds {
		for _, i := range rand.Perm(len(steps)) {
			for _, step := range []string{steps[i], ""} { // one goes through between two kills
				to := fmt.Sprintf("m%d@example.org", len(mails))
				m := store.Mail{To: to, Subject: "mail", Body: "text\n"}
				if step == "body" { // more than lies between two processes: the dot is not sent
					m.Body = strings.Repeat(strings.Repeat("x", 70)+"\n", 170_000)
				}
				mails = append(mails, m)
				expected[to] = step
				if step != "" {
					s.at[to] = step
				}
			}
		}
	}
	if err := c.store.Enqueue(t.Context(), mails); err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() { defer close(served); s.serve(l) }()
	kills := rounds * len(steps)
	for range kills {
		c.start()
		select {
		case <-s.killed:
		case <-time.After(time.Minute):
			out, _ := os.ReadFile(c.out)
			t.Fatalf("no mail came to the step that is due: %v\n%s", s.at, out)
		}
	}
	c.start()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		counts, err := c.store.OutboxCounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if counts[store.MailSent] == len(mails) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the outbox has %v of %d mails", counts, len(mails))
		}
	}
	c.kill()
	l.Close()
	<-served
	twice := 0
	for to, step := range expected {
		ids := s.mails[to]
		switch {
		case len(ids) == 1:
		case len(ids) == 2 && ids[0] == ids[1] && (step == "dot" || step == "answer"):
			twice++
		default:
			t.Errorf("the mail to %s, interrupted at %q, came as %v", to, step, ids)
		}
	}
	t.Logf("%d kills, %d mails, %d came twice", kills, len(mails), twice)
}

// endless are the ways in which a mail server never stops: what it says before it
// begins, and what it then repeats.
var endless = map[string]struct {
	after  int  // so many lines of the console
	mail   bool // and its mail
	repeat string
}{
	"a line as greeting":           {0, false, "220 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
	"continued lines as greeting":  {0, false, "220-more\r\n"},
	"continued lines to EHLO":      {1, false, "250-MORE\r\n"},
	"a line to MAIL FROM":          {2, false, "250 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
	"continued lines to RCPT TO":   {3, false, "250-more\r\n"},
	"continued lines to DATA":      {4, false, "354-more\r\n"},
	"a line after the mail itself": {4, true, "250 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
}

func TestAMailServerWithoutEndCostsTheConsoleNoMemory(t *testing.T) {
	t.Parallel()
	const most = 16 << 10 // KiB
	for name, way := range endless {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			c := newConsole(t, l)
			if err := c.store.Enqueue(t.Context(), []store.Mail{{To: "m@example.org", Subject: "mail", Body: "text\n"}}); err != nil {
				t.Fatal(err)
			}
			c.start()
			pid := c.cmd.Process.Pid
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for text := ""; !strings.Contains(text, "token="); time.Sleep(20 * time.Millisecond) { // all is made that a console has
				read, err := os.ReadFile(c.out)
				if err != nil {
					t.Fatal(err)
				}
				text = string(read)
			}
			in := bufio.NewReader(conn)
			if way.after > 0 {
				io.WriteString(conn, "220 sink\r\n")
			}
			for i := range way.after {
				line, err := in.ReadString('\n')
				if err != nil {
					t.Fatal(line, err)
				}
				if i+1 < way.after {
					io.WriteString(conn, "250 ok\r\n")
				}
			}
			if way.mail {
				io.WriteString(conn, "354 go on\r\n")
				if _, err := whole(in); err != nil {
					t.Fatal(err)
				}
			}
			before := lab.Memory(t, pid, "VmRSS") >> 10
			piece, sent := []byte(strings.Repeat(way.repeat, 64<<10/len(way.repeat))), 0
			for err == nil && sent < 1<<30 {
				var n int
				n, err = conn.Write(piece)
				sent += n
			}
			after := lab.Memory(t, pid, "VmHWM") >> 10
			t.Logf("it took %d KiB; resident: %d KiB before, %d KiB at most", sent>>10, before, after)
			if err == nil || after-before > most {
				t.Errorf("the console grew by %d KiB, want %d at most; the server could send %d KiB (%v)", after-before, most, sent>>10, err)
			}
			for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
				page, err := c.store.OutboxPage(context.Background(), 0, 1)
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 1 && page[0].Answer != "" {
					if len(page[0].Answer) > 2<<10 {
						t.Errorf("%d bytes of answer are kept", len(page[0].Answer))
					}
					break
				}
				if time.Now().After(end) {
					t.Fatalf("the outbox has %+v", page)
				}
			}
		})
	}
}

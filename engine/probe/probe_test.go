package probe

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/sys/unix"

	"holdfast/engine/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestTCPCheckIsUpWhenTheConnectionIs(t *testing.T) {
	closed := make(chan error, 1)
	addr := serve(t, func(conn net.Conn) {
		_, err := conn.Read(make([]byte, 1))
		closed <- err
	})
	if r := probe(t, check(model.TCPCheck, addr)); !r.Up || !strings.HasPrefix(r.Text, "connected, ") {
		t.Errorf("%+v", r)
	}
	if err := <-closed; err == nil {
		t.Error("the connection stays open")
	}
}

func TestRefusedConnectionSaysSo(t *testing.T) {
	addr := closedPort(t)
	for _, kind := range []model.Kind{model.TCPCheck, model.HTTPGet, model.SSLGet, model.SMTPCheck, model.DNSCheck, model.UDPCheck} {
		if r := probe(t, check(kind, addr)); r.Up || r.Code != "refused" || r.Text != "connection refused" {
			t.Errorf("%s: %+v", kind, r)
		}
	}
}

func TestBindToAndBindPortAreTheSourceOfAConnection(t *testing.T) {
	from := make(chan netip.AddrPort, 1)
	addr := serve(t, func(conn net.Conn) { from <- netip.MustParseAddrPort(conn.RemoteAddr().String()) })
	k := check(model.TCPCheck, addr)
	port := netip.MustParseAddrPort(closedPort(t)).Port()
	k.BindTo, k.BindPort = model.Some(netip.MustParseAddr("127.0.0.7")), model.Some(port)
	for range 3 { // the port is free again at once
		if r := probe(t, k); !r.Up {
			t.Fatal(r.Text)
		}
		if got := <-from; got != netip.AddrPortFrom(k.BindTo.Val, port) {
			t.Errorf("came from %v", got)
		}
	}
}

func TestFWMarkIsOnTheSocket(t *testing.T) {
	k := check(model.TCPCheck, serve(t, func(conn net.Conn) { io.Copy(io.Discard, conn) }))
	k.FWMark = model.Some(uint32(0x2a))
	conn, err := dial(t.Context(), "tcp", k)
	if err != nil {
		t.Fatal(err) // SO_MARK needs CAP_NET_ADMIN
	}
	defer conn.Close()
	raw, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		if got, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_MARK); err != nil || got != 0x2a {
			t.Errorf("SO_MARK is %#x, %v", got, err)
		}
	})
}

func TestSourceAddressThatIsNotHereSaysSo(t *testing.T) {
	k := check(model.TCPCheck, serve(t, func(net.Conn) {}))
	k.BindTo = model.Some(netip.MustParseAddr("203.0.113.77"))
	if r := probe(t, k); r.Up || r.Code != "no-address" {
		t.Errorf("%+v", r)
	}
}

func TestEndOfTheContextEndsAProbe(t *testing.T) {
	addr := serve(t, func(conn net.Conn) { io.Copy(io.Discard, conn) })
	for _, kind := range []model.Kind{model.HTTPGet, model.SSLGet, model.SMTPCheck} {
		k := check(kind, addr)
		k.Timing.ConnectTimeout = model.Some(model.Seconds(time.Minute))
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if r := (&Prober{}).Run(ctx, k); r.Up || r.Took > 10*time.Second {
			t.Errorf("%s: %+v", kind, r)
		}
		cancel()
	}
}

// smtpServer speaks lines: the greeting, then a reply to each line it reads.
func smtpServer(t *testing.T, heard chan<- string, replies ...string) string {
	return serve(t, func(conn net.Conn) {
		r := bufio.NewReader(conn)
		for i, reply := range replies {
			if i > 0 {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				heard <- strings.TrimSpace(line)
			}
			io.WriteString(conn, reply+"\r\n")
		}
		io.Copy(io.Discard, conn)
	})
}

func TestSMTPCheckGreetsAndSaysGoodbye(t *testing.T) {
	for _, c := range []struct {
		replies []string
		up      bool
		text    string
	}{
		{[]string{"220-mx\r\n220 ready", "250 hello", "221 bye"}, true, "SMTP ready, "},
		{[]string{"220 mx\r\n220 again\r\n554 and again", "250 hello", "221 bye"}, true, "SMTP ready, "}, // as with keepalived
		{[]string{"220 mx\r\n220 again", "501 who"}, false, "SMTP 501 to HELO, "},
		{[]string{"554 no"}, false, "SMTP 554, "},
		{[]string{"220 x", "501 who"}, false, "SMTP 501 to HELO, "},
		{[]string{"220 x", "250 x", "500 what"}, true, "SMTP ready, "}, // read, and not judged
		{[]string{"220 x", "250 x", "hello"}, true, "SMTP ready, "},
		{[]string{"hello"}, false, "not an SMTP answer, "},
	} {
		heard := make(chan string, 2)
		k := check(model.SMTPCheck, smtpServer(t, heard, c.replies...))
		k.Helo = model.Some("director.example.org")
		r := probe(t, k)
		if r.Up != c.up || !strings.HasPrefix(r.Text, c.text) {
			t.Errorf("%v: %v %q, want %q", c.replies, r.Up, r.Text, c.text)
		}
		if len(c.replies) > 1 {
			if helo := <-heard; helo != "HELO director.example.org" {
				t.Errorf("said %q", helo)
			}
		}
	}
}

// dnsServer answers every question with reply.
func dnsServer(t *testing.T, reply func(dnsmessage.Message) []dnsmessage.Message) string {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		b := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			var q dnsmessage.Message
			if q.Unpack(b[:n]) != nil {
				continue
			}
			for _, m := range reply(q) {
				if out, err := m.Pack(); err == nil {
					conn.WriteTo(out, from)
				}
			}
		}
	}()
	return conn.LocalAddr().String()
}

func TestDNSCheckGoesByTheResponseCode(t *testing.T) {
	for _, c := range []struct {
		code dnsmessage.RCode
		up   bool
		text string
	}{
		{dnsmessage.RCodeSuccess, true, "DNS NOERROR, "},
		{dnsmessage.RCodeServerFailure, false, "DNS SERVFAIL, "},
		{dnsmessage.RCodeNameError, false, "DNS NXDOMAIN, "},
	} {
		asked := make(chan dnsmessage.Question, 1)
		k := check(model.DNSCheck, dnsServer(t, func(q dnsmessage.Message) []dnsmessage.Message {
			asked <- q.Questions[0]
			stray := dnsmessage.Message{Header: dnsmessage.Header{ID: q.ID + 1, Response: true}}
			q.Response, q.RCode = true, c.code
			return []dnsmessage.Message{stray, q} // an answer to another question first
		}))
		k.QueryType, k.QueryName = model.Some("MX"), model.Some("example.org")
		if r := probe(t, k); r.Up != c.up || !strings.HasPrefix(r.Text, c.text) {
			t.Errorf("%v: %v %q", c.code, r.Up, r.Text)
		}
		if q := <-asked; q.Type != dnsmessage.TypeMX || q.Name.String() != "example.org." {
			t.Errorf("asked for %v", q)
		}
	}
}

// All that counts of an answer is its id, that it is one, and its code.
func TestDNSCheckPassesOverWhatIsNoAnswerToItsQuestion(t *testing.T) {
	for what, c := range map[string]struct {
		reply func(*dnsmessage.Message)
		up    bool
		text  string
	}{
		"refused":        {func(m *dnsmessage.Message) { m.RCode = dnsmessage.RCodeRefused }, false, "DNS REFUSED, "},
		"truncated":      {func(m *dnsmessage.Message) { m.Truncated = true }, true, "DNS NOERROR, "},
		"no question":    {func(m *dnsmessage.Message) { m.Questions = nil }, true, "DNS NOERROR, "},
		"wrong id":       {func(m *dnsmessage.Message) { m.ID++ }, false, "timed out after 100 ms"},
		"not a response": {func(m *dnsmessage.Message) { m.Response = false }, false, "timed out after 100 ms"},
		"late":           {func(*dnsmessage.Message) { time.Sleep(200 * time.Millisecond) }, false, "timed out after 100 ms"},
	} {
		k := check(model.DNSCheck, dnsServer(t, func(q dnsmessage.Message) []dnsmessage.Message {
			q.Response = true
			c.reply(&q)
			return []dnsmessage.Message{q}
		}))
		k.Timing.ConnectTimeout = model.Some(model.Seconds(100 * time.Millisecond))
		if c.up {
			k.Timing.ConnectTimeout = model.Some(model.Seconds(5 * time.Second))
		}
		if r := probe(t, k); r.Up != c.up || !strings.HasPrefix(r.Text, c.text) {
			t.Errorf("%s: %+v", what, r)
		}
	}
}

func TestDNSCheckTakesNoAnswerFromAnotherSource(t *testing.T) {
	asked, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer asked.Close()
	other, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	go func() {
		b := make([]byte, 512)
		if n, from, err := asked.ReadFrom(b); err == nil {
			b[2] |= 0x80 // a response
			other.WriteTo(b[:n], from)
		}
	}()
	k := check(model.DNSCheck, asked.LocalAddr().String())
	k.Timing.ConnectTimeout = model.Some(model.Seconds(300 * time.Millisecond))
	if r := probe(t, k); r.Up || r.Code != "timeout" {
		t.Errorf("%+v", r)
	}
}

func TestDNSCheckAsksForTheRootWhereTheNameHasAnEmptyLabel(t *testing.T) {
	for name, want := range map[string]string{"a..b": ".", ".a": ".", "a..": ".", "..": ".", "a.b.": "a.b.", "a": "a.", ".": "."} {
		asked := make(chan string, 1)
		k := check(model.DNSCheck, dnsServer(t, func(q dnsmessage.Message) []dnsmessage.Message {
			asked <- q.Questions[0].Name.String()
			q.Response = true
			return []dnsmessage.Message{q}
		}))
		k.QueryName = model.Some(name)
		if told := k.Name(); !strings.HasSuffix(told, " "+want) && !strings.HasSuffix(told, " "+name) || want == "." && !strings.HasSuffix(told, " .") {
			t.Errorf("%s: the check is called %s", name, told)
		}
		if r := probe(t, k); !r.Up {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		if got := <-asked; got != want {
			t.Errorf("%s: asked for %s", name, got)
		}
	}
}

func TestDNSCheckTimesOutWithoutAnAnswer(t *testing.T) {
	k := check(model.DNSCheck, dnsServer(t, func(dnsmessage.Message) []dnsmessage.Message { return nil }))
	k.Timing.ConnectTimeout = model.Some(model.Seconds(50 * time.Millisecond))
	if r := probe(t, k); r.Up || r.Text != "timed out after 50 ms" {
		t.Errorf("%+v", r)
	}
}

func TestMiscCheckReadsTheExitStatus(t *testing.T) {
	for _, c := range []struct {
		exit    Exit
		dynamic bool
		up      bool
		weight  model.Opt[int]
		text    string
	}{
		{Exit{Code: 0}, false, true, model.Opt[int]{}, "exit 0, "},
		{Exit{Code: 3}, false, false, model.Opt[int]{}, "exit 3, "},
		{Exit{Code: 0}, true, true, model.Opt[int]{}, "exit 0, "},
		{Exit{Code: 1}, true, false, model.Opt[int]{}, "exit 1, "},
		{Exit{Code: 2}, true, true, model.Some(0), "exit 2, weight 0, "},
		{Exit{Code: 255}, true, true, model.Some(253), "exit 255, weight 253, "},
		{Exit{Signal: "killed"}, true, false, model.Opt[int]{}, "ended by killed"},
		{Exit{TimedOut: true}, true, false, model.Opt[int]{}, "timed out after 6 s"},
		{Exit{Err: errors.New("no such file")}, true, true, model.Opt[int]{}, "not run: no such file"},
	} {
		k := check(model.MiscCheck, "127.0.0.1:80")
		k.MiscDynamic = c.dynamic
		p := &Prober{Program: func(_ context.Context, _ model.Command, limit time.Duration) Exit {
			if limit != 6*time.Second {
				t.Errorf("limit %v, want delay_loop", limit)
			}
			return c.exit
		}}
		r := p.Run(t.Context(), k)
		if r.Up != c.up || r.Weight != c.weight || !strings.HasPrefix(r.Text, c.text) {
			t.Errorf("%+v dynamic %v: %+v", c.exit, c.dynamic, r)
		}
		if !errors.Is(r.NotRun, c.exit.Err) {
			t.Errorf("%+v: not run %v", c.exit, r.NotRun)
		}
	}
}

func TestMiscTimeoutIsTheLimitOfAProgram(t *testing.T) {
	k := check(model.MiscCheck, "127.0.0.1:80")
	k.MiscTimeout = model.Some(model.Seconds(2 * time.Second))
	if got := programLimit(k); got != 2*time.Second {
		t.Errorf("limit %v", got)
	}
}

package lvsrole

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/probe"
)

// sharers are n services over the same servers. more goes into each, and the check has
// the words of words.
func sharers(n, servers int, more, words string) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "virtual_server 192.0.2.%d 80 {\ndelay_loop 6\nprotocol TCP\nlb_algo rr\nlb_kind NAT\n%s\n", i+1, more)
		for j := range servers {
			fmt.Fprintf(&text, "real_server 198.51.100.%d 80 {\n%s\n}\n", j+1, words)
		}
		text.WriteString("}\n")
	}
	return text.String()
}

const slowRetry = "TCP_CHECK {\nretry 3\ndelay_before_retry 3\n}"

// probes counts those of each target from an instant on.
func (w *world) probes(from time.Time) map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := map[string]int{}
	for _, p := range w.probed {
		if !p.at.Before(from) {
			n[p.target]++
		}
	}
	return n
}

func TestFiftyServicesOverTenServersCostTenProbesAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, sharers(50, 10, "", slowRetry)), w.options())
		defer p.crash()
		seconds(8) // every check has had its place in warmup
		from := time.Now()
		for _, v := range p.status().Virtuals {
			for _, s := range v.Servers {
				if s.State != "UP" || s.Checks[0].Sharing != 49 {
					t.Fatalf("%s %s is %s, shared with %d", v.Name, s.Name, s.State, s.Checks[0].Sharing)
				}
			}
		}
		seconds(60)
		n := w.probes(from)
		if len(n) != 10 {
			t.Fatalf("%d targets were asked", len(n))
		}
		for target, probes := range n {
			if probes < 9 || probes > 10 {
				t.Errorf("%s was asked %d times in ten intervals", target, probes)
			}
		}
	})
}

func TestEachServiceKeepsItsOwnCountAndNotifiesForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, sharers(3, 1, "", slowRetry)), w.options())
		defer p.crash()
		seconds(20)
		w.breakDown("198.51.100.1:80", "connection refused")
		broken := time.Now()
		for len(w.told(journal.ServerState)) == 0 {
			seconds(1)
		}
		if took := time.Since(broken); took < 9*time.Second || took > 16*time.Second {
			t.Errorf("fell after %v, not within a delay_loop and three retries of 3 s", took)
		}
		objects := map[string]int{}
		for _, e := range w.told(journal.ServerState) {
			objects[e.Object]++
		}
		if len(objects) != 3 {
			t.Errorf("told of %v, want each service once", objects)
		}
		if n := w.probes(broken)["198.51.100.1:80"]; n != 4 {
			t.Errorf("%d probes made them fall, want retry+1 = 4", n)
		}
	})
}

func TestAReloadThatAddsASharerCostsNoProbeAndNoCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, sharers(1, 1, "", slowRetry)), w.options())
		defer p.crash()
		seconds(20)
		w.breakDown("198.51.100.1:80", "connection refused")
		check := func(i int) (failures int, up bool) {
			c := p.status().Virtuals[i].Servers[0].Checks[0]
			return c.Failures, c.Up
		}
		broken := time.Now()
		for n := 0; n < 2; n, _ = check(0) {
			seconds(1)
		}
		p.apply(configOf(t, sharers(2, 1, "", slowRetry)))
		if n, up := check(0); n != 2 || !up {
			t.Errorf("the service that stays counts %d failures, up: %v", n, up)
		}
		p.apply(configOf(t, strings.Replace(sharers(3, 1, "", slowRetry), "192.0.2.1 80", "192.0.2.9 80", 1)))
		seconds(30)
		for i := range 3 {
			if _, up := check(i); up {
				t.Errorf("service %d is up", i)
			}
		}
		// The first of them left; what follows counts from its own first run on.
		if n := w.probes(broken)["198.51.100.1:80"]; n > 30/6+6 {
			t.Errorf("%d probes in all", n)
		}
		before := time.Now()
		p.apply(configOf(t, sharers(3, 1, "", slowRetry)))
		seconds(12)
		if n := w.probes(before)["198.51.100.1:80"]; n != 2 {
			t.Errorf("%d probes in two intervals after a reload, want 2", n)
		}
		w.heal("198.51.100.1:80")
		seconds(7)
		for i := range 3 {
			if _, up := check(i); !up {
				t.Errorf("service %d stays down", i)
			}
		}
	})
}

// A service that comes while others count failures takes what was said last, and so
// decides by its first run as any does. What the others wait for is not cut short.
func TestARetryIsNeverCutShortByAnEqualCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		words := "TCP_CHECK {\nretry 1\ndelay_before_retry 20\n}"
		p := w.boot(configOf(t, sharers(1, 1, "", words)), w.options())
		defer p.crash()
		seconds(20)
		w.breakDown("198.51.100.1:80", "connection refused")
		failed := time.Time{}
		for failed.IsZero() {
			seconds(1)
			if c := p.status().Virtuals[0].Servers[0].Checks[0]; c.Failures == 1 {
				failed = c.At
			}
		}
		p.apply(configOf(t, sharers(2, 1, "", words)))
		for p.status().Virtuals[0].Servers[0].Checks[0].Up {
			seconds(1)
		}
		if c := p.status().Virtuals[0].Servers[0].Checks[0]; c.At.Sub(failed) < 20*time.Second {
			t.Errorf("fell %v after its first failure", c.At.Sub(failed))
		}
	})
}

func TestChecksThatDifferInWhatTheyAskOrWhenAreNotShared(t *testing.T) {
	const port = "TCP_CHECK {\nconnect_port 8080\n}"
	http := func(words string) string {
		return "HTTP_GET {\n" + words + "\nurl {\npath /\nstatus_code 200\n}\n}"
	}
	misc := func(words string) string { return "MISC_CHECK {\nmisc_path /bin/true\n" + words + "\n}" }
	for _, row := range []struct {
		name, global, one, other string
		shared                   bool
	}{
		{"equal", "", port, port, true},
		{"default written", "", port, "TCP_CHECK {\nconnect_port 8080\nretry 1\n}", true},
		{"alpha", "", port, "TCP_CHECK {\nconnect_port 8080\nalpha\n}", true},
		{"warmup", "", port, "TCP_CHECK {\nconnect_port 8080\nwarmup 2\n}", true},
		{"retry", "", port, "TCP_CHECK {\nconnect_port 8080\nretry 2\n}", false},
		{"delay", "", port, "TCP_CHECK {\nconnect_port 8080\ndelay_loop 7\n}", false},
		{"timeout", "", port, "TCP_CHECK {\nconnect_port 8080\nconnect_timeout 2\n}", false},
		{"mark", "", port, "TCP_CHECK {\nconnect_port 8080\nfwmark 3\n}", false},
		{"bindto", "", port, "TCP_CHECK {\nconnect_port 8080\nbindto 192.0.2.200\n}", false},
		{"bind_if", "", port, "TCP_CHECK {\nconnect_port 8080\nbind_if lo\n}", false},
		{"port", "", port, "TCP_CHECK {\nconnect_port 8081\n}", false},
		{"kind", "", port, "SMTP_CHECK {\nconnect_port 8080\n}", false},
		{"url", "", http(""), http(""), true},
		{"virtualhost", "", http(""), http("virtualhost example.org"), false},
		{"protocol", "", http(""), http("http_protocol 1.1"), false},
		{"program", "", misc(""), misc(""), true},
		{"user", "", misc(""), misc("user daemon"), false},
		{"misc_timeout", "", misc(""), misc("misc_timeout 3"), false},
		{"misc_dynamic", "", misc(""), misc("misc_dynamic"), false},
		{"off everywhere", "global_defs {\n! holdfast: share_checks no\n}\n", port, port, false},
		{"off for one", "", port, port + "\n}\n! holdfast: share_checks no\nreal_server 198.51.100.2 80 {", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				text := row.global + sharers(1, 1, "", row.one) + strings.Replace(sharers(1, 1, "", row.other), "192.0.2.1 80", "192.0.2.9 80", 1)
				p := w.boot(configOf(t, text), w.options())
				defer p.crash()
				got := p.status().Virtuals[1].Servers[0].Checks[0].Sharing
				if (got == 1) != row.shared {
					t.Errorf("shared with %d", got)
				}
			})
		})
	}
}

func TestSwitchingSharingOffGivesEachServiceItsOwnProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, sharers(4, 1, "", slowRetry)), w.options())
		defer p.crash()
		for _, row := range []struct {
			text string
			want int
		}{
			{sharers(4, 1, "! holdfast: share_checks no", slowRetry), 4},
			{sharers(4, 1, "", slowRetry), 1},
			{"global_defs {\n! holdfast: share_checks no\n}\n" + sharers(4, 1, "", slowRetry), 4},
			{"global_defs {\n! holdfast: share_checks no\n}\n" + sharers(4, 1, "! holdfast: share_checks", slowRetry), 1},
		} {
			p.apply(configOf(t, row.text))
			seconds(13)
			from := time.Now()
			seconds(60)
			if n := w.probes(from)["198.51.100.1:80"]; n < 9*row.want || n > 10*row.want {
				t.Errorf("%d probes in ten intervals, want %d for each:\n%s", n, row.want, row.text)
			}
		}
	})
}

// On the wire: connections that a listener took, while a reload adds and removes
// services.
func TestEqualChecksAreOneConnectionOnTheWire(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var taken atomic.Int64
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			taken.Add(1)
			conn.Close()
		}
	}()
	port := l.Addr().(*net.TCPAddr).Port
	const loop = 200 * time.Millisecond
	text := func(services int) model.Config {
		all := sharers(services, 1, "", fmt.Sprintf("TCP_CHECK {\nconnect_ip 127.0.0.1\nconnect_port %d\nwarmup 0\n}", port))
		return configOf(t, strings.ReplaceAll(all, "delay_loop 6", "delay_loop 0.2"))
	}
	w := newWorld(t)
	opt := w.options()
	opt.Probe = (&probe.Prober{}).Run
	p := w.boot(text(30), opt)
	began := time.Now()
	defer p.crash()
	for _, services := range []int{30, 50, 20} {
		p.apply(text(services))
		since := time.Now()
		for unseen := services; unseen > 0; {
			time.Sleep(10 * time.Millisecond)
			unseen = 0
			for _, v := range p.status().Virtuals {
				if c := v.Servers[0].Checks[0]; !c.At.After(since) || !c.Up {
					unseen++
				}
			}
		}
	}
	if n, most := taken.Load(), int64(time.Since(began)/loop)+1; n > most {
		t.Errorf("%d connections in %v, want at most %d", n, time.Since(began), most)
	}
}

package lvsrole

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"holdfast/engine/control"
	"holdfast/engine/journal"
)

// eventually waits for a fact of the real world.
func eventually(t *testing.T, what string, fact func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !fact(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// scriptOf writes an executable that all may run.
func scriptOf(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; d != os.TempDir(); d = filepath.Dir(d) { // for the script user
		if err := os.Chmod(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "script")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRealServersComeAndGoAndScriptsRunInOrder(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var broken atomic.Bool
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer web.Close()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	dir := t.TempDir()
	heard := filepath.Join(dir, "heard")
	program := scriptOf(t, `echo "$1" >> `+heard)
	cfg := configOf(t, fmt.Sprintf(`global_defs {
    script_user root
}
virtual_server 192.0.2.100 80 {
    delay_loop 0.05
    warmup 0
    protocol TCP
    lb_algo rr
    lb_kind NAT
    quorum_up "%[1]s quorum-up"
    quorum_down "%[1]s quorum-down"
    quorum 2
    real_server %[2]s {
        notify_up "%[1]s up"
        notify_down "%[1]s down"
        HTTP_GET {
            url {
                path /
            }
            retry 1
            delay_before_retry 0.05
        }
    }
    real_server %[3]s {
        TCP_CHECK {
        }
    }
}
`, program, strings.Replace(web.Listener.Addr().String(), ":", " ", 1), strings.Replace(plain.Addr().String(), ":", " ", 1)))
	w := newWorld(t)
	opt := w.options()
	opt.Probe = nil
	p := w.boot(cfg, opt)
	eventually(t, "both are in the table", func() bool { return len(w.table()) == 1 && w.pool() == "127.0.0.1=1 127.0.0.1=1" })
	eventually(t, "both were asked", func() bool {
		s := p.status().Virtuals[0].Servers
		return s[0].Checks[0].Known && s[1].Checks[0].Known && s[0].State == "UP" && s[1].State == "UP"
	})
	broken.Store(true)
	eventually(t, "the web server left", func() bool { return w.pool() == "127.0.0.1=1" })
	broken.Store(false)
	eventually(t, "the web server is back", func() bool { return w.pool() == "127.0.0.1=1 127.0.0.1=1" })
	eventually(t, "the scripts ran", func() bool {
		text, err := os.ReadFile(heard)
		return err == nil && strings.Count(string(text), "\n") >= 5
	})
	text, err := os.ReadFile(heard)
	if err != nil {
		t.Fatal(err)
	}
	var server, quorum []string
	for _, word := range strings.Fields(string(text)) {
		if strings.HasPrefix(word, "quorum") {
			quorum = append(quorum, word)
		} else {
			server = append(server, word)
		}
	}
	if got := strings.Join(server, " "); got != "down up" {
		t.Errorf("the server's scripts: %s", got)
	}
	if got := strings.Join(quorum, " "); got != "quorum-up quorum-down quorum-up" {
		t.Errorf("the quorum's scripts: %s", got)
	}
	if e := w.told(journal.ServerState); !strings.HasPrefix(e[0].Facts["reason"], "HTTP 503, ") {
		t.Errorf("reason %q", e[0].Facts["reason"])
	}
	p.stop(control.Release)
	if len(w.table()) != 0 {
		t.Error("something is left in the table")
	}
}

func TestDynamicProgramSetsTheWeight(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	status := filepath.Join(t.TempDir(), "status")
	program := scriptOf(t, `read code < `+status+`; exit "$code"`)
	set := func(code string) {
		if err := os.WriteFile(status, []byte(code+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set("0")
	cfg := configOf(t, `global_defs {
    script_user root
}
virtual_server 192.0.2.100 80 {
    protocol TCP
    lb_algo wrr
    lb_kind NAT
    real_server 192.0.2.33 80 {
        weight 10
        MISC_CHECK {
            misc_path "`+program+`"
            misc_timeout 5
            misc_dynamic
            delay_loop 0.05
            warmup 0
        }
    }
}
`)
	w := newWorld(t)
	opt := w.options()
	opt.Probe = nil
	p := w.boot(cfg, opt)
	defer p.crash()
	for _, step := range []struct{ code, pool string }{
		{"0", "192.0.2.33=10"}, {"5", "192.0.2.33=3"}, {"2", "192.0.2.33=0"}, {"0", "192.0.2.33=10"}, {"1", ""}, {"12", "192.0.2.33=10"},
	} {
		set(step.code)
		eventually(t, "exit "+step.code+" gives "+step.pool, func() bool { return len(w.table()) == 1 && w.pool() == step.pool })
	}
}

func TestOmegaRunsTheDownScriptsAtRelease(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	heard := filepath.Join(t.TempDir(), "heard")
	program := scriptOf(t, `echo "$1" >> `+heard)
	for _, omega := range []string{"", "omega"} {
		w := newWorld(t)
		p := w.boot(configOf(t, fmt.Sprintf(`global_defs {
    script_user root
}
virtual_server 192.0.2.100 80 {
    protocol TCP
    lb_algo rr
    lb_kind NAT
    %s
    quorum_down "%s quorum-down"
    real_server 192.0.2.33 80 {
        notify_down "%[2]s down"
    }
}
`, omega, program)), w.options())
		p.stop(control.Release)
		text, err := os.ReadFile(heard)
		if said := err == nil; said != (omega != "") {
			t.Errorf("omega %q: heard %q", omega, text)
		} else if said && (!strings.Contains(string(text), "quorum-down") || strings.Count(string(text), "down") != 2) {
			t.Errorf("heard %q", text)
		}
	}
}

func TestWhatAnApplyLeavesOutIsToldAsDown(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	heard := filepath.Join(t.TempDir(), "heard")
	program := scriptOf(t, `echo "$1" >> `+heard)
	const head = "global_defs {\n script_user root\n}\n"
	virtual := func(addr string, servers ...string) string {
		text := fmt.Sprintf("virtual_server %s 80 {\n protocol TCP\n smtp_alert\n quorum_down \"%s quorum-%[1]s\"\n", addr, program)
		for _, s := range servers {
			text += fmt.Sprintf(" real_server %s 80 {\n notify_down \"%s %[1]s\"\n TCP_CHECK {\n delay_loop 0.05\n warmup 0\n }\n }\n", s, program)
		}
		return text + "}\n"
	}
	stays, goes := virtual("192.0.2.100", "192.0.2.33"), virtual("192.0.2.101", "192.0.2.36", "192.0.2.37")
	w := newWorld(t)
	w.breakDown("192.0.2.37:80", "connection refused")
	p := w.boot(configOf(t, head+virtual("192.0.2.100", "192.0.2.33", "192.0.2.34")+goes), w.options())
	eventually(t, "the broken server is down", func() bool { return len(w.told(journal.ServerState)) == 1 })
	p.apply(configOf(t, head+stays))
	p.apply(configOf(t, head+stays)) // nothing leaves, nothing is told
	var told []string
	for _, e := range append(w.told(journal.ServerState)[1:], w.told(journal.QuorumState)...) {
		if e.Facts["from"] == "INIT" {
			continue
		}
		told = append(told, e.Object+" "+e.Facts["to"]+" "+e.Facts["reason"])
		if !e.Mail {
			t.Errorf("%s is not mailed", e.Object)
		}
	}
	want := "tcp:192.0.2.100:80/192.0.2.34:80 DOWN removed, tcp:192.0.2.101:80/192.0.2.36:80 DOWN removed, tcp:192.0.2.101:80 DOWN removed"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("told %s\nwant %s", got, want)
	}
	p.stop(control.Release) // waits for scripts
	text, err := os.ReadFile(heard)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(text))
	slices.Sort(words)
	if got := strings.Join(words, " "); got != "192.0.2.34 192.0.2.36 192.0.2.37 quorum-192.0.2.101" {
		t.Errorf("scripts: %s", got)
	}
}

func TestFailedScriptIsInTheJournal(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	program := scriptOf(t, "exit 3")
	w := newWorld(t)
	p := w.boot(configOf(t, `global_defs {
    script_user root
}
virtual_server 192.0.2.100 80 {
    protocol TCP
    lb_algo rr
    lb_kind NAT
    quorum_up "`+program+`"
    real_server 192.0.2.33 80 {
    }
}
`), w.options())
	defer p.crash()
	eventually(t, "the failure is told", func() bool { return len(w.told(journal.ScriptFailed)) == 1 })
	if e := w.told(journal.ScriptFailed)[0]; e.Facts["reason"] != "exit 3" || !strings.Contains(e.Facts["command"], program) {
		t.Errorf("journal: %+v", e)
	}
}

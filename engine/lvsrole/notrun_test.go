package lvsrole

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/engine/journal"
)

// keepalived keeps a server whose check it cannot run; so does this role, and says so
// until the program runs.
func TestAServerWhoseProgramCannotBeRunStaysInThePoolAndThatIsTold(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	file := func(text string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "check")
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	paths := []string{
		"/nowhere/check", "/etc", file("#!/bin/sh\nexit 1\n", 0o644), file("#!/nowhere/python\n", 0o755),
		file("#!/bin/sh\r\nexit 1\r\n", 0o755), file("\x7fELF\x02\x00", 0o755),
	}
	text := "global_defs {\n script_user root\n}\nvirtual_server 192.0.2.100 80 {\n protocol TCP\n"
	for i, path := range paths {
		text += fmt.Sprintf(" real_server 192.0.2.%d 80 {\n MISC_CHECK {\n misc_path %s\n alpha\n delay_loop 0.05\n warmup 0\n }\n }\n", 30+i, path)
	}
	w := newWorld(t)
	opt := w.options()
	opt.Probe = nil
	p := w.boot(configOf(t, text+"}\n"), opt)
	defer p.crash()
	eventually(t, "every check ran", func() bool { return len(p.status().Held) == len(paths) })
	s := p.status()
	for i, r := range s.Virtuals[0].Servers {
		if r.State != "UNCHECKED" || !r.Checks[0].Up || !strings.HasPrefix(r.Reason, "not run: ") {
			t.Errorf("%s: %s, %q", paths[i], r.State, r.Reason)
		}
	}
	for _, h := range s.Held {
		if h.Code != "check-not-run" || h.Object != s.Virtuals[0].Name || h.Args["servers"] == "" {
			t.Errorf("held %+v", h)
		}
		for _, lang := range []string{"en", "zh-CN"} {
			if words := assets.Text(lang, "held."+h.Code, h.Args); !strings.Contains(words, h.Args["servers"]) || !strings.Contains(words, assets.Said(lang, h.Args["reason"])) {
				t.Errorf("%s: %s", lang, words)
			}
		}
	}
	if n := len(w.told(journal.Held)); n != len(paths) {
		t.Errorf("told %d times", n)
	}
	if err := os.Chmod(paths[2], 0o755); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a check that runs counts", func() bool { return p.status().Virtuals[0].Servers[2].State == "DOWN" })
	if s := p.status(); len(s.Held) != len(paths)-1 || len(w.told(journal.Unheld)) != 1 {
		t.Errorf("held %+v", s.Held)
	}
}

func TestServersThatLackTheSameProgramAreOneLine(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	text := "global_defs {\n script_user root\n}\nvirtual_server 192.0.2.100 80 {\n protocol TCP\n"
	for i := range 5 {
		text += fmt.Sprintf(" real_server 192.0.2.%d 80 {\n MISC_CHECK {\n misc_path \"/nowhere/check %[1]d\"\n delay_loop 0.05\n warmup 0\n }\n }\n", 30+i)
	}
	w := newWorld(t)
	opt := w.options()
	opt.Probe = nil
	p := w.boot(configOf(t, text+"}\n"), opt)
	defer p.crash()
	const want = "192.0.2.30:80, 192.0.2.31:80, 192.0.2.32:80 (+2)"
	eventually(t, "one line names them", func() bool {
		held := p.status().Held
		return len(held) == 1 && held[0].Args["servers"] == want
	})
}

func TestAScriptOfAServerThatCannotBeRunIsHeld(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	head := "global_defs {\n script_user root\n}\nvirtual_server 192.0.2.100 80 {\n protocol TCP\n"
	const server = " real_server 192.0.2.33 80 {\n TCP_CHECK {\n delay_loop 0.05\n warmup 0\n }\n }\n}\n"
	p := w.boot(configOf(t, head+" quorum_up /nowhere/up\n"+server), w.options())
	defer p.stop(control.Release)
	eventually(t, "it is held", func() bool {
		held := p.status().Held
		return len(held) == 1 && held[0].Code == "notify-not-run" && held[0].Args["command"] == "/nowhere/up"
	})
	p.apply(configOf(t, head+server))
	if held := p.status().Held; len(held) > 0 {
		t.Errorf("not named any more: %+v", held)
	}
}

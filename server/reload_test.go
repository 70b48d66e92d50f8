package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"holdfast/engine/state"
)

// A role that starts while its parent reads the file again may have read the text
// before when the parent finds nobody listening.
func TestRoleThatStartsDuringAReloadIsAskedOnceMore(t *testing.T) {
	dir, err := os.MkdirTemp("", "hf") // short: a socket's path has 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "vrrp.sock"))
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	role := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			panic(http.ErrAbortHandler) // it died with the question
		}
		io.WriteString(w, "{}")
	})}
	go role.Serve(l)
	t.Cleanup(func() { role.Close() })
	d := &dropIn{places: places{runDir: dir}, log: slog.New(slog.DiscardHandler)}
	if err := d.apply(context.Background(), "vrrp", "! a text\n"); err != nil {
		t.Fatal(err)
	}
	text, err := state.AppliedText(d.state(), "vrrp")
	if err != nil || text != "! a text\n" || asked.Load() != 2 {
		t.Errorf("asked %d times; it starts from %q, %v", asked.Load(), text, err)
	}
}

// What a plan warns of is told at a reload, which nobody looks at before.
func TestAReloadTellsWhatItCosts(t *testing.T) {
	dir, err := os.MkdirTemp("", "hf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "vrrp.sock"))
	if err != nil {
		t.Fatal(err)
	}
	role := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"warnings":[{"object":"VI_1","code":"address-list-changes","args":{"object":"VI_1"}}]}`)
	})}
	go role.Serve(l)
	t.Cleanup(func() { role.Close() })
	var log bytes.Buffer
	d := &dropIn{env: &env{Lang: "en"}, places: places{runDir: dir}, log: slog.New(slog.NewTextHandler(&log, nil))}
	if err := d.apply(context.Background(), "vrrp", "! a text\n"); err != nil {
		t.Fatal(err)
	}
	if said := log.String(); !strings.Contains(said, "level=WARN") || !strings.Contains(said, "VI_1: the list of the advertised addresses changes") {
		t.Error(said)
	}
}

func TestRoleThatIsAwayDuringAReloadStartsFromTheNewText(t *testing.T) {
	d := &dropIn{places: places{runDir: t.TempDir()}, log: slog.New(slog.DiscardHandler)}
	if err := d.apply(context.Background(), "vrrp", "! a text\n"); err != nil {
		t.Fatal(err)
	}
	if text, err := state.AppliedText(d.state(), "vrrp"); err != nil || text != "! a text\n" {
		t.Errorf("it starts from %q, %v", text, err)
	}
}

func TestAReloadSaysWhatIsFoundInWhatChanged(t *testing.T) {
	block := func(addr, server string) string {
		return "virtual_server " + addr + " 80 {\n    protocol TCP\n    real_server " + server + " 80 {\n    }\n}\n"
	}
	before := block("192.0.2.1", "192.0.2.11") + block("192.0.2.2", "192.0.2.12") + block("192.0.2.3", "192.0.2.13")
	after := block("192.0.2.1", "192.0.2.11") + block("192.0.2.2", "192.0.2.99") + block("192.0.2.3", "192.0.2.13")
	file := filepath.Join(t.TempDir(), "keepalived.conf")
	if err := os.WriteFile(file, []byte(after), 0o600); err != nil {
		t.Fatal(err)
	}
	said := func(known string) string {
		t.Helper()
		var log bytes.Buffer
		d := &dropIn{env: &env{Lang: "en"}, file: file, log: slog.New(slog.NewTextHandler(&log, nil))}
		text, _, err := d.read(known)
		if err != nil || text != after {
			t.Fatal(text, err)
		}
		return log.String()
	}
	if first := said(""); !strings.Contains(first, "192.0.2.11") || !strings.Contains(first, "192.0.2.99") {
		t.Errorf("at the start: %s", first)
	}
	if next := said(before); strings.Contains(next, "192.0.2.11") || strings.Contains(next, "192.0.2.13") || !strings.Contains(next, "192.0.2.99") {
		t.Errorf("at the reload: %s", next)
	}
}

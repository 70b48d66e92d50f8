package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"holdfast/server/unixsocket"
)

func TestSocketForAnotherProcessIsNotTaken(t *testing.T) {
	env := map[string]string{"LISTEN_FDS": "1", "LISTEN_PID": "4711"}
	if f, err := handedIn(func(name string) string { return env[name] }, 1); f != nil || err != nil {
		t.Fatal(f, err)
	}
}

func TestMoreThanOneSocketIsRefused(t *testing.T) {
	env := map[string]string{"LISTEN_FDS": "2"}
	if _, err := handedIn(func(name string) string { return env[name] }, 1); err == nil || !strings.Contains(err.Error(), "exactly one") {
		t.Fatal(err)
	}
}

func TestPortInUseIsTriedAgain(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &consoleSocket{addr: l.Addr().String()}
	if _, err := s.file(); err == nil {
		t.Fatal("two sockets on one port")
	}
	l.Close()
	f, err := s.file()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if again, err := s.file(); again != f || err != nil {
		t.Fatal("another socket for the next start:", err)
	}
}

func TestPlainHTTPToOtherMachinesIsAskedFor(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:80": false, "[::1]:80": false, "localhost:80": false, "127.1.2.3:80": false,
		":80": true, "0.0.0.0:80": true, "192.0.2.1:80": true, "[::]:80": true, "console.example.org:80": true,
	} {
		if got := (&consoleSocket{addr: addr}).open(func(string) string { return "" }); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
	if (&consoleSocket{addr: ":80"}).open(func(string) string { return "1" }) {
		t.Error("a socket that was handed in is nobody's business")
	}
	_, errs, code := holdfast(t, "en", "serve", "--listen", "0.0.0.0:0", "--data", t.TempDir(), "--run-dir", t.TempDir())
	if code != 1 || !strings.Contains(errs, "--insecure") {
		t.Errorf("code %d: %s", code, errs)
	}
}

func TestTheConsoleListensAtASocketInTheFileSystem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "console")
	s := &consoleSocket{addr: "unix:" + path}
	if err := unixsocket.WellFormed(s.addr); err != nil || s.open(func(string) string { return "" }) {
		t.Fatal("refused, or told as open to others:", err)
	}
	for range 2 { // the second one finds what the first one left
		f, err := unixsocket.File(s.addr)
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.FileListener(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := unixsocket.File(s.addr); !errors.Is(err, syscall.EADDRINUSE) {
			t.Error("two at one socket:", err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o666 {
			t.Error(info.Mode(), err)
		}
		l.Close()
	}
	if err := errors.Join(os.Remove(path), os.WriteFile(path, []byte("mine"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := unixsocket.File(s.addr); err == nil {
		t.Error("a file was replaced")
	}
	for _, addr := range []string{"unix:", "unix:run/console", "unix:/" + strings.Repeat("x", 107)} {
		if unixsocket.WellFormed(addr) == nil {
			t.Errorf("%.20s is taken", addr)
		}
	}
}

func TestAnAddressThatCannotBeListenedAtIsToldWithWhatTo(t *testing.T) {
	for given, like := range map[string]string{
		"8080": "127.0.0.1:8080", "127.0.0.1": "127.0.0.1:8080", "::1": "[::1]:8080", "[::1]": "[::1]:8080", "/run/x": "unix:/run/x",
		"": "", "localhost": "", "localhost:http-alt-x": "", "127.0.0.1:70000": "", "unix:x": "", "unix:/" + strings.Repeat("x", 200): "",
	} {
		for lang, takes := range map[string]string{"en": "ADDRESS:PORT, such as 127.0.0.1:8080", "zh-CN": "“地址:端口”，例如 127.0.0.1:8080"} {
			_, errs, code := holdfast(t, lang, "serve", "--listen", given, "--data", t.TempDir(), "--run-dir", t.TempDir())
			if code != 2 || !strings.Contains(errs, "--listen") || !strings.Contains(errs, takes) || like != "" && !strings.Contains(errs, " "+like) || like == "" && strings.ContainsAny(errs, "?？") {
				t.Errorf("%s %q: code %d: %s", lang, given, code, errs)
			}
		}
	}
}

// A flag that does not take its value says what it takes.
func TestAFlagSaysWhatItTakes(t *testing.T) {
	for want, args := range map[string][]string{
		"a whole number from 0 to 65535": {"genhash", "-s", "x", "-p", "70000"},
		"1.0, 1.0c or 1.1":               {"genhash", "-s", "x", "-p", "80", "-u", "/", "--protocol", "3"},
		"true or false":                  {"serve", "--insecure=perhaps"},
	} {
		if _, errs, code := holdfast(t, "en", args...); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%v: code %d: %s", args, code, errs)
		}
	}
}

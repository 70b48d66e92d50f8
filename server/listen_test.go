package main

import (
	"net"
	"strings"
	"testing"
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

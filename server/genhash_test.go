package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGenhashIsTheMD5OfTheBody(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "www.example" {
			w.Write([]byte("another\n"))
			return
		}
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		w.Write([]byte("hello\n"))
	})
	plain, secure := httptest.NewServer(page), httptest.NewTLSServer(page)
	defer plain.Close()
	defer secure.Close()
	for name, row := range map[string]struct {
		server *httptest.Server
		args   []string
		want   string
	}{
		"over HTTP":      {plain, []string{"-u", "/"}, "b1946ac92492d2347c6235b4d2611184"},
		"over TLS":       {secure, []string{"-u", "/", "-S"}, "b1946ac92492d2347c6235b4d2611184"},
		"of a host name": {plain, []string{"-u", "/", "-V", "www.example"}, "3740570a423feec44c2a759225a9fcf9"},
	} {
		t.Run(name, func(t *testing.T) {
			host, port, err := net.SplitHostPort(row.server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			out, errs, code := holdfast(t, "en", append([]string{"genhash", "-s", host, "-p", port}, row.args...)...)
			if code != 0 || strings.TrimSpace(out) != "MD5SUM = "+row.want {
				t.Errorf("code %d: %q %s", code, out, errs)
			}
		})
	}
}

func TestGenhashFailsWhereNobodyAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, _, code := holdfast(t, "en", "genhash", "-s", "127.0.0.1", "-p", port, "-u", "/"); code != 1 {
		t.Errorf("code %d", code)
	}
}

package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"

	"holdfast/test/lab"
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
			if code != 0 || out != row.want+"\n" {
				t.Errorf("code %d: %q %s", code, out, errs)
			}
		})
	}
}

// What a page is hashed to is what keepalived's genhash prints for it.
func TestGenhashPrintsWhatKeepalivedsDoes(t *testing.T) {
	peer := lab.Peer("genhash")
	if _, err := os.Stat(peer); err != nil {
		t.Fatalf("keepalived's genhash is not unpacked: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{
		"/plain":   "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n",
		"/longer":  "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\nand more\n",
		"/shorter": "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\nhello\n",
		"/chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello\n\r\n0\r\n\r\n",
		"/missing": "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nxyz",
		"/empty":   "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
	}
	var serving sync.WaitGroup
	defer serving.Wait()
	defer l.Close()
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if request, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				io.WriteString(conn, pages[request.URL.Path])
			}
			conn.Close()
		}
	})
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for path := range pages {
		args := []string{"-s", host, "-p", port, "-u", path}
		want, err := exec.Command(peer, args...).Output()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if out, errs, code := holdfast(t, "en", append([]string{"genhash"}, args...)...); code != 0 || out != string(want) {
			t.Errorf("%s: code %d, %q, keepalived's %q: %s", path, code, out, want, errs)
		}
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

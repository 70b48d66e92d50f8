package lab

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Web is a small HTTP server on a node.
type Web struct {
	node   *Node
	addr   string
	server *http.Server

	mu     sync.Mutex // guards what follows
	body   string
	status int
	served int
}

// Web starts a server on a node, e.g. at ":80", that answers every request with
// one body, one request to a connection.
func (n *Node) Web(addr, body string) *Web {
	n.lab.Helper()
	w := &Web{node: n, addr: addr, body: body, status: http.StatusOK}
	w.Start()
	n.lab.atEnd(w.Stop)
	return w
}

// Start lets the server answer again.
func (w *Web) Start() {
	w.node.lab.Helper()
	var listener net.Listener
	err := w.node.Do(func() (err error) {
		listener, err = net.Listen("tcp4", w.addr)
		return err
	})
	if err != nil {
		w.node.lab.Fatalf("web server on %s: %v", w.node.Name, err)
	}
	w.server = &http.Server{Handler: w, ReadHeaderTimeout: 10 * time.Second}
	w.server.SetKeepAlivesEnabled(false)
	go w.server.Serve(listener)
}

// Stop ends the server: connections are refused from now on.
func (w *Web) Stop() { w.server.Close() }

// Answer changes what the server says.
func (w *Web) Answer(status int, body string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status, w.body = status, body
}

// Served is how many requests the server has answered.
func (w *Web) Served() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.served
}

func (w *Web) ServeHTTP(answer http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	w.served++
	status, body := w.status, w.body
	w.mu.Unlock()
	answer.WriteHeader(status)
	fmt.Fprintln(answer, body)
}

// client is an HTTP client that connects from inside a node, anew each time. It
// gives up connecting a little earlier, so that an error tells which it was.
func (n *Node) client(limit time.Duration) *http.Client {
	return &http.Client{Timeout: limit, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return n.dial(ctx, net.Dialer{Timeout: limit * 9 / 10}, network, addr)
		},
	}}
}

// fetch gets a page and returns its text without the line's end.
func fetch(c *http.Client, url string) (string, error) {
	answer, err := c.Get(url)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	for len(text) > 0 && text[len(text)-1] == '\n' {
		text = text[:len(text)-1]
	}
	return string(text), err
}

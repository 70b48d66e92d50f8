package web

import (
	"net"
	"sync"
)

// Connections that are open at once: each costs memory and a descriptor before it has
// said a word. One address has at most half of them, so that a client that holds all it
// can get leaves the door open to others; a proxy is one address too.
const (
	mostConnections    = 1024
	mostFromOneAddress = mostConnections / 2
)

// limited is a listener that closes what comes beyond the bounds.
type limited struct {
	net.Listener
	most, mostEach int

	mu   sync.Mutex // guards what follows
	open int
	from map[string]int
}

func limit(l net.Listener, most, mostEach int) *limited {
	return &limited{Listener: l, most: most, mostEach: mostEach, from: map[string]int{}}
}

// Accept gives the next connection within the bounds.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		addr := host(c.RemoteAddr())
		if l.admit(addr) {
			return &counted{Conn: c, gone: sync.OnceFunc(func() { l.leave(addr) })}, nil
		}
		c.Close() // there is nobody to tell
	}
}

func (l *limited) admit(addr string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.most || l.from[addr] >= l.mostEach {
		return false
	}
	l.open++
	l.from[addr]++
	return true
}

func (l *limited) leave(addr string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.from[addr]--; l.from[addr] == 0 {
		delete(l.from, addr)
	}
}

// host is the address without its port.
func host(a net.Addr) string {
	if name, _, err := net.SplitHostPort(a.String()); err == nil {
		return name
	}
	return a.String()
}

// counted is a connection that makes room when it is closed.
type counted struct {
	net.Conn
	gone func()
}

// Close closes the connection.
func (c *counted) Close() error {
	err := c.Conn.Close()
	c.gone()
	return err
}

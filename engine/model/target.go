package model

import (
	"strconv"
	"strings"
)

// scanUser reads USER [[:]GROUP].
func (l *line) scanUser(p *User) bool {
	name, ok := l.value()
	if !ok {
		return false
	}
	u, joined := newUser(name)
	if !joined {
		group, _ := l.next()
		u.Group = strings.TrimLeft(group, ":")
	}
	*p = u
	return true
}

// newUser reads USER or USER:GROUP, and says whether the group was there.
func newUser(word string) (User, bool) {
	name, group, cut := strings.Cut(word, ":")
	if !cut || name == "" {
		return User{Name: word}, false
	}
	return User{name, strings.TrimLeft(group, ":")}, true
}

func (l *line) scanEndpoint(p *Endpoint) bool {
	var e Endpoint
	if !l.scanAddr(&e.Addr) {
		return false
	}
	if !l.port(&e.Port) {
		return false
	}
	*p = e
	return true
}

// port reads a port if there is one more word.
func (l *line) port(p *uint16) bool {
	w, ok := l.next()
	if !ok {
		return true
	}
	n, err := strconv.ParseUint(unsigned(w), 10, 16)
	if err != nil {
		return l.fail(Error, "bad-port", w)
	}
	*p = uint16(n)
	return true
}

func (l *line) scanSMTPServer(p *SMTPServer) bool {
	host, ok := l.value()
	if !ok {
		return false
	}
	s := SMTPServer{Host: host}
	if !l.port(&s.Port) {
		return false
	}
	*p = s
	return true
}

package mail

import (
	"errors"
	"net"
	"strings"
)

// errTooMuch ends a connection whose server does not stop talking.
var errTooMuch = errors.New("the server sends more than a mail server says")

const (
	// mostAnswer bounds what a server says to one line of ours, in bytes. RFC 5321
	// has lines of 512 bytes, and the longest answers to EHLO have some 30 of them.
	mostAnswer = 16 << 10
	// mostHandshake bounds what a server says to a handshake message of ours:
	// crypto/tls reads certificates of up to 256 KiB.
	mostHandshake = 320 << 10
	// mostKept bounds what is written down of an answer or an error, in bytes.
	mostKept = 2 << 10
)

// boundedConn is a connection of which only so much is read between two writes.
// net/textproto, and so go-mail, reads lines and answers of any length; a deadline
// bounds the time of that, and not the memory. And it takes a line that an error cut
// off for a whole one, so that the error is kept here. One goroutine uses it at a time.
type boundedConn struct {
	net.Conn
	left  int   // bytes that may be read before the next write
	fault error // what cut an answer off: errTooMuch, or the end of the time
}

func bounded(conn net.Conn) *boundedConn { return &boundedConn{Conn: conn, left: mostAnswer} }

// Read fails with errTooMuch when the bound is reached.
func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		c.fault = errTooMuch
		return 0, c.fault
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		c.fault = err
	}
	return n, err
}

// handshakeRecord is the first byte of a TLS record with a handshake message
// (RFC 8446, 5.1). No line of SMTP begins with it.
const handshakeRecord = 22

// Write allows the server another answer, if the last one came whole.
func (c *boundedConn) Write(p []byte) (int, error) {
	if c.fault != nil {
		return 0, c.fault
	}
	c.left = mostAnswer
	if len(p) > 0 && p[0] == handshakeRecord {
		c.left = mostHandshake
	}
	return c.Conn.Write(p)
}

// secured ends what a handshake was allowed: an answer comes next.
func (c *boundedConn) secured() { c.left = mostAnswer }

// clip shortens a text to what is written down of it.
func clip(text string) string {
	const cut = " …"
	if len(text) <= mostKept {
		return text
	}
	return strings.ToValidUTF8(text[:mostKept-len(cut)], "") + cut
}

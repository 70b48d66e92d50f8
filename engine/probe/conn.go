package probe

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"holdfast/engine/model"
)

// patience is how many times connect_timeout a whole conversation may last. It
// ends servers that send a byte now and then for ever; keepalived waits for them.
const patience = 10

// timed is a connection each of whose reads and writes is limited by
// connect_timeout, and which ends with its context.
type timed struct {
	net.Conn
	p     *Prober
	to    destination
	limit time.Duration
	end   time.Time
	stop  func() bool
	lost  error       // the server was gone when something was written
	over  atomic.Bool // the server has ended the connection; a handshake that is given up closes beside a Read
	late  error       // a Read took longer than it may
}

// connect opens a TCP connection for a conversation.
func (p *Prober) connect(ctx context.Context, c model.Check) (*timed, error) {
	conn, err := dial(ctx, "tcp", c)
	if err != nil {
		return nil, err
	}
	t := &timed{Conn: conn, p: p, to: to(c), limit: limit(c), end: time.Now().Add(patience * limit(c))}
	t.stop = context.AfterFunc(ctx, func() { conn.Close() })
	return t, nil
}

// Read gives what the server sent. After a Write that found the server gone it
// gives what was sent before that, and then the error of the Write.
func (t *timed) Read(b []byte) (int, error) {
	end, err := t.wait(t.SetReadDeadline)
	if err != nil {
		return 0, err
	}
	n, err := t.Conn.Read(b)
	if err != nil && !timeout(err) {
		t.over.Store(true)
	}
	if errors.Is(err, io.EOF) && t.lost != nil {
		return n, t.lost
	}
	if err = t.tooLong(err, end); timeout(err) {
		t.late = err
	}
	return n, err
}

// Write sends b. A server that has answered and is gone is no error here: its
// answer is still to be read.
func (t *timed) Write(b []byte) (int, error) {
	end, err := t.wait(t.SetWriteDeadline)
	if err != nil {
		return 0, err
	}
	n, err := t.Conn.Write(b)
	if gone(err) {
		t.lost = err
		t.over.Store(true)
		return len(b), nil
	}
	return n, t.tooLong(err, end)
}

// gone says whether err is that of a connection which the server has reset.
func gone(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// Close ends the connection: with FIN, as long as that leaves ports for others.
func (t *timed) Close() error {
	t.stop()
	if t.over.Load() {
		return t.Conn.Close() // the server closed first, and no port waits here
	}
	if s, ok := t.Conn.(stream); ok {
		return t.p.closings.close(s.socket, t.to)
	}
	return t.Conn.Close()
}

// wait sets the deadline of what follows and says whether it is that of the whole
// conversation.
func (t *timed) wait(set func(time.Time) error) (whole bool, err error) {
	next := time.Now().Add(t.limit)
	if whole = !next.Before(t.end); whole {
		next = t.end
	}
	return whole, set(next)
}

// tooLong gives the limit that was passed its true length.
func (t *timed) tooLong(err error, whole bool) error {
	if whole && timeout(err) {
		return &overdue{patience * t.limit}
	}
	return err
}

// overdue is the error of a conversation that was not over after its limit.
type overdue struct{ limit time.Duration }

func (o *overdue) Error() string   { return "not over after " + brief(o.limit) }
func (o *overdue) Timeout() bool   { return true }
func (o *overdue) Temporary() bool { return false }

package probe

import (
	"context"
	"net"
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
	limit time.Duration
	end   time.Time
	stop  func() bool
}

// connect opens a TCP connection for a conversation.
func connect(ctx context.Context, c model.Check) (net.Conn, error) {
	conn, err := dial(ctx, "tcp", c)
	if err != nil {
		return nil, err
	}
	t := &timed{Conn: conn, limit: limit(c), end: time.Now().Add(patience * limit(c))}
	t.stop = context.AfterFunc(ctx, func() { conn.Close() })
	return t, nil
}

func (t *timed) Read(b []byte) (int, error) {
	if err := t.SetReadDeadline(t.deadline()); err != nil {
		return 0, err
	}
	return t.Conn.Read(b)
}

func (t *timed) Write(b []byte) (int, error) {
	if err := t.SetWriteDeadline(t.deadline()); err != nil {
		return 0, err
	}
	return t.Conn.Write(b)
}

func (t *timed) Close() error {
	t.stop()
	return t.Conn.Close()
}

func (t *timed) deadline() time.Time {
	if next := time.Now().Add(t.limit); next.Before(t.end) {
		return next
	}
	return t.end
}

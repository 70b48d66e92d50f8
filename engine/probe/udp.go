package probe

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"holdfast/engine/model"
)

// datagram is what UDP_CHECK sends where no payload is written: keepalived's bytes.
const datagram = "keepalived check - keepalived ch"

// longestReply is the longest datagram there is.
const longestReply = 1 << 16

// udp is UDP_CHECK: up if nobody refuses the datagram within connect_timeout. A
// server that says nothing is up, too, unless an answer is asked for.
func (p *Prober) udp(ctx context.Context, c model.Check) Result {
	conn, err := dial(ctx, "udp", c)
	if err != nil {
		return failed(err, c)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := conn.SetDeadline(time.Now().Add(limit(c))); err != nil {
		return failed(err, c)
	}
	payload, _ := c.Payload.Val.Bytes()
	if len(payload) == 0 {
		payload = []byte(datagram)
	}
	if _, err := conn.Write(payload); err != nil {
		return failed(err, c)
	}
	answer := make([]byte, longestReply)
	n, err := conn.Read(answer)
	switch {
	case ctx.Err() != nil:
		return failed(ctx.Err(), c)
	case err != nil && timeout(err) && !c.Reply.Written:
		return Result{Up: true, Code: "silent", Text: "not refused within " + brief(limit(c))}
	case err != nil:
		return failed(err, c)
	case c.Reply.Written:
		return judgeReply(answer[:n], c)
	}
	return Result{Up: true, Code: "answered", Text: "answered", answered: true}
}

// judgeReply compares an answer with the bytes that are asked for, as far as both
// go. The bounds of its length count only where there are such bytes, as with
// keepalived 2.2.7.
func judgeReply(answer []byte, c model.Check) Result {
	want, mask := c.Reply.Val.Bytes()
	if n := len(answer); len(want) > 0 && (n < c.MinReply.Val || n > c.MaxReply.Val) {
		return Result{
			Code: "reply-length", Text: fmt.Sprintf("answer of %d bytes, not %d to %d", n, c.MinReply.Val, c.MaxReply.Val), answered: true,
			Args: map[string]string{"bytes": strconv.Itoa(n)},
		}
	}
	for i := range min(len(answer), len(want)) {
		if answer[i]&mask[i] != want[i] {
			return Result{
				Code: "reply", Text: fmt.Sprintf("byte %d of the answer is %02x", i+1, answer[i]), answered: true,
				Args: map[string]string{"at": strconv.Itoa(i + 1), "byte": fmt.Sprintf("%02x", answer[i])},
			}
		}
	}
	return Result{Up: true, Code: "answered", Text: "answered", answered: true}
}

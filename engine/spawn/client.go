package spawn

import (
	"context"
	"net"
	"sync"
	"time"

	"holdfast/engine/script"
)

// silence is how much longer than its time and its end a program may take before the
// process that runs it counts as standing still, and how long that one may take to hear
// of it.
const silence = 10 * time.Second

// Client asks a process that runs Serve for programs.
type Client struct {
	gone chan struct{} // closed when the other end closed

	writing sync.Mutex // guards writes to conn
	conn    net.Conn

	mu      sync.Mutex // guards what follows
	next    uint64
	waiting map[uint64]chan script.Result
}

// NewClient makes a client of conn, which it reads from now on.
func NewClient(conn net.Conn) *Client {
	c := &Client{conn: conn, gone: make(chan struct{}), waiting: map[uint64]chan script.Result{}}
	go c.read()
	return c
}

// Gone is closed when the other end has closed: no program runs any more.
func (c *Client) Gone() <-chan struct{} { return c.gone }

// Run is script.Run in the other process. Where that gives no answer, the result's error
// is script.ErrNoAnswer.
func (c *Client) Run(ctx context.Context, job script.Job) script.Result {
	id, ended := c.enter()
	defer c.leave(id)
	if !c.ask(request{ID: id, Job: &job}) {
		return noAnswer
	}
	var late <-chan time.Time // nil: it may take as long as it likes
	if job.Timeout > 0 {
		late = time.After(job.Timeout + script.Grace + silence)
	}
	select {
	case r := <-ended:
		return r
	case <-c.gone:
		return noAnswer
	case <-late:
		return noAnswer
	case <-ctx.Done():
	}
	if !c.ask(request{ID: id}) {
		return noAnswer
	}
	select {
	case r := <-ended:
		return r
	case <-c.gone:
	case <-time.After(script.Grace + silence):
	}
	return noAnswer
}

var noAnswer = script.Result{Code: -1, Err: script.ErrNoAnswer}

func (c *Client) enter() (uint64, chan script.Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	ended := make(chan script.Result, 1) // holds the one result, so that reading never waits
	c.waiting[c.next] = ended
	return c.next, ended
}

func (c *Client) leave(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, id)
}

// ask sends a request. After a half of one the other end understands no more: it is left.
func (c *Client) ask(r request) bool {
	c.writing.Lock()
	defer c.writing.Unlock()
	err := c.conn.SetWriteDeadline(time.Now().Add(silence))
	if err == nil {
		err = writeFrame(c.conn, r)
	}
	if err != nil {
		c.conn.Close()
	}
	return err == nil
}

// read hands results to those who wait for them.
func (c *Client) read() {
	defer close(c.gone)
	for {
		var a answer
		if readFrame(c.conn, &a) != nil {
			c.conn.Close()
			return
		}
		if a.Err != nil {
			a.Result.Err = a.Err
		}
		c.mu.Lock()
		ended := c.waiting[a.ID]
		delete(c.waiting, a.ID) // a second answer has nobody
		c.mu.Unlock()
		if ended != nil {
			ended <- a.Result
		}
	}
}

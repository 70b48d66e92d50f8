package lab

import (
	"context"
	"net"
	"sync"
	"time"
)

// Dial connects from inside a node. The address has to be a number: a name
// would be looked up elsewhere.
func (n *Node) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return n.dial(ctx, net.Dialer{}, network, addr)
}

func (n *Node) dial(ctx context.Context, d net.Dialer, network, addr string) (conn net.Conn, err error) {
	err = n.Do(func() (err error) {
		conn, err = d.DialContext(ctx, network, addr)
		return err
	})
	return conn, err
}

// Get fetches a page several times from inside the node, with a new connection
// each time, and returns the texts; a failure is "error: ...".
func (n *Node) Get(url string, times int) []string {
	c := n.client(5 * time.Second)
	var texts []string
	for range times {
		text, err := fetch(c, url)
		if err != nil {
			text = "error: " + err.Error()
		}
		texts = append(texts, text)
	}
	return texts
}

// Steady is a client that asks for one page at a steady pace.
type Steady struct {
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu     sync.Mutex // guards answers
	report []Answer
}

// Answer is what one request of a steady client met.
type Answer struct {
	At   time.Time
	Took time.Duration
	Text string
	Err  error
}

// Steady starts a client on the node. A slow answer does not hold up the next
// request.
func (n *Node) Steady(url string, every, limit time.Duration) *Steady {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Steady{cancel: cancel}
	c := n.client(limit)
	s.done.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case at := <-tick.C:
				s.done.Go(func() {
					text, err := fetch(c, url)
					s.mu.Lock()
					defer s.mu.Unlock()
					s.report = append(s.report, Answer{at, time.Since(at), text, err})
				})
			}
		}
	})
	n.lab.atEnd(func() { s.Stop() })
	return s
}

// Stop ends the client and returns all that it met.
func (s *Steady) Stop() []Answer {
	s.cancel()
	s.done.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.report
}

// Failures counts the requests without an answer.
func Failures(report []Answer) int {
	count := 0
	for _, a := range report {
		if a.Err != nil {
			count++
		}
	}
	return count
}

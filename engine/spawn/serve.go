package spawn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"holdfast/engine/script"
)

// Serve runs the programs that the other end of conn asks for until that end closes.
// Then it ends those that run, and returns when they are gone.
func Serve(conn net.Conn) error {
	ctx, cancel := context.WithCancel(context.Background())
	s := &server{conn: conn, ctx: ctx, ends: map[uint64]context.CancelFunc{}}
	err := s.read()
	cancel()
	s.programs.Wait()
	return errors.Join(err, conn.Close())
}

type server struct {
	ctx      context.Context
	programs sync.WaitGroup

	writing sync.Mutex // guards writes to conn
	conn    net.Conn

	mu   sync.Mutex // guards ends
	ends map[uint64]context.CancelFunc
}

// read takes requests until the other end closes.
func (s *server) read() error {
	for {
		var r request
		switch err := readFrame(s.conn, &r); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("hear the role: %w", err)
		case r.Job == nil:
			s.end(r.ID)
		default:
			s.begin(r.ID, *r.Job)
		}
	}
}

// begin starts a program, and tells how it went when it has ended.
func (s *server) begin(id uint64, job script.Job) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.mu.Lock()
	s.ends[id] = cancel
	s.mu.Unlock()
	s.programs.Go(func() {
		r := script.Run(ctx, job)
		s.end(id)
		s.writing.Lock()
		defer s.writing.Unlock()
		if writeFrame(s.conn, answer{ID: id, Result: r, Err: failureOf(r.Err)}) != nil {
			return // the role is gone, which read finds out
		}
	})
}

// end ends a program, if it runs.
func (s *server) end(id uint64) {
	s.mu.Lock()
	cancel := s.ends[id]
	delete(s.ends, id)
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

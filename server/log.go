package main

import (
	"io"
	"log/slog"
	"sync"
)

// newLog gives the text log that an operator sees at the terminal.
func newLog(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// overflow is how many log lines may wait for a terminal or pipe that does not
// take them.
const overflow = 1024

// drain passes lines on to a writer that may block, and drops them rather than
// wait: nobody's full pipe may hold up an advert.
type drain struct {
	lines chan []byte
	quit  chan struct{} // closed by close
	done  sync.WaitGroup
}

// newDrain starts passing lines on to w; close ends it.
func newDrain(w io.Writer) *drain {
	d := &drain{lines: make(chan []byte, overflow), quit: make(chan struct{})}
	d.done.Go(func() {
		for {
			select {
			case line := <-d.lines:
				pass(w, line)
			case <-d.quit:
				for len(d.lines) > 0 {
					pass(w, <-d.lines)
				}
				return
			}
		}
	})
	return d
}

func pass(w io.Writer, line []byte) {
	if _, err := w.Write(line); err != nil {
		return // nowhere left to tell
	}
}

// Write takes one line. It never fails and never waits.
func (d *drain) Write(line []byte) (int, error) {
	select {
	case d.lines <- append([]byte(nil), line...):
	default:
	}
	return len(line), nil
}

// close returns when what was taken so far is written.
func (d *drain) close() {
	close(d.quit)
	d.done.Wait()
}

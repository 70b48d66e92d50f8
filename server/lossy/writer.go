package lossy

import (
	"io"
	"sync"
)

// overflow is how many log lines may wait for a terminal or pipe that does not
// take them.
const overflow = 1024

// Writer passes lines on, in their order. Made by New.
type Writer struct {
	lines chan []byte
	quit  chan struct{} // closed by Close
	done  sync.WaitGroup
}

// New starts passing lines on to w; Close ends it.
func New(w io.Writer) *Writer {
	d := &Writer{lines: make(chan []byte, overflow), quit: make(chan struct{})}
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
func (d *Writer) Write(line []byte) (int, error) {
	select {
	case d.lines <- append([]byte(nil), line...):
	default:
	}
	return len(line), nil
}

// Close returns when what was taken so far is written.
func (d *Writer) Close() {
	close(d.quit)
	d.done.Wait()
}

package fifo

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"

	"holdfast/engine/script"
)

// limit is how many lines may wait for the goroutine. More wait only where a file system
// hangs.
const limit = 10000

// Pipe is one FIFO as a configuration wants it.
type Pipe struct {
	Path        string
	User, Group string     // its owner where it is made; "" is our own, or the user's group
	Reader      script.Job // runs while the pipe is open, with the path as its last argument; without Argv none
}

// Writer writes lines into a changing set of pipes. Its methods do not block, but Close.
type Writer struct {
	log    *slog.Logger
	runner script.Runner // of the readers
	ended  func(p Pipe, r script.Result)
	owned  record
	work   chan struct{} // holds one: there is something to do
	done   chan struct{} // closed when the goroutine is gone

	mu    sync.Mutex // guards what follows
	tasks []task
	lines int // of tasks
	lost  bool
	begun bool
}

// task is one thing to do: a line to write, pipes to have, or the end.
type task struct {
	line   string
	pipes  []Pipe
	change bool
	end    bool
	keep   bool // the pipes stay for the next process
}

// New makes a writer without pipes. record is the file that says which pipes were made
// here, over the end of this process; ended is told, from another goroutine, how a reader
// went that was not ended here.
func New(log *slog.Logger, record string, run script.Runner, ended func(Pipe, script.Result)) *Writer {
	return &Writer{log: log, runner: run, ended: ended, owned: recordAt(record), work: make(chan struct{}, 1), done: make(chan struct{})}
}

// Change makes these the pipes. One that stays is not made anew; all readers are started
// again, as by keepalived's reload.
func (w *Writer) Change(pipes []Pipe) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.begun && len(pipes) == 0 && w.owned.empty() {
		return
	}
	if !w.begun {
		w.begun = true
		go w.run()
	}
	w.add(task{pipes: slices.Clone(pipes), change: true})
}

// Write writes a line into all pipes.
func (w *Writer) Write(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.begun:
	case w.lines < limit:
		w.lines++
		w.add(task{line: line})
	case !w.lost:
		w.lost = true
		w.log.Warn("lines for the FIFOs are lost: their files do not answer")
	}
}

// Close ends the readers after all that was written, and the writer with them, and waits
// for that until ctx ends. The pipes that were made here are removed; with keep they stay
// for the next process.
func (w *Writer) Close(ctx context.Context, keep bool) error {
	w.mu.Lock()
	begun := w.begun
	w.add(task{end: true, keep: keep})
	w.mu.Unlock()
	if !begun {
		return nil
	}
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return errors.New("the FIFOs are not closed: their files or readers do not answer")
	}
}

// add appends a task; mu is held.
func (w *Writer) add(t task) {
	w.tasks = append(w.tasks, t)
	select {
	case w.work <- struct{}{}:
	default:
	}
}

// take gives all tasks.
func (w *Writer) take() []task {
	w.mu.Lock()
	defer w.mu.Unlock()
	tasks := w.tasks
	w.tasks, w.lines, w.lost = nil, 0, false
	return tasks
}

// run does the tasks in their order until the end.
func (w *Writer) run() {
	defer close(w.done)
	var open []*pipe
	for range w.work {
		for _, t := range w.take() {
			switch {
			case t.end:
				w.end(open, t.keep)
				return
			case t.change:
				open = w.change(open, t.pipes)
			default:
				for _, p := range open {
					p.write(w.log, t.line)
				}
			}
		}
	}
}

// change closes the pipes that are not wanted and opens those that are missing.
func (w *Writer) change(open []*pipe, want []Pipe) (next []*pipe) {
	for _, p := range open {
		p.endReader()
		if !slices.ContainsFunc(want, func(o Pipe) bool { return o.Path == p.Path }) {
			p.close(w.log)
			w.owned.forget(p.Path)
		}
	}
	w.owned.removeOthers(want)
	for _, o := range want {
		if slices.ContainsFunc(next, func(p *pipe) bool { return p.Path == o.Path }) {
			continue // one path under two words is written once
		}
		var p *pipe
		if i := slices.IndexFunc(open, func(p *pipe) bool { return p.Path == o.Path }); i >= 0 && open[i].there() {
			p = open[i]
			p.Pipe = o
		} else {
			var err error
			if i >= 0 {
				open[i].close(w.log)
			}
			if p, err = openPipe(o, w.owned); err != nil {
				w.log.Error("FIFO not opened, nothing is written to it", "path", o.Path, "reason", err)
				continue
			}
		}
		p.startReader(w.runner, w.ended)
		next = append(next, p)
	}
	if err := w.owned.write(); err != nil {
		w.log.Warn("which FIFOs were made here is not kept", "reason", err)
	}
	return next
}

// end closes all pipes.
func (w *Writer) end(open []*pipe, keep bool) {
	for _, p := range open {
		p.endReader()
		p.made = p.made && !keep
		p.close(w.log)
	}
	if !keep {
		w.owned.remove()
	}
}

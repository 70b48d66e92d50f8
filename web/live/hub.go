package live

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// View is what a browser looks at: a page, the object on it and which part of a
// long list, the reader's language, and the newest journal row it has seen.
// Equal views get equal frames, drawn once.
type View struct {
	Page   string
	Object string
	Filter string // as in the page's address
	Lang   string
	Since  int64
	Edits  bool // the reader may edit: the overview shows how to begin to nobody else
}

// Frame is one named event of a stream: HTML that replaces the fragment of the
// same name.
type Frame struct {
	Event string
	Data  string
}

// Draw makes the frames of a view of a snapshot.
type Draw func(ctx context.Context, v View, s Snapshot) ([]Frame, error)

// beat is how often a stream that has nothing to say shows that it lives. The
// page calls itself "not live" after 10 s of silence.
const beat = 4 * time.Second

// lag is how many frames a browser may fall behind: a few seconds of a busy page.
const lag = 16

// PerSession is how many streams one session may hold, those of the journal
// included.
const PerSession = 12

// Hub gives each watching browser the frames that changed.
type Hub struct {
	watch *Watch
	draw  Draw
	mu    sync.Mutex // guards clients, readers and closed
	// clients are the open streams; a client that is removed has its frames closed.
	clients map[*client]struct{}
	readers map[int64]int // by session: open streams of the journal
	closed  bool
	over    chan struct{} // closed with the hub
	wake    chan struct{} // holds one: something happened, look at once
}

// client is one open stream. frames is closed by the hub when the stream is over.
type client struct {
	view    View
	session int64
	frames  chan Frame
	last    map[string]string // by event, what it was sent
	beat    time.Time
}

// NewHub gives a hub that draws with draw what watch sees. Run makes it work.
func NewHub(watch *Watch, draw Draw) *Hub {
	return &Hub{
		watch: watch, draw: draw, clients: map[*client]struct{}{}, readers: map[int64]int{},
		over: make(chan struct{}), wake: make(chan struct{}, 1),
	}
}

// Wake makes the hub look at once.
func (h *Hub) Wake() {
	select {
	case h.wake <- struct{}{}:
	default: // it is awake already
	}
}

// Run looks once a second while a stream is open, and pushes. It closes all
// streams when ctx ends.
func (h *Hub) Run(ctx context.Context) {
	defer h.Close()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.wake:
		}
		if h.watched() {
			h.push(ctx, h.watch.Look(ctx))
		}
	}
}

func (h *Hub) watched() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.clients) > 0
}

// push draws each distinct view once and queues what is new to each client.
// Nothing is locked while it draws: a new browser does not wait for a big page.
func (h *Hub) push(ctx context.Context, s Snapshot) {
	drawn := map[View][]Frame{}
	for _, v := range h.views() {
		frames, err := h.draw(ctx, v, s)
		if err != nil {
			frames = nil // its streams end; the browsers say "not live" and ask again
		}
		drawn[v] = frames
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	for c := range h.clients {
		frames, done := drawn[c.view]
		switch {
		case !done:
			h.Wake() // it came meanwhile
		case frames == nil:
			h.drop(c)
		default:
			h.queue(c, frames, now)
		}
	}
}

func (h *Hub) views() []View {
	h.mu.Lock()
	defer h.mu.Unlock()
	distinct := map[View]bool{}
	for c := range h.clients {
		distinct[c.view] = true
	}
	return slices.Collect(maps.Keys(distinct))
}

// queue hands a client what it was not sent yet, and a beat now and then; the
// lock is held. A full queue ends the stream: it does not read, and will come
// back for the whole picture.
func (h *Hub) queue(c *client, frames []Frame, now time.Time) {
	if now.Sub(c.beat) >= beat {
		c.beat = now
		frames = append(slices.Clip(frames), Frame{Event: "beat", Data: now.Format(time.RFC3339)})
	}
	for _, f := range frames {
		if c.last[f.Event] == f.Data {
			continue
		}
		c.last[f.Event] = f.Data
		select {
		case c.frames <- f:
		default:
			h.drop(c)
			return
		}
	}
}

// join opens a stream, unless the session has too many.
func (h *Hub) join(session int64, v View) (*client, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.full(session) {
		return nil, false
	}
	c := &client{view: v, session: session, frames: make(chan Frame, lag), last: map[string]string{}}
	h.clients[c] = struct{}{}
	return c, true
}

// read opens a stream of the journal, unless the session has too many streams.
// The caller must call done.
func (h *Hub) read(session int64) (done func(), ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.full(session) {
		return nil, false
	}
	h.readers[session]++
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.readers[session]--; h.readers[session] == 0 {
			delete(h.readers, session)
		}
	}, true
}

// full says whether a session may open no further stream; the lock is held.
func (h *Hub) full(session int64) bool {
	n := h.readers[session]
	for c := range h.clients {
		if c.session == session {
			n++
		}
	}
	return n >= PerSession || h.closed
}

func (h *Hub) leave(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(c)
}

// drop ends a stream; the lock is held.
func (h *Hub) drop(c *client) {
	if _, in := h.clients[c]; in {
		delete(h.clients, c)
		close(c.frames)
	}
}

// Close ends all streams and lets no new one in.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	h.closed = true
	close(h.over)
	for c := range h.clients {
		h.drop(c)
	}
}

package live

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"holdfast/web/fault"
)

// writeLimit is how long a browser may take to accept one frame.
const writeLimit = 5 * time.Second

// recheck is how often a stream asks whether its session still lives.
const recheck = 15 * time.Second

// Stream sends the frames of a view until the browser leaves, until it does not
// read, or until the session ends: alive is asked now and then.
func (h *Hub) Stream(w http.ResponseWriter, r *http.Request, session int64, v View, alive func() bool) error {
	c, ok := h.join(session, v)
	if !ok {
		return fault.New("streams")
	}
	defer h.leave(c)
	out, err := open(w)
	if err != nil {
		return nil // the browser left
	}
	h.Wake()
	check := time.NewTicker(recheck)
	defer check.Stop()
	for {
		select {
		case <-r.Context().Done():
			return nil
		case f, open := <-c.frames:
			if !open || out.event("", f.Event, f.Data) != nil {
				return nil
			}
		case <-check.C:
			if !alive() {
				return nil
			}
		}
	}
}

// outlet writes server-sent events (WHATWG HTML, 9.2).
type outlet struct {
	w    http.ResponseWriter
	ctrl *http.ResponseController
}

// open sends the head of the stream.
func open(w http.ResponseWriter) (*outlet, error) {
	o := &outlet{w, http.NewResponseController(w)}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy must not collect events
	w.WriteHeader(http.StatusOK)
	return o, o.write("retry: 1000\n\n")
}

// event writes one event; a line break in data becomes another data line.
func (o *outlet) event(id, name, data string) error {
	var b strings.Builder
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", id)
	}
	fmt.Fprintf(&b, "event: %s\n", name)
	for line := range strings.SplitSeq(data, "\n") {
		fmt.Fprintf(&b, "data: %s\n", strings.TrimSuffix(line, "\r"))
	}
	b.WriteByte('\n')
	return o.write(b.String())
}

func (o *outlet) write(text string) error {
	if err := o.ctrl.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return err
	}
	if _, err := o.w.Write([]byte(text)); err != nil {
		return err
	}
	return o.ctrl.Flush()
}

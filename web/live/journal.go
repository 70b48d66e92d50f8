package live

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"holdfast/store"
	"holdfast/web/fault"
)

// Rows reads journal rows newer than a row, oldest first.
type Rows func(ctx context.Context, after int64, limit int) ([]store.JournalRow, error)

// Event is a journal row as the API and its stream give it.
type Event struct {
	ID       int64             `json:"id" doc:"Grows in the order of arrival, which is not that of the events"`
	At       time.Time         `json:"at" doc:"When it happened on the node"`
	Received time.Time         `json:"received" doc:"When the console stored it"`
	Node     string            `json:"node"`
	Role     string            `json:"role" doc:"vrrp or lvs"`
	Seq      uint64            `json:"seq"`
	Kind     string            `json:"kind"`
	Object   string            `json:"object,omitempty"`
	Facts    map[string]string `json:"facts,omitempty"`
}

// EventOf is the Event of a row.
func EventOf(r store.JournalRow) Event {
	e := r.Entry
	return Event{r.ID, e.At, r.ReceivedAt, e.Node, e.Role, e.Seq, string(e.Kind), e.Object, e.Facts}
}

// StreamJournal sends every journal row above after as JSON, and those to come.
// Each event's id is its row, so that a reconnecting client goes on where it was
// (Last-Event-ID). It ends with the client, the session or the hub; it counts
// among the session's streams.
func (h *Hub) StreamJournal(w http.ResponseWriter, r *http.Request, session, after int64, rows Rows, alive func() bool) error {
	done, ok := h.read(session)
	if !ok {
		return fault.New("streams")
	}
	defer done()
	if id, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		after = id
	}
	out, err := open(w)
	if err != nil {
		return nil // the client left
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for turn := 1; ; turn++ {
		page, err := rows(r.Context(), after, 200)
		if err != nil {
			return nil // the stream ends, and the client comes back for the rest
		}
		for _, row := range page {
			data, err := json.Marshal(EventOf(row))
			if err != nil || out.event(strconv.FormatInt(row.ID, 10), "entry", string(data)) != nil {
				return nil
			}
			after = row.ID
		}
		// A comment line keeps proxies from closing a quiet stream.
		if turn%10 == 0 && (!alive() || out.write(": beat\n\n") != nil) {
			return nil
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-h.over:
			return nil
		case <-tick.C:
		}
	}
}

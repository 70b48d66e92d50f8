package control

import (
	"net/http"
	"time"
)

const (
	// TurnPatience is how long a request waits for the one before it.
	TurnPatience = 5 * time.Second
	bodyPatience = 10 * time.Second // how long a body may take to come
)

// inTurn lets one request in at a time: each takes memory for its text and
// processor time for its meaning, which adverts need too. The others wait a
// little before they hear that the role is busy; nothing of theirs is read yet.
func inTurn(next http.HandlerFunc) http.HandlerFunc {
	turn := make(chan struct{}, 1) // holds one token while a request is in
	return func(w http.ResponseWriter, r *http.Request) {
		patience := time.NewTimer(TurnPatience)
		defer patience.Stop()
		select {
		case turn <- struct{}{}:
			defer func() { <-turn }()
			next(w, r)
		case <-patience.C:
			refuse(w, &Problem{Code: Busy, Message: "another text is being looked at"})
		case <-r.Context().Done():
		}
	}
}

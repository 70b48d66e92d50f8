package control

import (
	"errors"
	"net/http"
)

// The codes of a Problem.
const (
	Conflict  = "conflict"  // another text runs than the caller expected
	Invalid   = "invalid"   // the request or the text has errors
	Busy      = "busy"      // an apply is under way, or one waits for its confirmation
	NotFound  = "not-found" // nothing there by that name
	Forbidden = "forbidden" // not for this peer
	Failed    = "failed"    // the role could not do it
)

// Error makes a Problem an error: what the server half answers with is what the
// client half returns.
func (p *Problem) Error() string { return p.Message }

// statuses is the HTTP status of each code.
var statuses = map[string]int{
	Conflict:  http.StatusConflict,
	Invalid:   http.StatusUnprocessableEntity,
	Busy:      http.StatusServiceUnavailable,
	NotFound:  http.StatusNotFound,
	Forbidden: http.StatusForbidden,
	Failed:    http.StatusInternalServerError,
}

// problem gives any error its Problem.
func problem(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return &Problem{Code: Failed, Message: err.Error()}
}

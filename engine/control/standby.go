package control

import (
	"context"
	"net/http"
	"time"
)

// The modes of a StandbyRequest.
const (
	HandOver       = "hand-over"       // others are asked to take over, once
	HandBack       = "back"            // a hand-over ends: the election decides again
	MaintenanceOn  = "maintenance-on"  // this node is master only where nobody else is
	MaintenanceOff = "maintenance-off" // that ends
)

// StandbyRequest is what an operator wants of who holds the addresses.
type StandbyRequest struct {
	Mode    string   `json:"mode"`
	Names   []string `json:"names,omitempty"`   // instances or sync groups; none: all
	For     float64  `json:"for,omitempty"`     // seconds that a hand-over lasts; 0: until it is ended
	Force   bool     `json:"force,omitempty"`   // also where nobody is known who would take over
	Preview bool     `json:"preview,omitempty"` // tell what would come of it, and do nothing
	Wait    float64  `json:"wait,omitempty"`    // seconds in which others may take over before the answer; a minute at most
	Owner   string   `json:"owner,omitempty"`   // who wants it
	Reason  string   `json:"reason,omitempty"`
}

// StoodBy is what came of a StandbyRequest, or would.
type StoodBy struct {
	Maintenance *MaintenanceStatus `json:"maintenance,omitempty"` // nil: the node is in none
	Outcomes    []StandbyOutcome   `json:"outcomes"`
	Forecast    []Forecast         `json:"forecast"` // what was known before, of the masters among them
}

// StandbyOutcome is what came of a request for a sync group or an instance alone. Its
// words are "standby.CODE".
type StandbyOutcome struct {
	Object string    `json:"object"`
	Code   string    `json:"code"`             // one of code.Standbys
	State  string    `json:"state"`            // BACKUP MASTER FAULT INIT
	Holder string    `json:"holder,omitempty"` // source address of the master that is heard
	Until  time.Time `json:"until,omitzero"`   // when a hand-over ends by itself
}

// MaintenanceStatus is a maintenance that is in force.
type MaintenanceStatus struct {
	Owner  string    `json:"owner,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since"`
	Holds  []string  `json:"holds,omitempty"` // the sync groups and instances that are master all the same: nobody else took over
}

// StandbyStatus is how far an operator has an instance hold back.
type StandbyStatus struct {
	Mode   string    `json:"mode"` // hand-over maintenance
	Code   string    `json:"code"` // one of code.Standbys
	Owner  string    `json:"owner,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // when a hand-over ends by itself
}

// Standing is an Engine whose role has addresses that others may take over.
type Standing interface {
	// Standby has others take over, or ends that. It returns when it is known what came of it.
	Standby(ctx context.Context, req StandbyRequest) (StoodBy, error)
}

// standbyRoutes are those of a role that has virtual routers.
func standbyRoutes(mux *http.ServeMux, engine Engine) {
	role, takes := engine.(Standing)
	mux.HandleFunc("POST /standby", func(w http.ResponseWriter, r *http.Request) {
		req, ok := body[StandbyRequest](w, r)
		switch {
		case !ok:
		case !takes:
			refuse(w, &Problem{Code: NotFound, Message: "this role has no virtual routers"})
		default:
			reply(w)(role.Standby(r.Context(), req))
		}
	})
}

// Standby has others take over, or ends that.
func (c *Client) Standby(ctx context.Context, req StandbyRequest) (StoodBy, error) {
	var s StoodBy
	return s, c.call(ctx, http.MethodPost, "/standby", req, &s)
}

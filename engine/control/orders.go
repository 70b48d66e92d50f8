package control

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// OrderRequest is what an operator wants of a real server, beside its health.
type OrderRequest struct {
	Virtual string `json:"virtual"` // its name; the protocol may be left out where one fits
	Server  string `json:"server"`
	Mode    string `json:"mode"`             // drain, off, weight, back
	Weight  int    `json:"weight,omitempty"` // of weight; 0 is drain
	Owner   string `json:"owner,omitempty"`  // who wants it
	Reason  string `json:"reason,omitempty"`
	Until   string `json:"until,omitempty"` // of drain: active, all, persistent; "" is active
	// Within is after how many seconds an event tells that connections are left of a
	// drain; 0: none does.
	Within float64 `json:"within,omitempty"`
}

// Ordered is what came of an order.
type Ordered struct {
	Virtual  string       `json:"virtual"`
	Server   ServerStatus `json:"server"`
	QuorumUp bool         `json:"quorum_up"` // of the virtual server, with the order in force
	Lines    []string     `json:"lines"`     // what it took in the kernel
	Held     []Blocked    `json:"held"`      // what keeps the kernel from it now
}

// OrderStatus is an operator's order that is in force.
type OrderStatus struct {
	Mode     string    `json:"mode"` // drain, off, weight
	Weight   int       `json:"weight,omitempty"`
	Owner    string    `json:"owner,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Since    time.Time `json:"since"`
	Until    string    `json:"until,omitempty"`     // what a drain waits for: active, all, persistent
	Deadline time.Time `json:"deadline,omitzero"`   // when an event tells that connections are left
	Drained  time.Time `json:"drained,omitzero"`    // since when it is safe to stop the server
	Left     *Left     `json:"remaining,omitempty"` // nil: the kernel's counters are not known
}

// Left is what a server still has in the kernel.
type Left struct {
	Active     uint64 `json:"active"`
	Inactive   uint64 `json:"inactive"`
	Persistent uint64 `json:"persistent"` // clients that are bound to it
}

// Orderly is an Engine whose role takes orders about real servers.
type Orderly interface {
	// Order has a real server drained, switched off, weighed otherwise or brought back,
	// and returns when the kernel was told.
	Order(ctx context.Context, req OrderRequest) (Ordered, error)
	// AwaitDrain returns when the server's order is another one or its drain is over, and
	// at the latest after so long.
	AwaitDrain(ctx context.Context, virtual, server string, most time.Duration) (Ordered, error)
}

// longestWait bounds one wait for the end of a drain; a client asks again.
const longestWait = time.Minute

// orderRoutes are those of a role that has real servers.
func orderRoutes(mux *http.ServeMux, engine Engine) {
	role, takes := engine.(Orderly)
	none := &Problem{Code: NotFound, Message: "this role has no real servers"}
	mux.HandleFunc("POST /order", func(w http.ResponseWriter, r *http.Request) {
		req, ok := body[OrderRequest](w, r)
		switch {
		case !ok:
		case !takes:
			refuse(w, none)
		default:
			reply(w)(role.Order(r.Context(), req))
		}
	})
	mux.HandleFunc("GET /order", func(w http.ResponseWriter, r *http.Request) {
		seconds, err := strconv.ParseFloat(r.FormValue("wait"), 64)
		switch {
		case err != nil && r.FormValue("wait") != "" || seconds < 0:
			refuse(w, &Problem{Code: Invalid, Message: "wait is not a number of seconds"})
		case !takes:
			refuse(w, none)
		default:
			most := min(longestWait, time.Duration(min(seconds, longestWait.Seconds())*float64(time.Second)))
			reply(w)(role.AwaitDrain(r.Context(), r.FormValue("virtual"), r.FormValue("server"), most))
		}
	})
}

// Order gives an order about a real server.
func (c *Client) Order(ctx context.Context, req OrderRequest) (Ordered, error) {
	var o Ordered
	return o, c.call(ctx, http.MethodPost, "/order", req, &o)
}

// AwaitDrain waits for the end of a drain, at most so long and at most a minute.
func (c *Client) AwaitDrain(ctx context.Context, virtual, server string, most time.Duration) (Ordered, error) {
	var o Ordered
	q := url.Values{"virtual": {virtual}, "server": {server}, "wait": {strconv.FormatFloat(most.Seconds(), 'f', 3, 64)}}
	return o, c.call(ctx, http.MethodGet, "/order?"+q.Encode(), nil, &o)
}

// orderPatience is how long the kernel may take to be told.
const orderPatience = 30 * time.Second

// OrderAndWait is Order; with wait it returns at the end of the drain, however long
// that takes.
func (c *Client) OrderAndWait(ctx context.Context, req OrderRequest, wait bool) (Ordered, error) {
	soon, cancel := context.WithTimeout(ctx, orderPatience)
	defer cancel()
	o, err := c.Order(soon, req)
	for wait && err == nil && o.Server.State == "DRAINING" {
		o, err = c.AwaitDrain(ctx, o.Virtual, o.Server.Name, longestWait)
	}
	return o, err
}

package control

import (
	"context"
	"net/http"
	"net/url"

	"holdfast/engine/plan"
)

// Counters are what the kernel counted for a service or a server, and Rates what it
// estimates.
type (
	Counters = plan.Counters
	Rates    = plan.Rates
)

// VirtualStats are the counters of a virtual server; of a group, of all its services.
type VirtualStats struct {
	Name string `json:"name"`
	Counters
	Servers []ServerStats `json:"servers"`
}

// ServerStats are the counters of a real server, and what it holds now. One that is not in
// the kernel's table has none.
type ServerStats struct {
	Name string `json:"name"`
	Counters
	Active     uint64 `json:"active"`
	Inactive   uint64 `json:"inactive"`
	Persistent uint64 `json:"persistent"` // clients that are bound to it
}

// Counting is an Engine whose role has counters.
type Counting interface {
	// Stats reads the counters of one virtual server now, or of all where virtual is "".
	Stats(ctx context.Context, virtual string) ([]VirtualStats, error)
}

// statsRoute is that of a role that has counters.
func statsRoute(mux *http.ServeMux, engine Engine) {
	role, counts := engine.(Counting)
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, r *http.Request) {
		if !counts {
			refuse(w, &Problem{Code: NotFound, Message: "this role has no counters"})
			return
		}
		reply(w)(role.Stats(r.Context(), r.FormValue("virtual")))
	})
}

// Stats asks for the counters of one virtual server, or of all where virtual is "".
func (c *Client) Stats(ctx context.Context, virtual string) ([]VirtualStats, error) {
	var all []VirtualStats
	return all, c.call(ctx, http.MethodGet, "/stats?"+url.Values{"virtual": {virtual}}.Encode(), nil, &all)
}

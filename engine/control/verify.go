package control

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"holdfast/engine/plan"
)

// Forwarding is how the packets of a service come to its real servers.
type Forwarding struct {
	Virtual   string       `json:"virtual"`
	Addresses []netip.Addr `json:"addresses"` // of the service; a firewall mark has none
	Servers   []Forwarded  `json:"servers"`
}

// Forwarded is how they come to one of them.
type Forwarded struct {
	Name   string      `json:"name"`
	Addr   netip.Addr  `json:"addr"`
	Method plan.Method `json:"method"`
	Wrap   plan.Wrap   `json:"wrap,omitzero"`
}

// VerifyRequest names a virtual server, and of its real servers one; "" is all.
type VerifyRequest struct {
	Virtual string `json:"virtual"`
	Server  string `json:"server,omitempty"`
}

// Verified is what was found out about real servers by direct routing or a tunnel.
type Verified struct {
	Virtual string    `json:"virtual"`
	List    []Verdict `json:"list"`
}

// Verdict is what was found out about one real server and one address of the service.
type Verdict struct {
	Server  string   `json:"server"`
	Address string   `json:"address"`          // of the service, with its port
	Code    string   `json:"code"`             // one of code.Verdicts
	Good    bool     `json:"good"`             // nothing is wrong that can be seen from here
	Reason  string   `json:"reason,omitempty"` // what the kernel said, where it could not be asked
	Link    string   `json:"link,omitempty"`   // through which it was asked
	MAC     string   `json:"mac,omitempty"`    // of the server, or of the router to it
	Others  []string `json:"others,omitempty"` // who else on the link says that it has the address
}

// Facts are what the words for the verdict may name.
func (v Verdict) Facts() map[string]string {
	return map[string]string{"server": v.Server, "address": v.Address, "link": v.Link, "mac": v.MAC, "others": strings.Join(v.Others, ", "), "reason": v.Reason}
}

// Verifying is an Engine whose role has real servers.
type Verifying interface {
	// Forwarding says how packets come to the real servers of a virtual server.
	Forwarding(ctx context.Context, virtual string) (Forwarding, error)
	// Verify asks real servers over the link whether they are ready.
	Verify(ctx context.Context, req VerifyRequest) (Verified, error)
}

func verifyRoutes(mux *http.ServeMux, engine Engine) {
	role, takes := engine.(Verifying)
	none := &Problem{Code: NotFound, Message: "this role has no real servers"}
	mux.HandleFunc("GET /forwarding", func(w http.ResponseWriter, r *http.Request) {
		if !takes {
			refuse(w, none)
			return
		}
		reply(w)(role.Forwarding(r.Context(), r.FormValue("virtual")))
	})
	mux.HandleFunc("POST /verify", func(w http.ResponseWriter, r *http.Request) {
		if req, ok := body[VerifyRequest](w, r); ok && takes {
			reply(w)(role.Verify(r.Context(), req))
		} else if ok {
			refuse(w, none)
		}
	})
}

// Forwarding asks how packets come to the real servers of a virtual server.
func (c *Client) Forwarding(ctx context.Context, virtual string) (Forwarding, error) {
	var f Forwarding
	return f, c.call(ctx, http.MethodGet, "/forwarding?"+url.Values{"virtual": {virtual}}.Encode(), nil, &f)
}

// Verify asks real servers whether they are ready. It takes seconds.
func (c *Client) Verify(ctx context.Context, req VerifyRequest) (Verified, error) {
	var v Verified
	return v, c.call(ctx, http.MethodPost, "/verify", req, &v)
}

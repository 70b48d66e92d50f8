package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/assets"
	"holdfast/engine/control"
)

type kitInput struct {
	Name   string `path:"name" doc:"Of the virtual server, as in the list"`
	Server string `query:"server" doc:"Only this real server; missing: all"`
	For    string `query:"for" enum:"now,networkd,networkmanager,netplan,ifupdown" default:"now" doc:"What sets the network of the server up again after a reboot"`
	Undo   bool   `query:"undo" doc:"The script that takes back what another did"`
}

type kitScript struct {
	Script string `json:"script" doc:"For a POSIX shell, to be run as root on each real server"`
}

type verifyInput struct {
	Name string `path:"name" doc:"Of the virtual server, as in the list"`
	Body *struct {
		Server string `json:"server,omitempty" doc:"Only this real server; missing: all"`
	}
}

// ready are the addresses about real servers that are reached at the address of the
// service.
func (r *routes) ready() {
	tags, faults := []string{"Servers"}, []int{404, 422, 502, 503}
	add(r, huma.Operation{
		OperationID: "get-kit", Method: http.MethodGet, Path: "/services/{name}/kit", Tags: tags, Errors: faults,
		Summary: "The script that readies real servers for direct routing or a tunnel",
	}, func(ctx context.Context, in *kitInput) (*answer[kitScript], error) {
		lang := langOf(ctx)
		text, err := r.Orders.Script(ctx, in.Name, in.Server, in.For, in.Undo, func(id string) string { return assets.Text(lang, id, nil) })
		return body(kitScript{text}), err
	})
	add(r, huma.Operation{
		OperationID: "verify-servers", Method: http.MethodPost, Path: "/services/{name}/verify", Tags: tags, Errors: faults,
		Summary:     "Ask real servers over the link whether they are ready for direct routing or a tunnel",
		Description: "It takes seconds. Nothing is changed; one verification runs at a time.",
	}, func(ctx context.Context, in *verifyInput) (*answer[control.Verified], error) {
		server := ""
		if in.Body != nil {
			server = in.Body.Server
		}
		v, err := r.Orders.Verify(ctx, in.Name, server)
		return body(v), err
	})
}

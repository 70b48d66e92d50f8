package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/engine/control"
)

// ServerInput is exported since the library fills no fields of others. It names a real server of a virtual server.
type ServerInput struct {
	Name   string `path:"name" doc:"Of the virtual server, as in the list"`
	Server string `path:"server" doc:"As in the virtual server" example:"192.0.2.33:80"`
}

// OrderReason is what goes with every order.
type OrderReason struct {
	Reason string `json:"reason,omitempty" maxLength:"1000" doc:"For those who look at the status"`
}

type drainInput struct {
	ServerInput
	Body struct {
		OrderReason
		Until  string  `json:"until,omitempty" enum:"active,all,persistent" doc:"What has to be gone before the server is safe to stop: open connections; also those being closed; also clients bound to it. Missing: active"`
		Within float64 `json:"within,omitempty" minimum:"0" maximum:"31622400" doc:"Seconds after which an event tells that something is left; 0: none does"`
	}
}

type forcedWeightInput struct {
	ServerInput
	Body struct {
		OrderReason
		Weight int `json:"weight" minimum:"0" maximum:"2147483647" doc:"0 is the same as drain"`
	}
}

type whyInput struct {
	ServerInput
	Body *OrderReason // nil: none was sent
}

func (in *whyInput) reason() string {
	if in.Body == nil {
		return ""
	}
	return in.Body.Reason
}

type awaitInput struct {
	ServerInput
	Wait float64 `query:"wait" minimum:"0" maximum:"60" doc:"Seconds to wait for the end of a drain"`
}

func (r *routes) orders() {
	tags, faults := []string{"Servers"}, []int{404, 422, 502, 503}
	give := func(ctx context.Context, in ServerInput, req control.OrderRequest) (*answer[control.Ordered], error) {
		req.Virtual, req.Server, req.Owner = in.Name, in.Server, author(ctx)
		done, err := r.Orders.Give(ctx, req)
		r.look(ctx)
		return body(done), err
	}
	const path = "/services/{name}/servers/{server}/"
	add(r, huma.Operation{
		OperationID: "drain-server", Method: http.MethodPut, Path: path + "drain", Tags: tags, Errors: faults,
		Summary:     "Send a real server no new clients",
		Description: "What it serves goes on. It stays drained through restarts, reboots and changes of the configuration until PUT back.",
	}, func(ctx context.Context, in *drainInput) (*answer[control.Ordered], error) {
		return give(ctx, in.ServerInput, control.OrderRequest{Mode: "drain", Reason: in.Body.Reason, Until: in.Body.Until, Within: in.Body.Within})
	})
	add(r, huma.Operation{
		OperationID: "await-drain", Method: http.MethodGet, Path: path + "drain", Tags: tags, Errors: faults,
		Summary: "Wait for the end of a drain, and see what is left",
	}, func(ctx context.Context, in *awaitInput) (*answer[control.Ordered], error) {
		done, err := r.Orders.Await(ctx, in.Name, in.Server, time.Duration(in.Wait*float64(time.Second)))
		return body(done), err
	})
	add(r, huma.Operation{
		OperationID: "get-service-stats", Method: http.MethodGet, Path: "/services/{name}/stats", Tags: []string{"State"}, Errors: faults,
		Summary: "What the kernel counts of a virtual server and its real servers, read now",
	}, func(ctx context.Context, in *nameInput) (*answer[control.VirtualStats], error) {
		stats, err := r.Orders.Stats(ctx, in.Name)
		return body(stats), err
	})
	add(r, huma.Operation{
		OperationID: "weigh-server", Method: http.MethodPut, Path: path + "weight", Tags: tags, Errors: faults,
		Summary: "Give a real server another weight than the configured one",
	}, func(ctx context.Context, in *forcedWeightInput) (*answer[control.Ordered], error) {
		return give(ctx, in.ServerInput, control.OrderRequest{Mode: "weight", Reason: in.Body.Reason, Weight: in.Body.Weight})
	})
	add(r, huma.Operation{
		OperationID: "switch-server-off", Method: http.MethodPut, Path: path + "off", Tags: tags, Errors: faults,
		Summary: "Take a real server out at once, and cut its connections",
	}, func(ctx context.Context, in *whyInput) (*answer[control.Ordered], error) {
		return give(ctx, in.ServerInput, control.OrderRequest{Mode: "off", Reason: in.reason()})
	})
	add(r, huma.Operation{
		OperationID: "bring-server-back", Method: http.MethodPut, Path: path + "back", Tags: tags, Errors: faults,
		Summary: "End drain, off or weight: checks and configuration decide again",
	}, func(ctx context.Context, in *whyInput) (*answer[control.Ordered], error) {
		return give(ctx, in.ServerInput, control.OrderRequest{Mode: "back", Reason: in.reason()})
	})
}

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/engine/control"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// roleState is one role of the engine.
type roleState struct {
	Answers bool            `json:"answers" doc:"False: the role could not be asked, and status is the last one seen"`
	Error   string          `json:"error,omitempty"`
	Status  *control.Status `json:"status,omitempty"`
}

// nodeState is where the node stands.
type nodeState struct {
	Node    string           `json:"node"`
	Version string           `json:"version"`
	At      time.Time        `json:"at"`
	VRRP    roleState        `json:"vrrp"`
	LVS     roleState        `json:"lvs"`
	Pending *control.Pending `json:"pending,omitempty" doc:"The applied text that waits for its confirmation"`
}

func roleOf(s live.Side) roleState {
	out := roleState{Answers: s.Seen()}
	if s.Err != nil {
		out.Error = s.Err.Error()
	}
	if s.Seen() || !s.Status.At.IsZero() {
		out.Status = &s.Status
	}
	return out
}

type nameInput struct {
	Name string `path:"name" doc:"As in the list"`
}

func (r *routes) states() {
	add(r, huma.Operation{
		OperationID: "get-status", Method: http.MethodGet, Path: "/status", Summary: "Where this node stands", Tags: []string{"State"},
	}, func(ctx context.Context, _ *nothing) (*answer[nodeState], error) {
		s := r.Watch.Look(ctx)
		return body(nodeState{r.Node, r.Version, s.At, roleOf(s.VRRP), roleOf(s.LVS), s.Pending()}), nil
	})
	add(r, huma.Operation{
		OperationID: "list-instances", Method: http.MethodGet, Path: "/instances", Summary: "The virtual routers", Tags: []string{"State"},
		Errors: []int{503},
	}, func(ctx context.Context, _ *nothing) (*answer[[]control.InstanceStatus], error) {
		list, err := r.instances(ctx)
		return body(list), err
	})
	add(r, huma.Operation{
		OperationID: "get-instance", Method: http.MethodGet, Path: "/instances/{name}", Summary: "One virtual router", Tags: []string{"State"},
		Errors: []int{404, 503},
	}, func(ctx context.Context, in *nameInput) (*answer[control.InstanceStatus], error) {
		list, err := r.instances(ctx)
		return find(list, err, "no-router", in.Name, func(i control.InstanceStatus) bool { return i.Name == in.Name })
	})
	add(r, huma.Operation{
		OperationID: "list-adverts", Method: http.MethodGet, Path: "/adverts", Summary: "The routers that are heard on the wire, ours or not", Tags: []string{"State"},
		Errors: []int{503},
	}, func(ctx context.Context, _ *nothing) (*answer[control.Adverts], error) {
		heard, err := r.Watch.Adverts(ctx)
		if err != nil {
			err = away("vrrp", live.Side{Err: err})
		}
		return body(heard), err
	})
	add(r, huma.Operation{
		OperationID: "list-services", Method: http.MethodGet, Path: "/services", Summary: "The virtual servers with their real servers and checks", Tags: []string{"State"},
		Errors: []int{503},
	}, func(ctx context.Context, _ *nothing) (*answer[[]control.VirtualStatus], error) {
		list, err := r.services(ctx)
		return body(list), err
	})
	add(r, huma.Operation{
		OperationID: "get-service", Method: http.MethodGet, Path: "/services/{name}", Summary: "One virtual server", Tags: []string{"State"},
		Errors: []int{404, 503},
	}, func(ctx context.Context, in *nameInput) (*answer[control.VirtualStatus], error) {
		list, err := r.services(ctx)
		return find(list, err, "no-service", in.Name, func(v control.VirtualStatus) bool { return v.Name == in.Name })
	})
}

func (r *routes) instances(ctx context.Context) ([]control.InstanceStatus, error) {
	side := r.Watch.Look(ctx).VRRP
	return append([]control.InstanceStatus{}, side.Status.Instances...), away("vrrp", side)
}

func (r *routes) services(ctx context.Context) ([]control.VirtualStatus, error) {
	side := r.Watch.Look(ctx).LVS
	return append([]control.VirtualStatus{}, side.Status.Virtuals...), away("lvs", side)
}

func away(role string, s live.Side) error {
	if s.Seen() {
		return nil
	}
	return &fault.Error{Code: fault.RoleAway, Args: map[string]string{"Role": role}, Err: s.Err}
}

func find[T any](list []T, err error, code, name string, is func(T) bool) (*answer[T], error) {
	for _, v := range list {
		if err == nil && is(v) {
			return body(v), nil
		}
	}
	if err == nil {
		err = fault.New(code, "Name", name)
	}
	return nil, err
}

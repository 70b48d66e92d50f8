package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/engine/control"
	"holdfast/web/orders"
)

// StandbyInput is exported since the library fills no fields of others. It is what goes
// with every request about who holds the addresses.
type StandbyInput struct {
	OrderReason
	DryRun bool     `json:"dry_run,omitempty" doc:"Tell what would come of it, and do nothing"`
	Wait   *float64 `json:"wait,omitempty" minimum:"0" maximum:"60" doc:"Seconds in which another router may take over before the answer; missing: 10"`
}

func (in StandbyInput) request(mode, author string) control.StandbyRequest {
	req := control.StandbyRequest{Mode: mode, Owner: author, Reason: in.Reason, Preview: in.DryRun, Wait: orders.StandbyWait}
	if in.Wait != nil {
		req.Wait = *in.Wait
	}
	return req
}

type handOverInput struct {
	Body struct {
		StandbyInput
		Names []string `json:"names,omitempty" maxItems:"4096" doc:"Instances or sync groups, which move as one; none: all"`
		For   float64  `json:"for,omitempty" minimum:"0" maximum:"31622400" doc:"Seconds after which it ends by itself; 0: when it is ended, or when no other router is heard"`
		Force bool     `json:"force,omitempty" doc:"Also where no router is known that would take over"`
	}
}

type handBackInput struct {
	Body struct {
		OrderReason
		Names []string `json:"names,omitempty" maxItems:"4096" doc:"Instances or sync groups; none: all"`
	}
}

type maintenanceInput struct {
	Body struct {
		StandbyInput
		On bool `json:"on" doc:"Whether the node is to be in maintenance"`
	}
}

func (r *routes) standby() {
	tags, faults := []string{"Routers"}, []int{404, 409, 422, 502, 503}
	stand := func(ctx context.Context, req control.StandbyRequest) (*answer[control.StoodBy], error) {
		done, err := r.Orders.Stand(ctx, req)
		if !req.Preview {
			r.look(ctx)
		}
		return body(done), err
	}
	add(r, huma.Operation{
		OperationID: "hand-over", Method: http.MethodPost, Path: "/hand-over", Tags: tags, Errors: faults,
		Summary:     "Have another router take addresses over, once",
		Description: "This node resigns and holds the addresses until another router has taken over; where none does, they stay here. It leaves them there until POST /hand-back, until its time is over, or until no other router is heard.",
	}, func(ctx context.Context, in *handOverInput) (*answer[control.StoodBy], error) {
		req := in.Body.request(control.HandOver, author(ctx))
		req.Names, req.For, req.Force = in.Body.Names, in.Body.For, in.Body.Force
		return stand(ctx, req)
	})
	add(r, huma.Operation{
		OperationID: "hand-back", Method: http.MethodPost, Path: "/hand-back", Tags: tags, Errors: faults,
		Summary: "End a hand-over: the election decides again",
	}, func(ctx context.Context, in *handBackInput) (*answer[control.StoodBy], error) {
		return stand(ctx, control.StandbyRequest{Mode: control.HandBack, Names: in.Body.Names, Owner: author(ctx), Reason: in.Body.Reason})
	})
	add(r, huma.Operation{
		OperationID: "set-maintenance", Method: http.MethodPost, Path: "/maintenance", Tags: tags, Errors: faults,
		Summary:     "Have every other router go first, or end that",
		Description: "In maintenance this node is master only where nobody else is. It lasts through restarts, crashes, reboots and changes of the configuration.",
	}, func(ctx context.Context, in *maintenanceInput) (*answer[control.StoodBy], error) {
		mode := control.MaintenanceOff
		if in.Body.On {
			mode = control.MaintenanceOn
		}
		return stand(ctx, in.Body.request(mode, author(ctx)))
	})
}

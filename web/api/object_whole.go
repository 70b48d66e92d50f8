package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/engine/model"
	"holdfast/engine/objects"
	"holdfast/web/changes"
	"holdfast/web/fault"
)

// configInput is an order to run a whole text.
type configInput struct {
	OrderInput
	Body struct {
		Text string `json:"text" doc:"The whole keepalived.conf"`
	}
}

// wholes declares the order to make a text the one that runs.
func (r *routes) wholes() {
	add(r, huma.Operation{
		OperationID: "put-config", Method: http.MethodPut, Path: "/config", Summary: "Run a text", Tags: []string{"Configuration"},
		Description: "The text is committed and run in one step, beside the candidate. A text that runs already is left alone: changed is false. " +
			"Both roles go back by themselves unless POST /confirm keeps the text within the time that confirm names. " +
			"If-Match is the hash of the text that runs.",
		Errors: []int{409, 412, 422, 502, 503}, MaxBodyBytes: MostBody,
	}, func(ctx context.Context, in *configInput) (*tagged[outcome], error) {
		out := outcome{}
		edit := func(x *objects.Text) (*objects.Text, error) {
			if in.IfMatch != "" && in.IfMatch != "*" && strings.Trim(in.IfMatch, `" `) != model.Hash([]byte(x.String())) {
				return nil, fault.New(fault.ChangedSince, "Name", changes.FileName)
			}
			if err := changes.Fits(in.Body.Text); err != nil {
				return nil, err
			}
			out.Changed = in.Body.Text != x.String()
			return r.Workflow.Objects(in.Body.Text), nil
		}
		in.Apply = true
		if in.DryRun {
			x, err := r.text(ctx, "running")
			if err == nil {
				_, err = edit(x)
			}
			if err != nil {
				return nil, err
			}
			plan := reviewOf(langOf(ctx), r.Workflow.Review(ctx, in.Body.Text))
			out.Plan = &plan
			return &tagged[outcome]{quoted(plan.Hash), out}, nil
		}
		done, err := r.runEdit(ctx, in.OrderInput, edit)
		if err != nil {
			return nil, err
		}
		rev := doneOf(done)
		out.Revision, out.Changed = &rev, done.Changed
		return &tagged[outcome]{quoted(model.Hash([]byte(in.Body.Text))), out}, nil
	})
}

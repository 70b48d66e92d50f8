package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/engine/model"
	"holdfast/store"
	"holdfast/web/changes"
	"holdfast/web/fault"
)

// revision is one configuration of the history.
type revision struct {
	Number     int64     `json:"number"`
	Hash       string    `json:"hash"`
	Parent     string    `json:"parent" doc:"Hash of the revision it was made from"`
	Author     string    `json:"author"`
	Note       string    `json:"note"`
	At         time.Time `json:"at"`
	Outcome    string    `json:"outcome,omitempty" doc:"What became of it last: applied (waits for its confirmation), kept, reverted, refused"`
	Detail     string    `json:"detail,omitempty"`
	Text       string    `json:"text,omitempty" doc:"Only of a single revision"`
	Operations *int      `json:"operations,omitempty" doc:"Only of an order to run a text: how many operations it had both roles carry out in the kernel; 0 is that the text is in force and there was nothing to do"`
	Changed    *bool     `json:"changed,omitempty" doc:"Only of an order to run a text: false is that both roles ran it already, so that nothing was done and no revision was made; number is 0 if no revision has the text"`
}

func revisionOf(r store.Revision) revision {
	return revision{Number: r.Number, Hash: r.Hash, Parent: r.Parent, Author: r.Author, Note: r.Note, At: r.At}
}

// doneOf is the answer to an order to run a text.
func doneOf(d changes.Done) revision {
	out := revisionOf(d.Revision)
	out.Changed, out.Operations = &d.Changed, &d.Operations
	return out
}

type applyBody struct {
	Hash    string            `json:"hash,omitempty" doc:"Of the text that was reviewed; missing: whatever it is now"`
	Running map[string]string `json:"running,omitempty" doc:"By role: hash of what ran when it was reviewed; missing: whatever runs now"`
	Note    string            `json:"note,omitempty" maxLength:"200"`
	Yes     bool              `json:"yes,omitempty" doc:"Also if more than half of the services, addresses or real servers go"`
}

type applyInput struct{ Body applyBody }

type runInput struct {
	Number int64 `path:"number"`
	Body   applyBody
}

type hashInput struct {
	Body struct {
		Hash string `json:"hash" doc:"Of the applied text"`
	}
}

type adoptInput struct {
	Body struct {
		Note string `json:"note,omitempty" maxLength:"200"`
	}
}

type numberInput struct {
	Number int64 `path:"number"`
}

type pageInput struct {
	Before int64 `query:"before" minimum:"0" doc:"Go on below this one; 0: from the newest"`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (r *routes) applications() {
	tags := []string{"Changes"}
	faults := []int{404, 409, 422, 502, 503}
	add(r, huma.Operation{
		OperationID: "apply", Method: http.MethodPost, Path: "/apply", Tags: tags, Errors: faults,
		Summary:     "Commit the candidate and run it",
		Description: "Both roles go back by themselves after 60 s unless POST /confirm keeps the text.",
	}, func(ctx context.Context, in *applyInput) (*answer[revision], error) {
		req := r.order(ctx, in.Body)
		if req.Hash == "" {
			c, err := r.Store.Candidate(ctx)
			if errors.Is(err, store.ErrNotFound) {
				return nil, fault.New("no-candidate")
			}
			if err != nil {
				return nil, err
			}
			req.Hash = model.Hash([]byte(c.Text))
		}
		done, err := r.Workflow.ApplyCandidate(ctx, req)
		r.look(ctx)
		return body(doneOf(done)), err
	})
	add(r, huma.Operation{
		OperationID: "run-revision", Method: http.MethodPost, Path: "/revisions/{number}/run", Tags: tags, Errors: faults,
		Summary: "Roll back: run an earlier revision's text as a new revision",
	}, func(ctx context.Context, in *runInput) (*answer[revision], error) {
		req := r.order(ctx, in.Body)
		if req.Hash == "" {
			old, err := r.Workflow.Revision(ctx, in.Number)
			if err != nil {
				return nil, numbered(err, "no-revision", in.Number)
			}
			req.Hash = old.Hash
		}
		done, err := r.Workflow.RunRevision(ctx, in.Number, req)
		r.look(ctx)
		return body(doneOf(done)), numbered(err, "no-revision", in.Number)
	})
	add(r, huma.Operation{
		OperationID: "confirm", Method: http.MethodPost, Path: "/confirm", Summary: "Keep the applied text", Tags: tags,
		Errors: []int{409, 503}, DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *hashInput) (*nothing, error) {
		err := r.Workflow.Confirm(ctx, author(ctx), in.Body.Hash)
		r.look(ctx)
		return &nothing{}, err
	})
	add(r, huma.Operation{
		OperationID: "revert", Method: http.MethodPost, Path: "/revert", Summary: "Take the applied text back now", Tags: tags,
		Description: "The text stays as a draft, see GET /drafts, unless an earlier revision has it.",
		Errors:      []int{409, 503}, DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *hashInput) (*nothing, error) {
		_, err := r.Workflow.Revert(ctx, author(ctx), in.Body.Hash)
		r.look(ctx)
		return &nothing{}, err
	})
	add(r, huma.Operation{
		OperationID: "adopt", Method: http.MethodPost, Path: "/adopt", Tags: tags, Errors: []int{503},
		Summary: "Make the running text, if it came from elsewhere, a revision",
	}, func(ctx context.Context, in *adoptInput) (*answer[revision], error) {
		rev, err := r.Workflow.Adopt(ctx, author(ctx), in.Body.Note)
		return body(revisionOf(rev)), err
	})
	add(r, huma.Operation{
		OperationID: "list-revisions", Method: http.MethodGet, Path: "/revisions", Summary: "The history, newest first", Tags: tags,
	}, func(ctx context.Context, in *pageInput) (*answer[[]revision], error) {
		list, err := r.Workflow.History(ctx, in.Before, in.Limit)
		out := make([]revision, 0, len(list))
		for _, p := range list {
			one := revisionOf(p.Revision)
			one.Outcome, one.Detail = string(p.Outcome), p.Detail
			out = append(out, one)
		}
		return body(out), err
	})
	add(r, huma.Operation{
		OperationID: "get-revision", Method: http.MethodGet, Path: "/revisions/{number}", Summary: "One revision with its text", Tags: tags, Description: veils,
		Errors: []int{404},
	}, func(ctx context.Context, in *numberInput) (*answer[revision], error) {
		rev, err := r.Workflow.Revision(ctx, in.Number)
		one := revisionOf(rev)
		one.Text = shown(ctx, rev.Text)
		return body(one), numbered(err, "no-revision", in.Number)
	})
}

// order makes the request to apply; what was not sent is taken as it is now.
func (r *routes) order(ctx context.Context, b applyBody) changes.Request {
	req := changes.Request{Author: author(ctx), Note: b.Note, Hash: b.Hash, Running: b.Running, Yes: b.Yes}
	if req.Running == nil {
		req.Running = r.Workflow.Running(ctx).Hashes
	}
	return req
}

// look makes the next answer show what was just done.
func (r *routes) look(ctx context.Context) {
	r.Watch.LookAgain(ctx)
	r.Hub.Wake()
}

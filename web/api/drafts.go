package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/changes"
)

// draft is a text that waited to be applied until another took its place.
type draft struct {
	ID     int64     `json:"id"`
	Name   string    `json:"name" doc:"Empty: nobody has named it, and it makes room for a newer one where there are too many"`
	Hash   string    `json:"hash" doc:"SHA-256 of the text, in hexadecimal"`
	Size   int       `json:"size" doc:"Of the text, in bytes"`
	Base   int64     `json:"base" doc:"The revision it was made from; 0: none"`
	Author string    `json:"author" doc:"Who saved the text"`
	At     time.Time `json:"at" doc:"When it was saved"`
	By     string    `json:"by" doc:"Who put another text in its place"`
	KeptAt time.Time `json:"kept_at" doc:"When that was"`
	Text   string    `json:"text,omitempty" doc:"Only of a single draft"`
}

func draftOf(d store.Draft) draft {
	return draft{d.ID, d.Name, d.Hash, d.Size, d.Base, d.Author, d.At, d.By, d.KeptAt, d.Text}
}

// diffLine is a line of a difference.
type diffLine struct {
	Op   string `json:"op" doc:"Blank: in both texts; + or -: only in the draft, only in the other; @: equal lines are left out here"`
	Old  int    `json:"old,omitempty" doc:"Number of the line in the other text"`
	New  int    `json:"new,omitempty" doc:"Number of the line in the draft"`
	Text string `json:"text,omitempty"`
}

type draftInput struct {
	ID int64 `path:"id"`
}

type compareInput struct {
	ID   int64  `path:"id"`
	With string `query:"with" default:"running" maxLength:"20" doc:"running, candidate, or the number of another draft"`
}

type draftNameInput struct {
	ID   int64 `path:"id"`
	Body struct {
		Name string `json:"name" doc:"Up to 80 characters; empty takes the name away"`
	}
}

type openInput struct {
	ID   int64 `path:"id"`
	Body struct {
		Version int `json:"version" doc:"Of the candidate that it is to replace, which becomes a draft; 0: there is none"`
	}
}

func (r *routes) drafts() {
	tags := []string{"Changes"}
	add(r, huma.Operation{
		OperationID: "list-drafts", Method: http.MethodGet, Path: "/drafts", Summary: "Texts that waited until another took their place, newest first", Tags: tags,
	}, func(ctx context.Context, _ *nothing) (*answer[[]draft], error) {
		list, err := r.Store.Drafts(ctx)
		out := make([]draft, 0, len(list))
		for _, d := range list {
			out = append(out, draftOf(d))
		}
		return body(out), err
	})
	add(r, huma.Operation{
		OperationID: "get-draft", Method: http.MethodGet, Path: "/drafts/{id}", Summary: "One draft with its text", Tags: tags, Description: veils, Errors: []int{404},
	}, func(ctx context.Context, in *draftInput) (*answer[draft], error) {
		d, err := r.Store.DraftByID(ctx, in.ID)
		d.Text = shown(ctx, d.Text)
		return body(draftOf(d)), numbered(err, "no-draft", in.ID)
	})
	add(r, huma.Operation{
		OperationID: "compare-draft", Method: http.MethodGet, Path: "/drafts/{id}/difference", Summary: "The difference from another text to a draft", Tags: tags, Errors: []int{404, 503},
	}, func(ctx context.Context, in *compareInput) (*answer[[]diffLine], error) {
		_, lines, err := r.Workflow.CompareDraft(ctx, in.ID, changes.Other(in.With), access.Sees(ctx))
		out := make([]diffLine, 0, len(lines))
		for _, l := range lines {
			out = append(out, diffLine{l.Op, l.Old, l.New, l.Text})
		}
		return body(out), numbered(err, "no-draft", in.ID)
	})
	add(r, huma.Operation{
		OperationID: "rename-draft", Method: http.MethodPut, Path: "/drafts/{id}/name", Summary: "Give a draft a name, so that it stays", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{404, 409, 422},
	}, func(ctx context.Context, in *draftNameInput) (*nothing, error) {
		return &nothing{}, numbered(r.Workflow.RenameDraft(ctx, author(ctx), in.ID, in.Body.Name), "no-draft", in.ID)
	})
	add(r, huma.Operation{
		OperationID: "open-draft", Method: http.MethodPost, Path: "/drafts/{id}/open", Summary: "Make the text of a draft the candidate", Tags: tags,
		Description: "The draft stays.", Errors: []int{404, 409},
	}, func(ctx context.Context, in *openInput) (*answer[candidate], error) {
		saved, err := r.Workflow.OpenDraft(ctx, author(ctx), in.ID, in.Body.Version)
		return body(candidateOf(saved)), numbered(err, "no-draft", in.ID)
	})
	add(r, huma.Operation{
		OperationID: "delete-draft", Method: http.MethodDelete, Path: "/drafts/{id}", Summary: "Delete a draft", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{404},
	}, func(ctx context.Context, in *draftInput) (*nothing, error) {
		return &nothing{}, numbered(r.Store.DropDraft(ctx, in.ID, author(ctx)), "no-draft", in.ID)
	})
}

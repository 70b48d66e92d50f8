package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"holdfast/engine/journal"
	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/live"
)

type eventsInput struct {
	Before int64  `query:"before" minimum:"0" doc:"Go on behind the event with this ID; 0: from the newest"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Kind   string `query:"kind" example:"server-state"`
	Object string `query:"object" doc:"The object and what is below it" example:"tcp:192.0.2.100:80"`
	Text   string `query:"q" doc:"Somewhere in the object or the facts"`
}

type streamInput struct {
	After int64 `query:"after" doc:"Begin above this ID; Last-Event-ID overrules it"`
}

func (r *routes) events() {
	tags := []string{"Events"}
	add(r, huma.Operation{
		OperationID: "list-events", Method: http.MethodGet, Path: "/events", Summary: "What happened, by the time of the event, newest first", Tags: tags,
	}, func(ctx context.Context, in *eventsInput) (*answer[[]live.Event], error) {
		rows, err := r.Store.JournalPage(ctx, store.JournalFilter{
			Before: in.Before, Kind: journal.Kind(in.Kind), Object: in.Object, Text: in.Text, Limit: in.Limit,
		})
		out := make([]live.Event, 0, len(rows))
		for _, row := range rows {
			out = append(out, live.EventOf(row))
		}
		return body(out), err
	})
	add(r, huma.Operation{
		OperationID: "stream-events", Method: http.MethodGet, Path: "/events/stream", Tags: tags,
		Summary: "What happens, as server-sent events", Errors: []int{429},
		Responses: map[string]*huma.Response{"200": {
			Description: "One event named entry for each journal row, its data an Event; the event's id is the row's.",
			Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, func(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
		session, _ := auth.Of(ctx)
		return &huma.StreamResponse{Body: func(c huma.Context) {
			g := humagin.Unwrap(c)
			err := r.Hub.StreamJournal(g.Writer, g.Request, session.ID, in.After, r.Store.JournalSince, func() bool {
				return r.Auth.Alive(g.Request.Context(), session)
			})
			if err != nil {
				Refuse(g, err)
			}
		}}, nil
	})
}

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/web/auth"
)

// setupInput spends the token of the setup link.
type setupInput struct {
	requestInput
	Body struct {
		Token    string `json:"token" doc:"From the setup link" maxLength:"200"`
		Name     string `json:"name" maxLength:"64"`
		Password string `json:"password" maxLength:"512"`
		Lang     string `json:"lang,omitempty" enum:"en,zh-CN" doc:"Of the console for this account; missing: as the browser asks"`
	}
}

type passwordInput struct {
	requestInput
	Body struct {
		Old string `json:"old" minLength:"1" maxLength:"512"`
		New string `json:"new" maxLength:"512"`
	}
}

type preferencesInput struct {
	Body struct {
		Lang  string `json:"lang,omitempty" enum:"en,zh-CN" doc:"Missing: as the browser asks"`
		Theme string `json:"theme,omitempty" enum:"light,dark" doc:"Missing: as the system"`
	}
}

// act is one thing a user did.
type act struct {
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	User   string    `json:"user,omitempty" doc:"Missing: it happened by itself"`
	Action string    `json:"action" example:"revision-kept"`
	Object string    `json:"object,omitempty"`
	Before string    `json:"before,omitempty" doc:"Where the text begins that was"`
	After  string    `json:"after,omitempty"`
}

func (r *routes) accounts() {
	tags := []string{"Account"}
	add(r, huma.Operation{
		OperationID: "set-up", Method: http.MethodPost, Path: "/setup", Summary: "Create the first account and log in", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{403, 422},
	}, func(ctx context.Context, in *setupInput) (*cookied, error) {
		b := in.Body
		entry, err := r.Auth.SetUp(ctx, b.Token, b.Name, b.Password, b.Lang, auth.From(in.request))
		if err != nil {
			return nil, err
		}
		return &cookied{entry.Cookies(in.request)}, nil
	})
	add(r, huma.Operation{
		OperationID: "change-password", Method: http.MethodPut, Path: "/password", Summary: "Change the user's password", Tags: tags,
		Description: "All sessions of the user end, this one included.", DefaultStatus: http.StatusNoContent, Errors: []int{422, 429},
	}, func(ctx context.Context, in *passwordInput) (*cookied, error) {
		s, err := loggedIn(ctx)
		if err != nil {
			return nil, err
		}
		if err := r.Auth.ChangePassword(ctx, s.User, in.Body.Old, in.Body.New, auth.From(in.request)); err != nil {
			return nil, err
		}
		return &cookied{[]http.Cookie{*auth.Cookie(in.request, "")}}, nil
	})
	add(r, huma.Operation{
		OperationID: "put-preferences", Method: http.MethodPut, Path: "/preferences", Summary: "Set the user's language and theme", Tags: tags,
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *preferencesInput) (*nothing, error) {
		s, err := loggedIn(ctx)
		if err != nil {
			return nil, err
		}
		return &nothing{}, r.Store.SetPreferences(ctx, s.User.ID, in.Body.Lang, in.Body.Theme)
	})
	add(r, huma.Operation{
		OperationID: "list-audit", Method: http.MethodGet, Path: "/audit", Summary: "Who did what, newest first", Tags: tags,
	}, func(ctx context.Context, in *pageInput) (*answer[[]act], error) {
		rows, err := r.Store.AuditPage(ctx, in.Before, in.Limit)
		out := make([]act, 0, len(rows))
		for _, a := range rows {
			out = append(out, act{a.ID, a.At, a.User, a.Action, a.Object, a.Before, a.After})
		}
		return body(out), err
	})
}

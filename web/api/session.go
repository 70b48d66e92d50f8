package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"holdfast/store"
	"holdfast/web/auth"
)

// session is one log-in as the API shows it.
type session struct {
	ID      int64     `json:"id"`
	User    string    `json:"user"`
	Role    string    `json:"role" enum:"viewer,operator,editor,admin"`
	Agent   string    `json:"agent" doc:"The browser, as it named itself"`
	Address string    `json:"address"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen" doc:"Last use, to the minute"`
	Ends    time.Time `json:"ends" doc:"At the latest, if it is not used again"`
	Current bool      `json:"current"`
}

func sessionOf(s store.Session, current int64) session {
	return session{s.ID, s.User.Name, string(s.User.Role), s.Agent, s.Addr, s.CreatedAt, s.SeenAt, s.Ends, s.ID == current}
}

// cookied is an answer that sets or takes away cookies.
type cookied struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// requestInput is the request itself, for the cookie's name and the address.
type requestInput struct{ request *http.Request }

type loginInput struct {
	requestInput
	Body struct {
		Name     string `json:"name" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"512"`
		Code     string `json:"code,omitempty" maxLength:"32" doc:"Of the second factor, or a recovery code, where the account has one"`
	}
}

// Resolve keeps the request for the handler.
func (in *requestInput) Resolve(c huma.Context) []error {
	in.request = humagin.Unwrap(c).Request
	return nil
}

type idInput struct {
	ID int64 `path:"id"`
}

func (r *routes) sessions() {
	add(r, huma.Operation{
		OperationID: "log-in", Method: http.MethodPost, Path: "/session", Summary: "Log in", Tags: []string{"Session"},
		DefaultStatus: http.StatusNoContent, Errors: []int{401, 429},
	}, func(ctx context.Context, in *loginInput) (*cookied, error) {
		from := auth.From(in.request)
		from.Code = in.Body.Code
		entry, err := r.Auth.LogIn(ctx, in.Body.Name, in.Body.Password, from)
		if err != nil {
			return nil, err
		}
		// The session that came along loses its cookie here, so it ends.
		if old := auth.Token(in.request); old != "" {
			if err := r.Store.EndSession(ctx, old); err != nil {
				return nil, err
			}
		}
		return &cookied{entry.Cookies(in.request)}, nil
	})
	add(r, huma.Operation{
		OperationID: "log-out", Method: http.MethodDelete, Path: "/session", Summary: "Log out", Tags: []string{"Session"},
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *requestInput) (*cookied, error) {
		if err := r.Auth.LogOut(ctx, in.request); err != nil {
			return nil, err
		}
		return &cookied{[]http.Cookie{*auth.Cookie(in.request, "")}}, nil
	})
	add(r, huma.Operation{
		OperationID: "get-session", Method: http.MethodGet, Path: "/session", Summary: "This session and its user", Tags: []string{"Session"},
	}, func(ctx context.Context, _ *nothing) (*answer[session], error) {
		s, _ := auth.Of(ctx)
		return body(sessionOf(s, s.ID)), nil
	})
	add(r, huma.Operation{
		OperationID: "list-sessions", Method: http.MethodGet, Path: "/sessions", Summary: "The user's sessions", Tags: []string{"Session"},
	}, func(ctx context.Context, _ *nothing) (*answer[[]session], error) {
		s, err := loggedIn(ctx)
		if err != nil {
			return nil, err
		}
		list, err := r.Store.ListSessions(ctx, s.User.ID)
		out := make([]session, 0, len(list))
		for _, one := range list {
			out = append(out, sessionOf(one, s.ID))
		}
		return body(out), err
	})
	add(r, huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: "/sessions/{id}", Summary: "End one of the user's sessions", Tags: []string{"Session"},
		DefaultStatus: http.StatusNoContent, Errors: []int{404},
	}, func(ctx context.Context, in *idInput) (*nothing, error) {
		s, err := loggedIn(ctx)
		if err != nil {
			return nil, err
		}
		return &nothing{}, numbered(r.Store.RevokeSession(ctx, s.User.ID, in.ID), "no-session", in.ID)
	})
}

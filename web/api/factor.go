package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/web/auth"
)

// secondFactor is what an authenticator app is told.
type secondFactor struct {
	Secret string `json:"secret" doc:"In base32, to be typed into an app"`
	URL    string `json:"url" doc:"otpauth, for apps that take one"`
}

type codeInput struct {
	Body struct {
		Code string `json:"code" maxLength:"32" doc:"That the app shows"`
	}
}

type recovery struct {
	Codes []string `json:"codes" doc:"Each takes the place of one code, once. They are not shown again"`
}

type dropFactorInput struct {
	requestInput
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"512"`
	}
}

// factors declares what a user does to the own second factor: codes by time, as of RFC 6238.
func (r *routes) factors() {
	tags := []string{"Account"}
	add(r, huma.Operation{
		OperationID: "begin-second-factor", Method: http.MethodPost, Path: "/second-factor", Tags: tags, Errors: []int{409},
		Summary:     "Make the secret of a second factor",
		Description: "It is in force once PUT /second-factor has seen a code of it.",
	}, func(ctx context.Context, _ *nothing) (*answer[secondFactor], error) {
		s, err := loggedIn(ctx)
		if err != nil {
			return nil, err
		}
		f, err := r.Auth.BeginFactor(ctx, s.User.ID, r.Node)
		return body(secondFactor{f.Secret, f.URL}), err
	})
	add(r, huma.Operation{
		OperationID: "set-second-factor", Method: http.MethodPut, Path: "/second-factor", Tags: tags, Errors: []int{409, 422},
		Summary: "Put the second factor in force, and get the recovery codes",
	}, func(ctx context.Context, in *codeInput) (*answer[recovery], error) {
		s, err := loggedIn(ctx)
		if err != nil {
			return nil, err
		}
		codes, err := r.Auth.ConfirmFactor(ctx, s.User.ID, in.Body.Code)
		return body(recovery{codes}), err
	})
	add(r, huma.Operation{
		OperationID: "drop-second-factor", Method: http.MethodDelete, Path: "/second-factor", Tags: tags, Errors: []int{401, 429},
		Summary: "Take the second factor away", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *dropFactorInput) (*nothing, error) {
		s, err := loggedIn(ctx)
		if err != nil {
			return nil, err
		}
		return &nothing{}, r.Auth.DropFactor(ctx, s.User, in.Body.Password, auth.From(in.request))
	})
}

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/fault"
)

// person is an account as the API shows it.
type person struct {
	Name         string    `json:"name"`
	Role         string    `json:"role" enum:"viewer,operator,editor,admin" doc:"Each may do what the ones before it may"`
	Created      time.Time `json:"created"`
	SecondFactor bool      `json:"second_factor" doc:"It needs a code beside the password"`
}

func personOf(u store.User) person {
	return person{u.Name, string(u.Role), u.CreatedAt, u.Factor != ""}
}

// UserInput is exported since the library fills no fields of others. It names an account.
type UserInput struct {
	Name string `path:"name" doc:"As in the list"`
}

type newUserInput struct {
	Body struct {
		Name     string `json:"name" maxLength:"64" doc:"Letters, digits, dots, dashes, underscores or @"`
		Password string `json:"password" maxLength:"512" doc:"At least 12 characters"`
		Role     string `json:"role" enum:"viewer,operator,editor,admin"`
	}
}

type patchUserInput struct {
	UserInput
	Body struct {
		Role         string `json:"role,omitempty" enum:"viewer,operator,editor,admin" doc:"Missing: as it is"`
		Password     string `json:"password,omitempty" maxLength:"512" doc:"Missing: as it is. All sessions of the account end"`
		SecondFactor *bool  `json:"second_factor,omitempty" enum:"false" doc:"false takes the second factor away, as for a lost phone; only its owner can set one"`
	}
}

// madeToken is a token as it is shown once.
type madeToken struct {
	token
	Token string `json:"token" doc:"For Authorization: Bearer. It is not shown again"`
}

// token is a token as a list shows it.
type token struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Begin   string    `json:"begin" doc:"How the token begins"`
	Scope   string    `json:"scope" enum:"read,operate,configure,admin" doc:"read: as a viewer; operate: as an operator; configure: as an editor; admin: as an administrator"`
	Author  string    `json:"author" doc:"Who made it; it has no more rights than that account has now, and ends with it"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero" doc:"Missing: it does not"`
	Expired bool      `json:"expired"`
	Used    time.Time `json:"used,omitzero" doc:"Last use, to the minute; missing: never"`
	From    string    `json:"from,omitempty" doc:"The address of the last use"`
}

func tokenOf(t store.Token, now time.Time) token {
	return token{t.ID, t.Name, t.Begin, string(t.Scope), t.Author, t.Created, t.Expires, !t.Expires.IsZero() && !t.Expires.After(now), t.Used, t.From}
}

type newTokenInput struct {
	Body struct {
		Name  string `json:"name" maxLength:"64" doc:"The audit names it so, behind \"token:\"" example:"ansible"`
		Scope string `json:"scope" enum:"read,operate,configure,admin"`
		Days  int    `json:"days,omitempty" minimum:"0" maximum:"3650" doc:"After which it expires; 0: it does not"`
	}
}

// loggedIn is the session of a request of a person. Fault: forbidden, to a program.
func loggedIn(ctx context.Context) (store.Session, error) {
	s, ok := auth.Of(ctx)
	switch {
	case !ok:
		return s, fault.New(fault.Unauthorized)
	case s.Token != 0:
		return s, fault.New(fault.Forbidden)
	}
	return s, nil
}

// changedUser is what became of an order to change an account.
type changedUser struct {
	Changed bool   `json:"changed" doc:"False: it was so already, and nothing was done"`
	User    person `json:"user"`
}

func (r *routes) people() {
	tags := []string{"Accounts"}
	add(r, huma.Operation{
		OperationID: "list-users", Method: http.MethodGet, Path: "/users", Summary: "The accounts, by name", Tags: tags,
	}, func(ctx context.Context, _ *nothing) (*answer[[]person], error) {
		list, err := r.Store.ListUsers(ctx)
		out := make([]person, 0, len(list))
		for _, u := range list {
			out = append(out, personOf(u))
		}
		return body(out), err
	})
	add(r, huma.Operation{
		OperationID: "add-user", Method: http.MethodPost, Path: "/users", Summary: "Add an account", Tags: tags,
		DefaultStatus: http.StatusCreated, Errors: []int{409, 422},
	}, func(ctx context.Context, in *newUserInput) (*answer[person], error) {
		u, err := r.Auth.AddUser(ctx, author(ctx), in.Body.Name, in.Body.Password, store.Role(in.Body.Role))
		return body(personOf(u)), err
	})
	add(r, huma.Operation{
		OperationID: "patch-user", Method: http.MethodPatch, Path: "/users/{name}", Summary: "Change the role, the password or the second factor of an account", Tags: tags,
		Errors: []int{404, 409, 422},
	}, func(ctx context.Context, in *patchUserInput) (*answer[changedUser], error) {
		return r.patchUser(ctx, in)
	})
	add(r, huma.Operation{
		OperationID: "remove-user", Method: http.MethodDelete, Path: "/users/{name}", Summary: "Remove an account, with its sessions and tokens", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{404, 409},
	}, func(ctx context.Context, in *UserInput) (*nothing, error) {
		return &nothing{}, r.Auth.RemoveUser(ctx, author(ctx), in.Name)
	})
	r.tokens(tags)
}

func (r *routes) patchUser(ctx context.Context, in *patchUserInput) (*answer[changedUser], error) {
	u, err := r.Auth.User(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	changed := false
	if in.Body.Role != "" {
		if changed, err = r.Auth.SetRole(ctx, author(ctx), u.Name, store.Role(in.Body.Role)); err != nil {
			return nil, err
		}
	}
	if in.Body.Password != "" {
		if err := r.Auth.SetPasswordOf(ctx, author(ctx), u.Name, in.Body.Password); err != nil {
			return nil, err
		}
		changed = true
	}
	if f := in.Body.SecondFactor; f != nil && !*f && u.Factor != "" {
		if err := r.Store.DropFactor(ctx, u.ID, author(ctx)); err != nil {
			return nil, err
		}
		changed = true
	}
	u, err = r.Auth.User(ctx, u.Name)
	return body(changedUser{changed, personOf(u)}), err
}

func (r *routes) tokens(tags []string) {
	add(r, huma.Operation{
		OperationID: "list-tokens", Method: http.MethodGet, Path: "/tokens", Summary: "The tokens of programs, by name", Tags: tags,
	}, func(ctx context.Context, _ *nothing) (*answer[[]token], error) {
		list, err := r.Store.ListTokens(ctx)
		out := make([]token, 0, len(list))
		for _, t := range list {
			out = append(out, tokenOf(t, time.Now()))
		}
		return body(out), err
	})
	add(r, huma.Operation{
		OperationID: "make-token", Method: http.MethodPost, Path: "/tokens", Summary: "Make a token for a program", Tags: tags,
		Description:   "It is sent as Authorization: Bearer TOKEN. A token that another token makes belongs to the host and not to an account.",
		DefaultStatus: http.StatusCreated, Errors: []int{409, 422},
	}, func(ctx context.Context, in *newTokenInput) (*answer[madeToken], error) {
		s, _ := auth.Of(ctx)
		ask := store.Token{Name: in.Body.Name, Scope: store.TokenScope(in.Body.Scope), UserID: s.User.ID, Author: s.User.Name}
		secret, made, err := r.Auth.MakeToken(ctx, ask, s.User.Role, time.Duration(in.Body.Days)*24*time.Hour)
		return body(madeToken{tokenOf(made, time.Now()), secret}), err
	})
	add(r, huma.Operation{
		OperationID: "revoke-token", Method: http.MethodDelete, Path: "/tokens/{id}", Summary: "End a token", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{404},
	}, func(ctx context.Context, in *idInput) (*nothing, error) {
		return &nothing{}, r.Auth.RevokeToken(ctx, author(ctx), in.ID)
	})
}

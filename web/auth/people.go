package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"holdfast/store"
	"holdfast/web/fault"
)

// AddUser makes an account; by is who does. Faults: name-*, password-*, choice, user-there.
func (a *Authenticator) AddUser(ctx context.Context, by, name, password string, role store.Role) (store.User, error) {
	name = strings.TrimSpace(name)
	if code := judgeName(name); code != "" {
		return store.User{}, fault.In("name", "name-"+code)
	}
	if code := judgePassword(password, name); code != "" {
		return store.User{}, fault.In("password", "password-"+code)
	}
	if !slices.Contains(store.Roles, role) {
		return store.User{}, fault.In("role", "choice")
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return store.User{}, err
	}
	user, err := a.store.CreateUser(ctx, name, hash, role, "")
	if errors.Is(err, store.ErrConflict) {
		return user, &fault.Error{Code: "user-there", Field: "name", Args: map[string]string{"Name": name}}
	}
	if err != nil {
		return user, err
	}
	return user, a.store.Audit(ctx, by, "user-added", user.Name, "", string(role))
}

// User is the account with a name. Fault: no-user.
func (a *Authenticator) User(ctx context.Context, name string) (store.User, error) {
	user, err := a.store.UserByName(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return user, fault.New("no-user", "Name", name)
	}
	return user, err
}

// SetRole gives an account another role. Faults: no-user, choice, last-admin.
func (a *Authenticator) SetRole(ctx context.Context, by, name string, role store.Role) (changed bool, err error) {
	if !slices.Contains(store.Roles, role) {
		return false, fault.In("role", "choice")
	}
	user, err := a.User(ctx, name)
	if err != nil || user.Role == role {
		return false, err
	}
	return true, last(a.store.SetRole(ctx, user.ID, role, by))
}

// SetPasswordOf gives an account another password, by an administrator; its sessions end.
// Faults: no-user, password-*.
func (a *Authenticator) SetPasswordOf(ctx context.Context, by, name, password string) error {
	user, err := a.User(ctx, name)
	if err != nil {
		return err
	}
	if code := judgePassword(password, user.Name); code != "" {
		return fault.In("password", "password-"+code)
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	if err := a.store.Audit(ctx, by, "password-changed", user.Name, "", ""); err != nil {
		return err
	}
	return a.store.SetPassword(ctx, user.ID, hash)
}

// RemoveUser deletes an account with its sessions and tokens. Faults: no-user, last-admin.
func (a *Authenticator) RemoveUser(ctx context.Context, by, name string) error {
	user, err := a.User(ctx, name)
	if err != nil {
		return err
	}
	return last(a.store.RemoveUser(ctx, user.ID, by))
}

// last names the refusal to lose the last administrator.
func last(err error) error {
	if errors.Is(err, store.ErrLastAdmin) {
		return &fault.Error{Code: "last-admin", Err: err}
	}
	return err
}

// Scopes are what a token may be good for, each as much as the ones before it.
var Scopes = []store.TokenScope{store.Read, store.Operate, store.Configure, store.Manage}

// MakeToken makes the token that t describes, which expires after so long; 0 is: never.
// have is the role of who makes it. Faults: token-name, choice, forbidden, token-there,
// tokens-full.
func (a *Authenticator) MakeToken(ctx context.Context, t store.Token, have store.Role, expires time.Duration) (secret string, made store.Token, err error) {
	t.Name = strings.TrimSpace(t.Name)
	switch {
	case judgeName(t.Name) != "" || utf8.RuneCountInString(t.Name) > maxName:
		return "", made, fault.In("name", "token-name")
	case !slices.Contains(Scopes, t.Scope):
		return "", made, fault.In("scope", "choice")
	case slices.Index(store.Roles, t.Scope.Role()) > slices.Index(store.Roles, have):
		return "", made, fault.New(fault.Forbidden)
	case expires < 0 || expires > mostExpiry:
		return "", made, fault.In("days", "number")
	}
	if expires > 0 {
		t.Expires = a.now().Add(expires)
	}
	secret, made, err = a.store.IssueToken(ctx, t)
	switch {
	case errors.Is(err, store.ErrConflict):
		err = &fault.Error{Code: "token-there", Field: "name", Args: map[string]string{"Name": t.Name}}
	case errors.Is(err, store.ErrTokens):
		err = &fault.Error{Code: "tokens-full", Err: err}
	}
	return secret, made, err
}

// mostExpiry is how long a token that expires may be good at most.
const mostExpiry = 10 * 366 * 24 * time.Hour

// RevokeToken ends the token with this ID. Fault: no-token.
func (a *Authenticator) RevokeToken(ctx context.Context, by string, id int64) error {
	err := a.store.RevokeToken(ctx, id, by)
	if errors.Is(err, store.ErrNotFound) {
		return fault.New("no-token")
	}
	return err
}

// RevokeNamed ends the token with this name. Fault: no-token.
func (a *Authenticator) RevokeNamed(ctx context.Context, by, name string) error {
	tokens, err := a.store.ListTokens(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(tokens, func(t store.Token) bool { return strings.EqualFold(t.Name, name) })
	if i < 0 {
		return fault.New("no-token")
	}
	return a.RevokeToken(ctx, by, tokens[i].ID)
}

package auth

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"holdfast/store"
	"holdfast/web/fault"
)

// SetupLink makes the one-time link that leads to the first account, as long as
// there is none; "" after that. It leads to origin. An earlier link ends. It is good for
// store.SetupTTL.
func (a *Authenticator) SetupLink(ctx context.Context, origin string) (string, error) {
	has, err := a.store.HasUsers(ctx)
	if err != nil || has {
		return "", err
	}
	token, err := a.store.IssueSetupToken(ctx, store.FirstAccount, store.SetupTTL)
	if err != nil {
		return "", err
	}
	return Link(origin, token), nil
}

// Link is the setup link of a token at an origin.
func Link(origin, token string) string { return origin + "/setup?token=" + url.QueryEscape(token) }

// SetupOpen says whether a token would be taken now: for the first account, for
// which name is "", or for a new password of the account name. Fault:
// setup-closed.
func (a *Authenticator) SetupOpen(ctx context.Context, token string) (name string, err error) {
	user, err := a.setupFor(ctx, token)
	return user.Name, err
}

// setupFor is the account a token is for; the zero one is the first, which is yet
// to be made.
func (a *Authenticator) setupFor(ctx context.Context, token string) (store.User, error) {
	id, err := a.store.CheckSetupToken(ctx, token)
	if err == nil && id != store.FirstAccount {
		user, err := a.store.UserByID(ctx, id)
		return user, closed(err)
	}
	if err == nil {
		var has bool
		if has, err = a.store.HasUsers(ctx); has {
			err = store.ErrNotFound
		}
	}
	return store.User{}, closed(err)
}

// closed words what is not there.
func closed(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New("setup-closed")
	}
	return err
}

// SetUp spends the token and logs in: it makes the first account, an
// administrator, or gives the account that the token is for a new password,
// whatever name says. Faults: setup-closed, name-*, password-*.
func (a *Authenticator) SetUp(ctx context.Context, setupToken, name, password, lang string, from Client) (Entry, error) {
	user, err := a.setupFor(ctx, setupToken)
	if err != nil {
		return Entry{}, err
	}
	first := user.ID == store.FirstAccount
	if first {
		user.Name = strings.TrimSpace(name)
		if code := judgeName(user.Name); code != "" {
			return Entry{}, fault.In("name", "name-"+code)
		}
	}
	if code := judgePassword(password, user.Name); code != "" {
		return Entry{}, fault.In("password", "password-"+code)
	}
	hash, err := a.hasher.hash(ctx, password)
	if err == nil {
		err = closed(a.store.UseSetupToken(ctx, setupToken))
	}
	if err != nil {
		return Entry{}, err
	}
	if !first {
		if err := a.store.SetPassword(ctx, user.ID, hash); err != nil {
			return Entry{}, err
		}
		return a.admit(ctx, user, "password-changed", from)
	}
	if user, err = a.store.CreateUser(ctx, user.Name, hash, store.Admin, lang); err != nil {
		return Entry{}, err
	}
	return a.admit(ctx, user, "setup", from)
}

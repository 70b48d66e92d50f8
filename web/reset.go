package web

import (
	"context"
	"errors"
	"slices"
	"strings"

	"holdfast/store"
)

// What keeps an account from being picked by a name.
var (
	ErrNoAccount = errors.New("there is no such account")
	ErrWhich     = errors.New("there are several accounts")
)

// ResetUser makes a token for a new password of the account name, or of the only
// one for ""; where there is none yet it is for the first account, and the user is
// the zero one. All waits after failed log-ins end. by is noted as who did it.
// ErrNoAccount, ErrWhich: names are those there are.
func ResetUser(ctx context.Context, s *store.Store, name, by string) (user store.User, token string, names []string, err error) {
	users, err := s.ListUsers(ctx)
	if err != nil {
		return user, "", nil, err
	}
	for _, u := range users {
		names = append(names, u.Name)
	}
	at := slices.IndexFunc(users, func(u store.User) bool { return strings.EqualFold(u.Name, name) || name == "" && len(users) == 1 })
	switch {
	case at >= 0:
		user = users[at]
	case len(users) > 0 && name == "":
		return user, "", names, ErrWhich
	case len(users) > 0:
		return user, "", names, ErrNoAccount
	}
	err = errors.Join(s.ForgetAllLoginFailures(ctx), s.Audit(ctx, by, "user-reset", user.Name, "", ""))
	if err == nil {
		token, err = s.IssueSetupToken(ctx, user.ID, store.SetupTTL)
	}
	return user, token, names, err
}

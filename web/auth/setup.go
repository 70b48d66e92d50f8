package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"holdfast/store"
	"holdfast/web/fault"
)

// SetupLink makes the one-time link that leads to the first account, as long as
// there is none; "" after that. An earlier link ends. It is good for
// store.SetupTTL.
func (a *Authenticator) SetupLink(ctx context.Context, at net.Addr) (string, error) {
	has, err := a.store.HasUsers(ctx)
	if err != nil || has {
		return "", err
	}
	token, err := a.store.IssueSetupToken(ctx, store.SetupTTL)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("http://%s/setup?token=%s", reachable(at), url.QueryEscape(token)), nil
}

// reachable is an address a browser on this machine can open: a wildcard
// listener is reached by loopback.
func reachable(at net.Addr) string {
	host, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return at.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// SetupOpen says whether a token would be taken now. Fault: setup-closed.
func (a *Authenticator) SetupOpen(ctx context.Context, token string) error {
	has, err := a.store.HasUsers(ctx)
	if err == nil && !has {
		err = a.store.CheckSetupToken(ctx, token)
	}
	if has || errors.Is(err, store.ErrNotFound) {
		return fault.New("setup-closed")
	}
	return err
}

// SetUp spends the token, makes the first account (an administrator) and logs
// it in. Faults: setup-closed, name-*, password-*.
func (a *Authenticator) SetUp(ctx context.Context, setupToken, name, password, lang string, from Client) (token string, err error) {
	name = strings.TrimSpace(name)
	if err := a.SetupOpen(ctx, setupToken); err != nil {
		return "", err
	}
	if code := judgeName(name); code != "" {
		return "", fault.In("name", "name-"+code)
	}
	if code := judgePassword(password, name); code != "" {
		return "", fault.In("password", "password-"+code)
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	if err := a.store.UseSetupToken(ctx, setupToken); err != nil {
		return "", err
	}
	user, err := a.store.CreateUser(ctx, name, hash, store.Admin, lang)
	if err != nil {
		return "", err
	}
	if err := a.store.Audit(ctx, user.Name, "setup", user.Name, "", from.Addr); err != nil {
		return "", err
	}
	return a.store.CreateSession(ctx, user.ID, from.Agent, from.Addr)
}

package auth

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"holdfast/store"
	"holdfast/web/fault"
)

// errRefused: user and password do not match, whichever of them is wrong.
var errRefused = fault.New("login-refused")

// throttled says that there were too many failures, and how many seconds to wait.
func throttled(wait time.Duration) error {
	seconds := (wait + time.Second - 1) / time.Second
	return fault.New("login-throttled", "Seconds", strconv.Itoa(int(seconds)))
}

// Authenticator logs users in and out. It is made once and used by pages and API
// alike.
type Authenticator struct {
	store  *store.Store
	hasher *hasher
}

// New gives the authenticator over the accounts in s.
func New(s *store.Store) *Authenticator { return &Authenticator{store: s, hasher: newHasher()} }

// Client is where a request comes from.
type Client struct {
	Addr  string // without the port
	Agent string
}

// LogIn checks a password and begins a new session. Faults: login-refused,
// login-throttled, overloaded.
func (a *Authenticator) LogIn(ctx context.Context, name, password string, from Client) (token string, err error) {
	user, err := a.try(ctx, strings.TrimSpace(name), password, from)
	if err != nil {
		return "", err
	}
	if err := a.store.Audit(ctx, user.Name, "login", user.Name, "", from.Addr); err != nil {
		return "", err
	}
	return a.store.CreateSession(ctx, user.ID, from.Agent, from.Addr)
}

// accountMost is the longest wait for an account wherever an attempt comes from:
// long enough to make guessing from many places slow, too short to keep its
// owner out.
const accountMost = 10 * time.Second

// keys are what an attempt is counted against. What cannot be an account is
// counted against its address alone.
func keys(name string, from Client, possible bool) []store.LoginKey {
	at, account := network(from.Addr), strings.ToLower(name)
	all := []store.LoginKey{{Name: "addr:" + at}}
	if possible {
		all = append(all, store.LoginKey{Name: "user:" + account + " " + at}, store.LoginKey{Name: "user:" + account, Most: accountMost})
	}
	return all
}

// try is one attempt. It counts as failed from before the password is looked at,
// so that many attempts at once are as slow as one after the other.
func (a *Authenticator) try(ctx context.Context, name, password string, from Client) (store.User, error) {
	short := cut(name)
	possible := short == name && len(password) <= maxPassword
	counted := keys(short, from, possible)
	wait, next, err := a.store.BeginLogin(ctx, counted)
	if err != nil {
		return store.User{}, err
	}
	if wait > 0 {
		return store.User{}, throttled(wait)
	}
	user, err := a.check(ctx, short, password, possible)
	// Count the attempt even if the client hangs up.
	after := context.WithoutCancel(ctx)
	switch {
	case err == nil:
		// The address keeps its failures with other accounts: logging in to one must
		// not reset the delay for guessing at another.
		return user, errors.Join(a.store.TakeBackLogin(after, counted[:1]), a.store.ForgetLoginFailures(after, counted[1:]))
	case !errors.Is(err, errRefused):
		return user, errors.Join(err, a.store.TakeBackLogin(after, counted)) // it was not looked at
	}
	if err := a.store.Audit(after, short, "login-refused", short, "", network(from.Addr)); err != nil {
		return store.User{}, err
	}
	if next > 0 {
		return store.User{}, throttled(next)
	}
	return store.User{}, errRefused
}

// check finds the user of a password. An unknown user is checked against the
// dummy, so that the answer takes as long; so is what cannot be an account.
func (a *Authenticator) check(ctx context.Context, name, password string, possible bool) (store.User, error) {
	user, err := a.store.UserByName(ctx, name)
	known := err == nil && possible
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.User{}, err
	}
	if !known {
		user.PasswordHash = a.hasher.dummy
	}
	ok, stale, err := a.hasher.verify(ctx, user.PasswordHash, password[:min(len(password), maxPassword)])
	if err != nil {
		return store.User{}, err
	}
	if !ok || !known {
		return store.User{}, errRefused
	}
	if stale {
		hash, err := a.hasher.hash(ctx, password)
		if err != nil {
			return store.User{}, err
		}
		return user, a.store.RehashPassword(ctx, user.ID, hash)
	}
	return user, nil
}

// cut is as much of a typed name as is ever stored: how much is written must not
// depend on a request without a session.
func cut(name string) string {
	runes := []rune(strings.ToValidUTF8(name, "?"))
	return string(runes[:min(len(runes), maxName)])
}

// network is what an address is throttled as: itself, or its /64, since a single
// IPv6 host has that many addresses to come from.
func network(addr string) string {
	a, err := netip.ParseAddr(addr)
	if err != nil || a.Unmap().Is4() {
		return addr
	}
	p, err := a.Prefix(64)
	if err != nil {
		return addr
	}
	return p.String()
}

// ChangePassword gives a user a new password after checking the old one, and
// ends all sessions of that user. Faults: as of LogIn, and password-*.
func (a *Authenticator) ChangePassword(ctx context.Context, user store.User, old, password string, from Client) error {
	if code := judgePassword(password, user.Name); code != "" {
		return fault.In("password", "password-"+code)
	}
	if _, err := a.try(ctx, user.Name, old, from); err != nil {
		return err
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	if err := a.store.Audit(ctx, user.Name, "password-changed", user.Name, "", ""); err != nil {
		return err
	}
	return a.store.SetPassword(ctx, user.ID, hash)
}

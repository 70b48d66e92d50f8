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

// Door lets people in. It is made once and used by pages and API alike.
type Door struct {
	store  *store.Store
	hasher *hasher
}

// New gives the door over the accounts in s.
func New(s *store.Store) *Door { return &Door{store: s, hasher: newHasher()} }

// Visit is where a request comes from.
type Visit struct {
	Addr  string // without the port
	Agent string
}

// LogIn checks a password and begins a new session. Faults: login-refused,
// login-throttled.
func (d *Door) LogIn(ctx context.Context, name, password string, from Visit) (token string, err error) {
	name = strings.TrimSpace(name)
	keys := []string{"user:" + strings.ToLower(name), "addr:" + network(from.Addr)}
	for _, key := range keys {
		wait, err := d.store.LoginWait(ctx, key)
		if err != nil {
			return "", err
		}
		if wait > 0 {
			return "", throttled(wait)
		}
	}
	user, err := d.check(ctx, name, password)
	if errors.Is(err, errRefused) {
		return "", d.countFailure(ctx, name, keys)
	}
	if err != nil {
		return "", err
	}
	for _, key := range keys {
		if err := d.store.ForgetLoginFailures(ctx, key); err != nil {
			return "", err
		}
	}
	if err := d.store.Audit(ctx, user.Name, "login", user.Name, "", from.Addr); err != nil {
		return "", err
	}
	return d.store.CreateSession(ctx, user.ID, from.Agent, from.Addr)
}

// check finds the user of a password. An unknown user is checked against the
// dummy, so that the answer takes as long.
func (d *Door) check(ctx context.Context, name, password string) (store.User, error) {
	if len(password) > maxPassword {
		return store.User{}, errRefused
	}
	user, err := d.store.UserByName(ctx, name)
	known := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.User{}, err
	}
	if !known {
		user.PasswordHash = d.hasher.dummy
	}
	ok, stale, err := d.hasher.verify(ctx, user.PasswordHash, password)
	if err != nil {
		return store.User{}, err
	}
	if !ok || !known {
		return store.User{}, errRefused
	}
	if stale {
		hash, err := d.hasher.hash(ctx, password)
		if err != nil {
			return store.User{}, err
		}
		return user, d.store.RehashPassword(ctx, user.ID, hash)
	}
	return user, nil
}

// countFailure counts against account and address and gives the error to show.
func (d *Door) countFailure(ctx context.Context, name string, keys []string) error {
	var longest time.Duration
	for _, key := range keys {
		wait, err := d.store.RecordLoginFailure(ctx, key)
		if err != nil {
			return err
		}
		longest = max(longest, wait)
	}
	if err := d.store.Audit(ctx, name, "login-refused", name, "", keys[1]); err != nil {
		return err
	}
	if longest > 0 {
		return throttled(longest)
	}
	return errRefused
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
func (d *Door) ChangePassword(ctx context.Context, user store.User, old, password string, from Visit) error {
	if code := judgePassword(password, user.Name); code != "" {
		return fault.In("password", "password-"+code)
	}
	keys := []string{"user:" + strings.ToLower(user.Name), "addr:" + network(from.Addr)}
	wait, err := d.store.LoginWait(ctx, keys[0])
	if err != nil {
		return err
	}
	if wait > 0 {
		return throttled(wait)
	}
	if _, err := d.check(ctx, user.Name, old); err != nil {
		if errors.Is(err, errRefused) {
			return d.countFailure(ctx, user.Name, keys)
		}
		return err
	}
	hash, err := d.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	if err := d.store.Audit(ctx, user.Name, "password-changed", user.Name, "", ""); err != nil {
		return err
	}
	return d.store.SetPassword(ctx, user.ID, hash)
}

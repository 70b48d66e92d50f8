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
	store    *store.Store
	hasher   *hasher
	lines    *lines
	patience time.Duration // for which an attempt waits for its turn
	taken    *taken
	now      func() time.Time // the date, for codes and the ends of tokens
}

// New gives the authenticator over the accounts in s.
func New(s *store.Store) *Authenticator {
	return &Authenticator{store: s, hasher: newHasher(), lines: newLines(), patience: patience, taken: &taken{last: map[int64]int64{}}, now: time.Now}
}

// Client is where a request comes from.
type Client struct {
	Addr  string // without the port
	Agent string
	Known string // the cookie of a browser that logged in before, as it was sent
	Code  string // of the second factor, as it was typed
}

// LogIn checks a password, and the second factor of an account that has one, and begins a
// new session. Faults: login-refused, login-throttled, code-needed, overloaded.
func (a *Authenticator) LogIn(ctx context.Context, name, password string, from Client) (Entry, error) {
	user, err := a.try(ctx, strings.TrimSpace(name), password, from, true)
	if err != nil {
		return Entry{}, err
	}
	return a.admit(ctx, user, "login", from)
}

// admit begins a session and notes how it came about.
func (a *Authenticator) admit(ctx context.Context, user store.User, action string, from Client) (e Entry, err error) {
	if err := a.store.Note(ctx, user.Name, action, user.Name, "", from.Addr); err != nil {
		return e, err
	}
	if e.Known, err = a.remember(ctx, user, from); err == nil {
		e.Token, err = a.store.CreateSession(ctx, user.ID, from.Agent, from.Addr)
	}
	return e, err
}

// How long failures make one wait at most. Nobody is kept out for longer, and
// guessing stays slow: an account has at most some 17,000 attempts a day (one in
// accountMost) from all browsers together that never logged in to it, and one in
// browserMost from each that did.
const (
	addressMost = time.Second      // for all names from one network
	pairMost    = 10 * time.Second // for one account from one network
	accountMost = 5 * time.Second  // for one account from everywhere: half of it is left to other networks
	browserMost = 10 * time.Second // for one account from a browser that is known
)

// patience is how long an attempt waits for its turn before it is refused: two
// waits, so that it comes in behind one client that never stops.
const patience = 2*pairMost + 2*time.Second

// attempt is what one attempt is counted against, and where it waits.
type attempt struct {
	keys    []store.LoginKey
	line    string
	network string // "" for a browser that is known
}

// attemptOf says how an attempt is counted. What cannot be an account is counted
// against its address alone; a browser that is known against itself alone.
func attemptOf(name, browser string, from Client, possible bool) attempt {
	if browser != "" {
		key := "browser:" + browser
		return attempt{[]store.LoginKey{{Name: key, Most: browserMost}}, key, ""}
	}
	at, account := network(from.Addr), strings.ToLower(name)
	a := attempt{[]store.LoginKey{{Name: "addr:" + at, Most: addressMost}}, "addr:" + at, at}
	if possible {
		a.line = "user:" + account + " " + at
		a.keys = append(a.keys, store.LoginKey{Name: a.line, Most: pairMost}, store.LoginKey{Name: "user:" + account, Most: accountMost})
	}
	return a
}

// succeeded takes back what the attempt was counted as. The address keeps its
// failures with other accounts: logging in to one must not reset the delay for
// guessing at another.
func (a *Authenticator) succeeded(ctx context.Context, t attempt) error {
	if t.network == "" {
		return a.store.ForgetLoginFailures(ctx, t.keys)
	}
	return errors.Join(a.store.TakeBackLogin(ctx, t.keys[:1]), a.store.ForgetLoginFailures(ctx, t.keys[1:]))
}

// begin counts the attempt as failed as soon as the failures before it allow
// that, and gives the wait that follows if it does fail. Those that are being
// looked at count as failed, too; begin waits for how they end. Fault:
// login-throttled, if that is not in time.
func (a *Authenticator) begin(ctx context.Context, t attempt, l *line, until time.Time) (next time.Duration, err error) {
	first, err := take(ctx, l.first) // the one before waits no longer than its patience
	if err != nil {
		return 0, err
	}
	defer first()
	for {
		moved := a.lines.next(l)
		wait, next, err := a.store.BeginLogin(ctx, t.keys)
		if err != nil || wait == 0 {
			return next, err
		}
		if time.Until(until) < wait {
			return 0, throttled(wait)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-moved:
		case <-ctx.Done():
			err = ctx.Err()
		}
		timer.Stop()
		if err != nil {
			return 0, err
		}
	}
}

// try is one attempt. It counts as failed from before the password is looked at,
// so that many attempts at once are as slow as one after the other. factor is: it asks for
// the second factor, too.
func (a *Authenticator) try(ctx context.Context, name, password string, from Client, factor bool) (store.User, error) {
	short := cut(name)
	possible := short == name && len(password) <= maxPassword
	browser, err := a.known(ctx, short, from)
	if err != nil {
		return store.User{}, err
	}
	t, until := attemptOf(short, browser, from, possible), time.Now().Add(a.patience)
	timer := time.NewTimer(a.patience)
	defer timer.Stop()
	l, leave, err := a.lines.enter(ctx, t.line, t.network, timer.C)
	if err != nil {
		return store.User{}, err
	}
	defer leave()
	next, err := a.begin(ctx, t, l, until)
	if err != nil {
		return store.User{}, err
	}
	user, err := a.check(ctx, short, password, possible, browser != "")
	if err == nil && factor {
		err = a.second(ctx, user, from.Code)
	}
	// Count the attempt even if the client hangs up.
	after := context.WithoutCancel(ctx)
	switch {
	case err == nil:
		return user, a.succeeded(after, t)
	case !errors.Is(err, errRefused):
		return user, errors.Join(err, a.store.TakeBackLogin(after, t.keys)) // it was not looked at
	}
	if err := a.store.Note(after, short, "login-refused", short, "", network(from.Addr)); err != nil {
		return store.User{}, err
	}
	if next > 0 {
		return store.User{}, throttled(next)
	}
	return store.User{}, errRefused
}

// check finds the user of a password. An unknown user is checked against the
// dummy, so that the answer takes as long; so is what cannot be an account.
func (a *Authenticator) check(ctx context.Context, name, password string, possible, known bool) (store.User, error) {
	user, err := a.store.UserByName(ctx, name)
	there := err == nil && possible
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.User{}, err
	}
	if !there {
		user.PasswordHash = a.hasher.dummy
	}
	ok, stale, err := a.hasher.verify(ctx, user.PasswordHash, password[:min(len(password), maxPassword)], known)
	if err != nil {
		return store.User{}, err
	}
	if !ok || !there {
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

// network is what an address is throttled as: itself, or the network of all that
// a single host has to come from, a /64 of IPv6 or this host's own.
func network(addr string) string {
	a, err := netip.ParseAddr(addr)
	switch {
	case err != nil:
		return addr
	case a.Unmap().IsLoopback():
		return "localhost"
	case a.Unmap().Is4():
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
	if _, err := a.try(ctx, user.Name, old, from, false); err != nil {
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

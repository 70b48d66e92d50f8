package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"holdfast/store"
	"holdfast/web/fault"
)

// Time-based codes as of RFC 6238, with what every authenticator app takes: HMAC-SHA-1,
// six digits, thirty seconds.
const (
	stepLen   = 30 * time.Second
	digits    = 6
	secretLen = 20 // bytes, as long as the hash (RFC 4226, 4)
	// A code is taken one step early and late: clocks differ and people type slowly.
	stepsAround = 1
)

var base = base32.StdEncoding.WithPadding(base32.NoPadding)

// codeAt is the code of a step (RFC 4226, 5.3).
func codeAt(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%0*d", digits, (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000)
}

func stepAt(now time.Time) int64 { return now.Unix() / int64(stepLen.Seconds()) }

// stepOf finds the step that a code is of, around now; ok is false where it is of none.
func stepOf(secret store.Secret, code string, now time.Time) (step int64, ok bool) {
	key, err := base.DecodeString(secret.Reveal())
	if err != nil || len(code) != digits {
		return 0, false
	}
	for at := stepAt(now) - stepsAround; at <= stepAt(now)+stepsAround; at++ {
		if subtle.ConstantTimeCompare([]byte(codeAt(key, at)), []byte(code)) == 1 {
			step, ok = at, true
		}
	}
	return step, ok
}

// typed is a code without what people put between its parts.
func typed(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(code)))
}

// taken are the steps of the codes that were taken, by account, for as long as the
// database cannot be written.
type taken struct {
	mu   sync.Mutex // guards last
	last map[int64]int64
}

// take says whether step is later than the last one of the account, and notes it.
func (t *taken) take(user, step int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if step <= t.last[user] {
		return false
	}
	t.last[user] = step
	return true
}

// second checks the second factor of an account that has one: a code of the app, or a
// recovery code; each is taken once. Faults: code-needed, login-refused.
func (a *Authenticator) second(ctx context.Context, user store.User, code string) error {
	if user.Factor == "" {
		return nil
	}
	if code = typed(code); code == "" {
		return fault.In("code", "code-needed")
	}
	if len(code) != digits {
		_, err := a.store.SpendRecovery(ctx, user.ID, code)
		if errors.Is(err, store.ErrNotFound) {
			return errRefused
		}
		return err
	}
	step, ok := stepOf(user.Factor, code, a.now())
	if !ok {
		return errRefused
	}
	err := a.store.SpendStep(ctx, user.ID, step)
	switch {
	case errors.Is(err, store.ErrNotFound) || !a.taken.take(user.ID, step):
		return errRefused
	case errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrReadOnly) || errors.Is(err, store.ErrBusy):
		return nil // the right code opens the console also while nothing can be stored
	}
	return err
}

// Factor is a second factor that waits for its first code.
type Factor struct {
	Secret string // in base32, to be typed into an app
	URL    string // otpauth, for apps that take one
}

// recoveryCodes is how many codes replace a lost phone.
const recoveryCodes = 10

// BeginFactor makes the secret of a second factor for a user of the console at host; it
// is in force once ConfirmFactor has seen a code. Fault: factor-there.
func (a *Authenticator) BeginFactor(ctx context.Context, userID int64, host string) (Factor, error) {
	user, err := a.store.UserByID(ctx, userID)
	if err != nil {
		return Factor{}, err
	}
	if user.Factor != "" {
		return Factor{}, fault.New("factor-there")
	}
	var random [secretLen]byte
	rand.Read(random[:]) // never fails: crypto/rand ends the program where there is no randomness
	secret := base.EncodeToString(random[:])
	label := url.PathEscape("Holdfast " + host + ":" + user.Name)
	return Factor{secret, "otpauth://totp/" + label + "?secret=" + secret + "&issuer=" + url.QueryEscape("Holdfast "+host)},
		a.store.BeginFactor(ctx, userID, store.Secret(secret))
}

// ConfirmFactor puts the second factor in force whose code was typed, and gives the
// recovery codes: nobody can read them later. Faults: factor-none, factor-code.
func (a *Authenticator) ConfirmFactor(ctx context.Context, userID int64, code string) (codes []string, err error) {
	user, err := a.store.UserByID(ctx, userID)
	if err != nil {
		return nil, err
	}
	if user.FactorNext == "" {
		return nil, fault.New("factor-none")
	}
	step, ok := stepOf(user.FactorNext, typed(code), a.now())
	if !ok {
		return nil, fault.In("code", "factor-code")
	}
	plain := make([]string, recoveryCodes)
	for i := range plain {
		var random [10]byte
		rand.Read(random[:])
		plain[i] = strings.ToLower(base.EncodeToString(random[:])) // 80 bits
		codes = append(codes, plain[i][:4]+"-"+plain[i][4:8]+"-"+plain[i][8:12]+"-"+plain[i][12:])
	}
	return codes, a.store.SetFactor(ctx, userID, user.FactorNext, step, plain)
}

// DropFactor takes the second factor of a user away who knows the password. Faults: as of
// LogIn.
func (a *Authenticator) DropFactor(ctx context.Context, user store.User, password string, from Client) error {
	if _, err := a.try(ctx, user.Name, password, from, false); err != nil {
		return err
	}
	return a.store.DropFactor(ctx, user.ID, user.Name)
}

package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"holdfast/web/fault"
)

// cost is what one hash takes: argon2id with 46 MiB, one pass, one lane (OWASP's
// first choice; about 80 ms on the machines we know).
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

var today = cost{memory: 46 * 1024, passes: 1, lanes: 1}

const (
	saltLen = 16
	hashLen = 32
)

// hasher makes and checks password hashes. Each takes 46 MiB while it runs, so
// only three run at a time: a flood of log-ins must not become a flood of memory.
// The queue is bounded too: a log-in that finds it full is refused.
//
// A browser that is known has one more place of its own: it does not wait behind
// those that are not.
type hasher struct {
	cost  cost
	slots chan struct{}
	queue chan struct{} // those that run or wait
	known chan struct{} // the place of a browser that is known
	dummy string        // of no password at all: what an unknown user is checked against
}

// patient is how many may run or wait: the last one waits for some seconds.
const patient = waitingAll

func newHasher() *hasher { return newHasherOf(today) }

func newHasherOf(c cost) *hasher {
	h := &hasher{cost: c, slots: make(chan struct{}, 2), queue: make(chan struct{}, patient), known: make(chan struct{}, 1)}
	h.dummy = encode(c, make([]byte, saltLen), make([]byte, hashLen))
	return h
}

// hash gives the password's hash in PHC form, parameters included.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, saltLen)
	rand.Read(salt) // never fails: crypto/rand ends the program where there is no randomness
	return encode(h.cost, salt, derive(password, salt, h.cost, hashLen)), nil
}

// verify says whether password made the hash, and whether the hash should be
// made anew because the cost has changed since. known is: for a browser that
// logged in before.
func (h *hasher) verify(ctx context.Context, phc, password string, known bool) (ok, stale bool, err error) {
	c, salt, want, err := decode(phc)
	if err != nil {
		return false, false, err
	}
	enter := h.enter
	if known {
		enter = h.enterKnown
	}
	leave, err := enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	got := derive(password, salt, c, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, c != h.cost, nil
}

func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.queue <- struct{}{}:
	default:
		return nil, fault.New("overloaded")
	}
	done, err := take(ctx, h.slots)
	if err != nil {
		<-h.queue
		return nil, err
	}
	return func() { done(); <-h.queue }, nil
}

// enterKnown waits among those that are known: their number is bounded by lines.
func (h *hasher) enterKnown(ctx context.Context) (leave func(), err error) { return take(ctx, h.known) }

// take waits for a place and gives it back with leave.
func take(ctx context.Context, places chan struct{}) (leave func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the password check: %w", ctx.Err())
	}
}

func derive(password string, salt []byte, c cost, length uint32) []byte {
	return argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, length)
}

func encode(c cost, salt, hash []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, c.memory, c.passes, c.lanes, b64.EncodeToString(salt), b64.EncodeToString(hash))
}

func decode(phc string) (c cost, salt, hash []byte, err error) {
	part := strings.Split(phc, "$")
	if len(part) != 6 || part[1] != "argon2id" {
		return c, nil, nil, fmt.Errorf("read password hash: not argon2id in PHC form")
	}
	var version int
	if _, err = fmt.Sscanf(part[2], "v=%d", &version); err == nil && version != argon2.Version {
		err = fmt.Errorf("argon2 version %d", version)
	}
	if err == nil {
		_, err = fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.lanes)
	}
	if err == nil {
		salt, err = base64.RawStdEncoding.DecodeString(part[4])
	}
	if err == nil {
		hash, err = base64.RawStdEncoding.DecodeString(part[5])
	}
	if err != nil {
		return c, nil, nil, fmt.Errorf("read password hash: %w", err)
	}
	return c, salt, hash, nil
}

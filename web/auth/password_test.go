package auth

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/web/fault"
)

func TestAPasswordIsKnownByItsHash(t *testing.T) {
	h := newHasher()
	phc, err := h.hash(t.Context(), "a long enough phrase")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Errorf("hash is %s", phc)
	}
	for password, want := range map[string]bool{"a long enough phrase": true, "a long enough phrasE": false, "": false} {
		ok, stale, err := h.verify(t.Context(), phc, password, false)
		if err != nil || ok != want || stale {
			t.Errorf("%q: %v %v %v", password, ok, stale, err)
		}
	}
	again, err := h.hash(t.Context(), "a long enough phrase")
	if err != nil || again == phc {
		t.Error("two hashes of one password are equal")
	}
}

func TestAHashOfAnotherCostStillWorksAndIsCalledStale(t *testing.T) {
	h := newHasher()
	old := cost{memory: 1024, passes: 2, lanes: 1}
	salt := []byte("0123456789abcdef")
	ok, stale, err := h.verify(t.Context(), encode(old, salt, derive("phrase", salt, old, hashLen)), "phrase", false)
	if !ok || !stale || err != nil {
		t.Errorf("%v %v %v", ok, stale, err)
	}
}

func TestABrokenHashIsAnErrorAndNoEntrance(t *testing.T) {
	for _, phc := range []string{"", "plain", "$argon2i$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA", "$argon2id$v=18$m=1024,t=1,p=1$c2FsdA$aGFzaA", "$argon2id$v=19$m=x$c2FsdA$aGFzaA"} {
		if ok, _, err := newHasher().verify(t.Context(), phc, "phrase", false); ok || err == nil {
			t.Errorf("%q: %v %v", phc, ok, err)
		}
	}
}

func TestOnlyTwoHashesAreMadeAtOnce(t *testing.T) {
	h := newHasher()
	h.slots <- struct{}{}
	h.slots <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.hash(ctx, "phrase"); err == nil {
		t.Error("a third was made")
	}
}

func TestWhoFindsNoPlaceInTheQueueIsSentAway(t *testing.T) {
	h := newHasher()
	h.slots <- struct{}{}
	h.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range patient {
		all.Go(func() {
			if _, err := h.hash(ctx, "phrase"); err == nil {
				t.Error("one too many was made")
			}
		})
	}
	for len(h.queue) < patient {
		time.Sleep(time.Millisecond)
	}
	if _, err := h.hash(t.Context(), "phrase"); fault.Of(err).Code != "overloaded" {
		t.Errorf("one more: %v", err)
	}
	cancel()
	all.Wait()
	if len(h.queue) != 0 {
		t.Errorf("%d places stay taken", len(h.queue))
	}
}

func TestPasswordsAreJudgedByLengthAndAShortList(t *testing.T) {
	for password, want := range map[string]string{
		"a long enough phrase": "", "密码短语一定要足够长才行吧": "", "elevenchars": "short", "passwordpassword": "common", "Password1234!!": "common",
		"123456789012": "common", "098765432109": "common", "abababababab": "common", "keepalived2026": "common",
		"operations-lead": "name", "operations-lead!": "name", strings.Repeat("long ", 200): "long", "314159265358": "",
	} {
		if got := judgePassword(password, "operations-lead"); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestAnIPv6AddressIsThrottledByItsNetwork(t *testing.T) {
	if network("2001:db8::1") != network("2001:db8::ffff:2") || network("2001:db8::1") == network("2001:db8:0:1::1") {
		t.Error("IPv6 addresses of one host are counted apart")
	}
	if network("192.0.2.1") == network("192.0.2.2") {
		t.Error("IPv4 addresses are counted together")
	}
}

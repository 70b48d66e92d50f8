package lvs

import (
	"strings"
	"testing"
	"time"

	"holdfast/engine/model"
)

// play runs results through a check: '+' is a success, '-' a failure. It gives
// the verdict after each, 'U' or 'D'.
func play(h Health, p Policy, results string) string {
	var verdicts strings.Builder
	for _, r := range results {
		h, _ = h.Observe(Result{Up: r == '+'}, p)
		if h.Up {
			verdicts.WriteByte('U')
		} else {
			verdicts.WriteByte('D')
		}
	}
	return verdicts.String()
}

func TestRetryPlusOneFailuresInARowMakeACheckFail(t *testing.T) {
	for _, c := range []struct{ what, results, want string }{
		{"three retries", "+----", "UUUUD"},
		{"a success in between starts the count again", "+---+---", "UUUUUUUU"},
		{"the first success brings it back", "+----+", "UUUUDU"},
		{"after coming back the retries count again", "+----+---", "UUUUDUUUU"},
		{"the very first run decides by itself", "-+", "DU"},
	} {
		p := Policy{Retry: 3}
		if got := play(Begin(p), p, c.results); got != c.want {
			t.Errorf("%s: %s gives %s, want %s", c.what, c.results, got, c.want)
		}
	}
}

func TestSMTPCheckUsesItsRetriesInTheFirstRunToo(t *testing.T) {
	p := PolicyOf(&model.Check{Kind: model.SMTPCheck, Timing: model.Timing{Retry: model.Some(1)}})
	if got := play(Begin(p), p, "--"); got != "UD" {
		t.Errorf("two failures give %s, want UD", got)
	}
}

func TestAlphaCheckIsDownUntilItWasSeenUp(t *testing.T) {
	p := Policy{Alpha: true}
	if Begin(p).Up {
		t.Error("an alpha check begins up")
	}
	if got := play(Begin(p), p, "--+"); got != "DDU" {
		t.Errorf("got %s, want DDU", got)
	}
}

func TestFailedCheckTakesBackTheWeightItAskedFor(t *testing.T) {
	p := Policy{Retry: 1}
	h, _ := Begin(p).Observe(Result{Up: true, Weight: model.Some(7)}, p)
	if h, _ = h.Observe(Result{}, p); h.Asked.Val != 7 {
		t.Error("while failures are counted the weight stays")
	}
	if h, _ = h.Observe(Result{}, p); h.Asked.Written {
		t.Error("a failed check still asks for a weight")
	}
}

func TestFailuresAreCountedAtTheRetryPaceAndDownServersAskedAtTheLoopPace(t *testing.T) {
	timing := model.Timing{
		DelayLoop:        model.Some(model.Seconds(6 * time.Second)),
		DelayBeforeRetry: model.Some(model.Seconds(3 * time.Second)),
	}
	for _, c := range []struct {
		h    Health
		want time.Duration
	}{
		{Health{Up: true}, 6 * time.Second},
		{Health{Up: true, Failures: 1}, 3 * time.Second},
		{Health{Up: false, Failures: 4}, 6 * time.Second},
	} {
		if got := c.h.Wait(timing); got != c.want {
			t.Errorf("%+v waits %v, want %v", c.h, got, c.want)
		}
	}
}

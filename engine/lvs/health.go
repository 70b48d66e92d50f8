package lvs

import (
	"time"

	"holdfast/engine/model"
)

// Health is where one check stands. Up is its verdict, which changes only after
// enough results; Failures counts the failed runs in a row.
type Health struct {
	Up       bool
	Known    bool           // it has run at least once
	Failures int            // consecutive
	Asked    model.Opt[int] // weight that a misc_dynamic program asked for last
}

// Result is what one run of a check said.
type Result struct {
	Up     bool
	Weight model.Opt[int] // the weight asked for by a misc_dynamic program
}

// Policy is what makes a check fail. Patient grants the retries from the very
// first run on; else the first run decides by itself.
type Policy struct {
	Retry   int
	Patient bool
	Alpha   bool // down until it was seen up
}

// Change is what a result did to the verdict of a check.
type Change uint8

// The changes.
const (
	Same Change = iota
	Rose
	Fell
)

// PolicyOf gives the policy of a resolved check. keepalived skips the retries
// during the first run, except in SMTP_CHECK.
func PolicyOf(c *model.Check) Policy {
	return Policy{Retry: c.Timing.Retry.Val, Patient: c.Kind == model.SMTPCheck, Alpha: c.Alpha.Val}
}

// Begin is the health of a check that has not run yet: assumed up, unless alpha.
func Begin(p Policy) Health { return Health{Up: !p.Alpha} }

// Observe takes in one result. While up, Retry+1 failures in a row make the
// check fail; while down, the first success brings it back.
func (h Health) Observe(r Result, p Policy) (Health, Change) {
	first := !h.Known
	h.Known = true
	if r.Up {
		h.Failures = 0
		h.Asked = r.Weight
		if h.Up {
			return h, Same
		}
		h.Up = true
		return h, Rose
	}
	h.Failures++
	if !h.Up {
		return h, Same
	}
	if h.Failures <= p.Retry && (!first || p.Patient) {
		return h, Same
	}
	h.Up = false
	h.Asked = model.Opt[int]{} // a failed check takes back what it asked for
	return h, Fell
}

// Retries says whether failures are being counted.
func (h Health) Retries() bool { return h.Up && h.Failures > 0 }

// Wait is how long to wait for the next run: delay_before_retry while failures
// are being counted, else delay_loop.
func (h Health) Wait(t model.Timing) time.Duration {
	if h.Retries() {
		return t.DelayBeforeRetry.Val.Duration()
	}
	return t.DelayLoop.Val.Duration()
}

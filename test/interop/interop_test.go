package interop

import (
	"testing"
	"time"

	"holdfast/test/lab"
)

func TestKeepalivedBacksUpHoldfast(t *testing.T) {
	t.Parallel()
	play(t, lab.Holdfast(), keepalived())
}

func TestHoldfastBacksUpKeepalived(t *testing.T) {
	t.Parallel()
	play(t, keepalived(), lab.Holdfast())
}

func TestHoldfastBacksUpHoldfast(t *testing.T) {
	t.Parallel()
	play(t, lab.Holdfast(), lab.Holdfast())
}

// The yardstick: what is asked of Holdfast, two keepalived keep as well.
func TestKeepalivedBacksUpKeepalived(t *testing.T) {
	t.Parallel()
	play(t, keepalived(), keepalived())
}

// play takes a pair through every fault, round after round, and measures each
// take-over from the frames.
func play(t *testing.T, master, backup lab.Program) {
	p := newPair(t, master, backup)
	p.d2.Start()
	for range rounds() {
		p.election()
		p.crash()
		p.election()
		p.scripted()
		p.stop()
	}
	p.d2.Stop()
	p.owns(p.lab.Node("d2"), false)
	p.summary()
}

// election starts d1 beside a router that may be master already: d1 has the
// higher priority and takes the address, the other one yields.
func (p *pair) election() {
	p.Helper()
	before := time.Now()
	p.d1.Start()
	first := p.wire.Expect("d1 becomes master", before, 2*masterDown, lab.From(p.a1, high))
	p.announced(p.lab.Node("d1"), first)
	p.settled(5 * advert)
	if spoke := p.wire.Adverts(p.a2, first.At.Add(late)); len(spoke) > 0 {
		p.Errorf("d2 did not yield to a higher priority: %v", spoke)
	}
}

// crash kills d1 at one instant; the time counts from its last advert.
func (p *pair) crash() {
	p.Helper()
	anyPhase()
	at := p.d1.Crash()
	first := p.wire.Expect("d2 takes over after a crash", at, masterDown+time.Second, lab.From(p.a2, low))
	p.within("take-over after kill -9, since the last advert", first.At.Sub(p.lastAdvert(p.a1).At), masterDown-late, masterDown+late)
	p.announced(p.lab.Node("d2"), first)
	p.owns(p.lab.Node("d2"), true)
	p.lab.Node("d1").Drop(p.virtual) // a real crash takes it along
}

// scripted lets d1's script fail and recover: its priority falls below d2's,
// and rises again.
func (p *pair) scripted() {
	p.Helper()
	anyPhase()
	before := time.Now()
	p.d1.Write("down", "", 0o644)
	lowered := p.wire.Expect("d1 advertises less", before, 3*time.Second, lab.From(p.a1, high-weight))
	first := p.wire.Expect("d2 takes over from a lower priority", before, masterDown+3*time.Second, lab.From(p.a2, low))
	// d2 discards the lower adverts: its timer runs on from the last good one.
	p.within("take-over after a lower priority", first.At.Sub(lowered.At), 0, masterDown-advert+2*late)
	p.owns(p.lab.Node("d2"), true)
	p.owns(p.lab.Node("d1"), false)

	back := time.Now()
	p.d1.Remove("down")
	p.wire.Expect("d1 preempts", back, masterDown+3*time.Second, lab.From(p.a1, high))
	p.settled(5 * advert)
}

// stop asks d1 to end: it says goodbye, and d2 waits only its skew time.
func (p *pair) stop() {
	p.Helper()
	anyPhase()
	at := time.Now()
	p.d1.Signal(15)
	goodbye := p.wire.Expect("priority 0 of d1", at, 2*time.Second, lab.From(p.a1, 0))
	first := p.wire.Expect("d2 takes over after a goodbye", goodbye.At, skew+time.Second, lab.From(p.a2, low))
	p.within("take-over after a graceful stop", first.At.Sub(goodbye.At), skew-late, skew+late)
	p.announced(p.lab.Node("d2"), first)
	if code := p.d1.Wait(10 * time.Second); code != 0 {
		p.Errorf("the graceful stop ended with exit code %d", code)
	}
	p.owns(p.lab.Node("d1"), false)
	p.owns(p.lab.Node("d2"), true)
}

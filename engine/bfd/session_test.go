package bfd

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

var (
	epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	quick = Session{MinTx: 10 * time.Millisecond, MinRx: 10 * time.Millisecond, IdleTx: time.Second, Multiplier: 3, TTL: 255}
)

// pair is two speakers with a wire between them.
type pair struct {
	now   time.Time
	s     [2]Session
	st    [2]State
	lost  func(from int) bool
	delay func() time.Duration
	air   []flying
	sent  [2][]time.Time
	polls [2]int
}

type flying struct {
	at time.Time
	to int
	p  Packet
}

func newPair(a, b Session) *pair {
	w := &pair{now: epoch, s: [2]Session{a, b}, lost: func(int) bool { return false }, delay: func() time.Duration { return 100 * time.Microsecond }}
	for i := range w.s {
		w.st[i] = w.s[i].Begin(uint32(i+1)*1000, uint64(i+1), epoch)
	}
	return w
}

func (w *pair) send(from int, p Packet, some bool) {
	if !some {
		return
	}
	w.sent[from] = append(w.sent[from], w.now)
	if p.Poll {
		w.polls[from]++
	}
	if !w.lost(from) {
		// Through the bytes, so that what is decided is what is said.
		q, drop := Decode(p.Append(nil))
		if drop != NoDrop {
			panic(fmt.Sprintf("%+v is dropped: %s", p, drop))
		}
		w.air = append(w.air, flying{w.now.Add(w.delay()), 1 - from, q})
	}
}

// run goes on until the instant.
func (w *pair) run(d time.Duration) {
	for end := w.now.Add(d); ; {
		next, flight := end, -1
		for i, f := range w.air {
			if f.at.Before(next) {
				next, flight = f.at, i
			}
		}
		ticks := -1
		for i := range w.s {
			if at := w.s[i].Next(w.st[i]); !at.IsZero() && at.Before(next) {
				next, flight, ticks = at, -1, i
			}
		}
		if next.After(w.now) {
			w.now = next
		}
		var p Packet
		var some bool
		switch {
		case flight >= 0:
			f := w.air[flight]
			w.air = append(w.air[:flight], w.air[flight+1:]...)
			w.st[f.to], p, some = w.s[f.to].Receive(w.st[f.to], f.p, w.now)
			w.send(f.to, p, some)
		case ticks >= 0:
			w.st[ticks], p, some = w.s[ticks].Tick(w.st[ticks], w.now)
			w.send(ticks, p, some)
		default:
			return
		}
	}
}

func (w *pair) phases(t *testing.T, a, b Phase) {
	t.Helper()
	if w.st[0].Phase != a || w.st[1].Phase != b {
		t.Fatalf("%v after the start: %v and %v, want %v and %v", w.now.Sub(epoch), w.st[0].Phase, w.st[1].Phase, a, b)
	}
}

func TestTwoSpeakersComeUpWithinOneRoundTrip(t *testing.T) {
	w := newPair(quick, quick)
	w.run(time.Millisecond)
	w.phases(t, Up, Up)
}

func TestASilentNeighbourIsDownAfterTheDetectionTime(t *testing.T) {
	w := newPair(quick, quick)
	w.run(time.Second)
	w.lost = func(from int) bool { return from == 1 }
	heard := w.st[0].Heard
	w.run(40 * time.Millisecond)
	st := w.st[0]
	if after := st.Since.Sub(heard); st.Phase == Up || st.Diag != Expired || after > 41*time.Millisecond || after < 30*time.Millisecond {
		t.Fatalf("%v (%v) %v after the last packet but one", st.Phase, st.Diag, after)
	}
	if w.st[1].Phase == Up || w.st[1].Diag != NeighborDown {
		t.Fatalf("the other side is %v (%v)", w.st[1].Phase, w.st[1].Diag)
	}
	w.lost = func(int) bool { return false }
	w.run(2 * time.Second)
	w.phases(t, Up, Up)
}

func TestTheJitterTakesNoMoreThanAQuarter(t *testing.T) {
	for _, c := range []struct {
		multiplier  uint8
		least, most time.Duration
	}{{3, 7500 * time.Microsecond, 10 * time.Millisecond}, {1, 7500 * time.Microsecond, 9 * time.Millisecond}} {
		one := quick
		one.Multiplier = c.multiplier
		w := newPair(one, quick)
		w.run(100 * time.Millisecond)
		w.sent[0] = nil
		w.run(10 * time.Second)
		var least, most time.Duration = time.Hour, 0
		for i := 1; i < len(w.sent[0]); i++ {
			d := w.sent[0][i].Sub(w.sent[0][i-1])
			least, most = min(least, d), max(most, d)
		}
		if least < c.least || most > c.most || most-least < (c.most-c.least)*9/10 {
			t.Errorf("multiplier %d: %v to %v, want %v to %v", c.multiplier, least, most, c.least, c.most)
		}
	}
}

func TestTheSlowerOfBothSaysHowOftenIsSent(t *testing.T) {
	slow := quick
	slow.MinRx = 100 * time.Millisecond
	w := newPair(quick, slow)
	w.run(time.Second)
	if got := w.st[0].Interval(); got != 100*time.Millisecond {
		t.Errorf("sent every %v to a neighbour that takes 100 ms", got)
	}
	if got := w.st[1].DetectionTime(); got != 300*time.Millisecond {
		t.Errorf("detection time %v", got)
	}
}

func TestAnOrderlyEndIsToldAndNotWaitedFor(t *testing.T) {
	w := newPair(quick, quick)
	w.run(time.Second)
	var p Packet
	var some bool
	w.st[1], p, some = w.s[1].Stop(w.st[1], w.now)
	w.send(1, p, some)
	w.run(time.Millisecond)
	w.phases(t, Down, AdminDown)
	if w.st[0].Diag != NeighborDown || w.st[0].RemoteDiag != Stopped {
		t.Errorf("diagnostics %v, %v", w.st[0].Diag, w.st[0].RemoteDiag)
	}
	w.run(time.Minute)
	w.phases(t, Down, AdminDown)
}

func TestAPassiveSpeakerWaitsForTheOther(t *testing.T) {
	passive := quick
	passive.Passive = true
	w := newPair(passive, passive)
	w.run(time.Minute)
	if n := len(w.sent[0]) + len(w.sent[1]); n > 0 {
		t.Fatalf("two passive speakers sent %d packets", n)
	}
	w = newPair(passive, quick)
	w.run(2 * time.Second)
	w.phases(t, Up, Up)
}

// A speaker that became slower keeps its old pace until the neighbour knows (RFC 5880,
// 6.8.3).
func TestAChangeOfParametersIsPolledAndCostsNoSession(t *testing.T) {
	w := newPair(quick, quick)
	w.run(time.Second)
	slower := quick
	slower.MinTx, slower.MinRx = 50*time.Millisecond, 50*time.Millisecond
	w.polls[0] = 0
	w.st[0] = slower.Change(w.s[0], w.st[0], w.now)
	w.s[0] = slower
	if got := w.st[0].Interval(); got != 10*time.Millisecond {
		t.Fatalf("sends every %v before the neighbour knows", got)
	}
	w.lost = func(from int) bool { return from == 0 } // the first polls
	w.run(15 * time.Millisecond)
	w.lost = func(int) bool { return false }
	w.run(time.Second)
	w.phases(t, Up, Up)
	if w.polls[0] < 2 || w.st[0].Polling {
		t.Errorf("%d polls, and goes on: %v", w.polls[0], w.st[0].Polling)
	}
	if w.st[0].Interval() != 50*time.Millisecond || w.st[1].DetectionTime() != 150*time.Millisecond {
		t.Errorf("sends every %v, the other side waits %v", w.st[0].Interval(), w.st[1].DetectionTime())
	}
	if !w.st[1].Since.Before(epoch.Add(time.Second)) {
		t.Errorf("the session fell at %v", w.st[1].Since.Sub(epoch))
	}
}

func TestASessionThatIsTakenOverStaysUp(t *testing.T) {
	w := newPair(quick, quick)
	w.run(time.Second)
	since := w.st[1].Since
	w.now = w.now.Add(15 * time.Millisecond) // nobody speaks meanwhile
	w.st[0] = w.s[0].Resume(w.st[0], 99, w.now)
	w.run(time.Second)
	w.phases(t, Up, Up)
	if !w.st[1].Since.Equal(since) {
		t.Error("the neighbour saw the change of process")
	}
}

func TestAPacketFromTooFarIsNotHeard(t *testing.T) {
	for _, c := range []struct {
		hops, ttl int
		want      bool
	}{{0, 255, true}, {0, 254, false}, {2, 253, true}, {2, 252, false}, {AnyHops, 1, true}} {
		s := Session{TTL: 255, MaxHops: c.hops}
		if got := s.Hears(c.ttl); got != c.want {
			t.Errorf("max_hops %d, hop limit %d: heard %v", c.hops, c.ttl, got)
		}
	}
}

// In a wire that loses, delays and doubles packets the two sides never stay apart for
// longer than a detection time after it healed, whatever their parameters.
func TestBothSidesAgreeOnceTheWireIsWhole(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		session := func() Session {
			return Session{
				MinTx: time.Duration(1+r.IntN(100)) * time.Millisecond, MinRx: time.Duration(1+r.IntN(100)) * time.Millisecond,
				IdleTx: time.Duration(100+r.IntN(1000)) * time.Millisecond, Multiplier: uint8(2 + r.IntN(5)), TTL: 255,
			}
		}
		w := newPair(session(), session())
		w.lost = func(int) bool { return r.IntN(3) == 0 }
		w.delay = func() time.Duration { return time.Duration(r.IntN(2_000_000)) }
		w.run(5 * time.Second)
		if i := r.IntN(2); r.IntN(2) == 0 {
			next := session()
			w.st[i], w.s[i] = next.Change(w.s[i], w.st[i], w.now), next
			w.run(time.Second)
		}
		w.lost = func(int) bool { return false }
		w.delay = func() time.Duration { return 200 * time.Microsecond }
		w.run(15 * time.Second)
		since := w.now
		w.run(5 * time.Second)
		for i := range w.st {
			if w.st[i].Phase != Up || w.st[i].Since.After(since) || w.st[i].Polling {
				t.Fatalf("seed %d: side %d is %v since %v, polling %v", seed, i, w.st[i].Phase, w.st[i].Since.Sub(epoch), w.st[i].Polling)
			}
		}
	}
}

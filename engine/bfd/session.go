package bfd

import (
	"math/bits"
	"time"
)

// Session is what the configuration says of a session.
type Session struct {
	MinTx      time.Duration // desired while Up
	MinRx      time.Duration // required
	IdleTx     time.Duration // desired while not Up
	Multiplier uint8         // missed packets after which the neighbour takes us for gone
	Passive    bool          // say nothing until the neighbour was heard
	TTL        int           // of what is sent, and of what the neighbour sends
	MaxHops    int           // hops that a packet may have come; AnyHops: any number
}

// AnyHops lets a packet come from anywhere, as keepalived's max_hops 255.
const AnyHops = 255

// Hears says whether a packet that came with this hop limit counts: one that a router
// forwarded more often than allowed comes from somebody else (RFC 5881, section 5; the
// allowance is keepalived's).
func (s Session) Hears(ttl int) bool {
	return s.MaxHops >= AnyHops || ttl+s.MaxHops >= s.TTL
}

// State is where a session stands.
type State struct {
	Phase Phase
	Since time.Time // of the phase
	Diag  Diag

	Local  uint32 // our discriminator
	Remote uint32 // the neighbour's; 0: not known

	// What the neighbour said last.
	RemotePhase      Phase
	RemoteDiag       Diag
	RemoteMinTx      time.Duration
	RemoteMinRx      time.Duration
	RemoteMultiplier uint8
	RemoteDemand     bool

	Heard   time.Time // the last packet that counted
	Polling bool      // our intervals changed, and the neighbour has not said yet that it knows
	usedTx  time.Duration
	usedRx  time.Duration
	sendAt  time.Time
	seed    uint64 // of the jitter
}

// Begin is a session that starts: Down, with a discriminator of its own that is not 0.
// seed makes its jitter differ from that of others.
func (s Session) Begin(local uint32, seed uint64, now time.Time) State {
	st := State{Phase: Down, Since: now, Local: local, seed: seed | 1, sendAt: now, usedTx: s.IdleTx, usedRx: s.MinRx}
	return st.forget()
}

// Resume is a session that an earlier process left Up a moment ago: the neighbour is
// told nothing of the change, and has a whole detection time to be heard.
func (s Session) Resume(saved State, seed uint64, now time.Time) State {
	saved.seed, saved.sendAt, saved.Heard = seed|1, now, now
	saved.usedTx, saved.usedRx = s.tx(saved.Phase), s.MinRx
	saved.Polling = saved.Phase == Up
	return saved
}

// Change is the state of a session whose configuration changed from was to s while it
// ran. While it is Up, slower sending and faster receiving wait until the neighbour
// knows of them (RFC 5880, 6.8.3).
func (s Session) Change(was Session, st State, now time.Time) State {
	if st.Phase != Up {
		st.usedTx, st.usedRx = s.tx(st.Phase), s.MinRx
		st.sendAt = now
		return st
	}
	if s.MinTx == was.MinTx && s.MinRx == was.MinRx {
		return st
	}
	st.Polling = true
	st.usedTx, st.usedRx = min(st.usedTx, s.MinTx), max(st.usedRx, s.MinRx)
	st.sendAt = now
	return st
}

// DetectionTime is how long the neighbour may be silent, 0 while it was not heard.
func (st State) DetectionTime() time.Duration {
	return time.Duration(st.RemoteMultiplier) * max(st.usedRx, st.RemoteMinTx)
}

// Interval is the time between two packets of ours, before the jitter.
func (st State) Interval() time.Duration { return max(st.usedTx, st.RemoteMinRx) }

// Next is when Tick has something to do; the zero time: never.
func (s Session) Next(st State) time.Time {
	var at time.Time
	if s.sends(st) {
		at = st.sendAt
	}
	if expiry, some := st.expiry(); some && (at.IsZero() || expiry.Before(at)) {
		at = expiry
	}
	return at
}

// expiry is when the neighbour counts as silent.
func (st State) expiry() (time.Time, bool) {
	if st.Phase == AdminDown || st.Remote == 0 {
		return time.Time{}, false
	}
	return st.Heard.Add(st.DetectionTime()), true
}

// sends says whether packets are sent periodically (RFC 5880, 6.8.7).
func (s Session) sends(st State) bool {
	switch {
	case st.Phase == AdminDown:
		return false
	case s.Passive && st.Remote == 0:
		return false
	case st.RemoteMinRx == 0:
		return false
	}
	quiet := st.RemoteDemand && st.Phase == Up && st.RemotePhase == Up
	return !quiet || st.Polling
}

// tx is the interval of sending that is desired in a phase.
func (s Session) tx(p Phase) time.Duration {
	if p == Up {
		return s.MinTx
	}
	return s.IdleTx
}

// packet is what is said now.
func (s Session) packet(st State) Packet {
	return Packet{
		Phase: st.Phase, Diag: st.Diag, Poll: st.Polling, Multiplier: s.Multiplier,
		My: st.Local, Your: st.Remote, MinTx: s.tx(st.Phase), MinRx: s.MinRx,
	}
}

// scheduled sets when the next periodic packet goes out: within 75 to 100 percent of
// the interval, 90 where the neighbour bears no missed one (RFC 5880, 6.8.7).
func (s Session) scheduled(st State, now time.Time) State {
	spread := uint64(25)
	if s.Multiplier == 1 {
		spread = 15
	}
	st.seed ^= st.seed << 13
	st.seed ^= st.seed >> 7
	st.seed ^= st.seed << 17
	interval := uint64(st.Interval())
	part, _ := bits.Mul64(interval*spread/100, st.seed)
	st.sendAt = now.Add(time.Duration(interval*75/100 + part))
	return st
}

// forget is a neighbour of whom nothing is known.
func (st State) forget() State {
	st.Remote, st.RemotePhase, st.RemoteDiag, st.RemoteDemand = 0, Down, NoDiag, false
	st.RemoteMinTx, st.RemoteMinRx, st.RemoteMultiplier = 0, time.Microsecond, 0
	return st
}

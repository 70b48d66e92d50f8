package bfd

import "time"

// Tick is the session at an instant: it finds out that the neighbour is silent, and
// sends what is due. send is to be sent where some is true.
func (s Session) Tick(st State, now time.Time) (next State, send Packet, some bool) {
	was := st.Phase
	if expiry, known := st.expiry(); known && !now.Before(expiry) {
		st = st.forget()
		if was == Init || was == Up {
			st = s.enter(st, Down, Expired, now)
		}
	}
	if !s.sends(st) || now.Before(st.sendAt) && st.Phase == was {
		return st, Packet{}, false
	}
	return s.scheduled(st, now), s.packet(st), true
}

// Receive takes in a packet of the neighbour that Decode and Hears let through and that
// is this session's. send is to be sent where some is true: the answer to a poll, or
// that the phase changed.
func (s Session) Receive(st State, p Packet, now time.Time) (next State, send Packet, some bool) {
	if st.Phase == AdminDown {
		return st, Packet{}, false
	}
	was, slower := st.Phase, st.Interval()
	st.Remote, st.RemotePhase, st.RemoteDiag, st.RemoteDemand = p.My, p.Phase, p.Diag, p.Demand
	st.RemoteMinTx, st.RemoteMinRx, st.RemoteMultiplier = p.MinTx, p.MinRx, p.Multiplier
	st.Heard = now
	if st.Polling && p.Final {
		st.Polling, st.usedTx, st.usedRx = false, s.tx(st.Phase), s.MinRx
	}
	if to, diag := st.follow(p.Phase); to != was {
		st = s.enter(st, to, diag, now)
	}
	switch changed := st.Phase != was; {
	case p.Poll:
		send = s.packet(st)
		send.Poll, send.Final = false, true // both at once are forbidden; a poll goes on with the next
		if changed {
			st = s.scheduled(st, now)
		}
		return st, send, true
	case changed && s.sends(st):
		return s.scheduled(st, now), s.packet(st), true
	case st.Interval() < slower: // the neighbour takes more than it did: do not wait out the old interval
		if sooner := s.scheduled(st, now); sooner.sendAt.Before(st.sendAt) {
			st = sooner
		}
	}
	return st, Packet{}, false
}

// Stop ends a session by an operator's wish. The packet tells the neighbour.
func (s Session) Stop(st State, now time.Time) (next State, send Packet, some bool) {
	known := st.Remote != 0
	st = s.enter(st, AdminDown, Stopped, now)
	return st, s.packet(st), known
}

// follow is the phase after a packet of a neighbour in phase remote, and the diagnostic
// of the change (RFC 5880, 6.2 and 6.8.6).
func (st State) follow(remote Phase) (Phase, Diag) {
	switch {
	case remote == AdminDown && st.Phase != Down, remote == Down && st.Phase == Up:
		return Down, NeighborDown
	case st.Phase == Down && remote == Down:
		return Init, st.Diag
	case st.Phase == Down && remote == Init, st.Phase == Init && (remote == Init || remote == Up):
		return Up, NoDiag
	}
	return st.Phase, st.Diag
}

// enter changes the phase. What is said of the interval of sending changes with Up, so
// a poll begins there; outside of it there is none.
func (s Session) enter(st State, to Phase, diag Diag, now time.Time) State {
	st.Phase, st.Since, st.Diag = to, now, diag
	st.usedTx, st.usedRx = s.tx(to), s.MinRx
	st.Polling = to == Up && s.IdleTx != s.MinTx
	return st
}

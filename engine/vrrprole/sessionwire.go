package vrrprole

import (
	"slices"
	"time"

	"holdfast/engine/bfd"
	"holdfast/engine/kernel"
)

// take takes in a packet that came to a port.
func (s *sessions) take(port listenKey, p kernel.Packet) {
	s.mu.Lock()
	s.receive(port, p)
	told := s.lookAgain()
	s.mu.Unlock()
	s.pass(told)
}

// receive is take while s.mu is held.
func (s *sessions) receive(port listenKey, p kernel.Packet) {
	packet, drop := bfd.Decode(p.Payload)
	var one *session
	if drop == bfd.NoDrop {
		one, drop = s.addressee(port, p, packet)
	}
	if drop != bfd.NoDrop {
		s.drops[drop]++
		return
	}
	one.received++
	was := one.state.Phase
	state, send, some := one.rule.Receive(one.state, packet, p.At)
	s.follow(one, was, state, send, some)
}

// addressee is the session of a packet: by the discriminator that it names, else by its
// addresses. A packet that names a session of another neighbour is forged.
func (s *sessions) addressee(port listenKey, p kernel.Packet, packet bfd.Packet) (*session, bfd.Drop) {
	one := s.byLocal[packet.Your]
	if packet.Your == 0 {
		for _, c := range s.list {
			if c.isFor(port, p) && (one == nil || c.cfg.Source.Written) {
				one = c
			}
		}
	}
	switch {
	case one == nil, !one.isFor(port, p):
		return nil, bfd.NoSession
	case !one.rule.Hears(p.TTL):
		return nil, bfd.TooFar
	}
	return one, bfd.NoDrop
}

func (one *session) isFor(port listenKey, p kernel.Packet) bool {
	key := keyOfSession(one.cfg)
	return key.listen() == port && key.neighbor.WithZone("") == p.Src.WithZone("") && (!key.source.IsValid() || key.source.WithZone("") == p.Dst.WithZone(""))
}

// tick does what is due. A neighbour is silent only when nothing of it waits to be read.
func (s *sessions) tick(now time.Time) {
	s.mu.Lock()
	silent := slices.ContainsFunc(s.list, func(one *session) bool {
		return one.state.Remote != 0 && !now.Before(one.state.Heard.Add(one.state.DetectionTime()))
	})
	listeners := map[listenKey]BFDListener{}
	if silent {
		for key, l := range s.listeners {
			listeners[key] = l
		}
	}
	s.mu.Unlock()
	for key, l := range listeners {
		l.Waiting(func(p kernel.Packet) { s.take(key, p) })
	}
	s.mu.Lock()
	for _, one := range s.list {
		if at := one.rule.Next(one.state); at.IsZero() || now.Before(at) {
			continue
		}
		was := one.state.Phase
		state, send, some := one.rule.Tick(one.state, now)
		s.follow(one, was, state, send, some)
	}
	told := len(s.news) > 0
	s.mu.Unlock()
	s.pass(told)
}

// follow makes the state that a step gave the one of a session. s.mu is held.
func (s *sessions) follow(one *session, was bfd.Phase, state bfd.State, send bfd.Packet, some bool) {
	one.state = state
	if some {
		one.say(send)
	}
	if state.Phase != was {
		s.news = append(s.news, sessionNews{one.cfg.Name, was, state.Phase, state.Diag, state.Since})
	}
}

// say sends a packet. One that cannot be sent is lost, as on the wire: the neighbour
// finds out, and says so.
func (one *session) say(p bfd.Packet) {
	if one.sender == nil {
		return
	}
	one.packet = p.Append(one.packet[:0])
	if one.sender.Send(one.packet) == nil {
		one.sent++
	}
}

// pass has the loop take the news.
func (s *sessions) pass(some bool) {
	if some {
		s.tell(sessionsMoved{})
	}
}

// takeNews gives what happened since it was asked last.
func (s *sessions) takeNews() []sessionNews {
	s.mu.Lock()
	defer s.mu.Unlock()
	news := s.news
	s.news = nil
	return news
}

// lookAgain has the timer look again where something is due sooner than it knows, and
// says whether there is news. s.mu is held.
func (s *sessions) lookAgain() bool {
	if at := s.next(); !at.IsZero() && (s.armed.IsZero() || at.Before(s.armed)) {
		select {
		case s.look <- struct{}{}:
		default: // it is about to look
		}
	}
	return len(s.news) > 0
}

// next is when the first session has something to do; the zero time: never. s.mu is held.
func (s *sessions) next() (first time.Time) {
	for _, one := range s.list {
		if at := one.rule.Next(one.state); !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// start starts the goroutine with the timer, where there is a session and it does not
// run yet. s.mu is held.
func (s *sessions) start() {
	if s.running || len(s.list) == 0 {
		return
	}
	timer, err := s.wake()
	if err != nil {
		s.log.Error("no bfd session runs", "reason", err)
		return
	}
	s.running = true
	s.workers.Go(timer.Run)
	s.workers.Go(func() { s.run(timer) })
}

// run sends what is due until the role ends.
func (s *sessions) run(timer Timer) {
	defer timer.Close()
	defer s.close()
	for {
		s.mu.Lock()
		s.armed = s.next()
		at := s.armed
		s.mu.Unlock()
		timer.Set(at)
		select {
		case <-timer.C():
		case <-s.look:
		case <-s.work.Done():
			return
		}
		s.tick(time.Now())
	}
}

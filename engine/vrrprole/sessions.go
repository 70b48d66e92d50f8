package vrrprole

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"holdfast/engine/bfd"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

// sessions are the BFD sessions of the configuration. A loop that has a table of
// addresses to set must not make a neighbour wait: packets are taken in by the reader of
// their socket and sent by a goroutine with a timer of its own, and the role's loop
// hears of changes alone.
type sessions struct {
	listen  func(port int, six bool) (BFDListener, error)
	sender  func(source, neighbor netip.Addr, port, ttl int) (BFDSender, error)
	wake    func() (Timer, error)
	log     *slog.Logger
	tell    func(input)
	workers *sync.WaitGroup
	work    context.Context // ends them
	look    chan struct{}   // one place: something is due sooner than the timer knows; never closed

	mu        sync.Mutex // guards all below
	list      []*session
	byLocal   map[uint32]*session
	listeners map[listenKey]BFDListener
	refused   map[listenKey]string // why a socket could not be opened
	drops     map[bfd.Drop]uint64
	news      []sessionNews // what the loop has not taken yet
	armed     time.Time     // when the goroutine with the timer wakes up
	running   bool          // it was started
	over      bool
}

// listenKey is what a socket is for.
type listenKey struct {
	port int
	six  bool
}

// session is one of them.
type session struct {
	cfg            model.BFD
	rule           bfd.Session
	state          bfd.State
	sender         BFDSender // nil: it could not be opened
	refused        string    // why not
	sent, received uint64
	packet         []byte // room for what is sent
}

// sessionNews is a change of phase that the loop has not heard of yet.
type sessionNews struct {
	name     string
	from, to bfd.Phase
	diag     bfd.Diag
	at       time.Time
}

// sessionsMoved says that there is news of sessions.
type sessionsMoved struct{}

// sessionKey is by what a session is known after a change of configuration. Another
// neighbour, or another way to it, is another session.
type sessionKey struct {
	name             string
	neighbor, source netip.Addr
	multihop         bool
}

func keyOfSession(c model.BFD) sessionKey {
	return sessionKey{c.Name, c.Neighbor.Val, c.Source.Val, c.Multihop.Val}
}

func (k sessionKey) listen() listenKey {
	if k.multihop {
		return listenKey{bfd.MultihopPort, k.neighbor.Is6()}
	}
	return listenKey{bfd.Port, k.neighbor.Is6()}
}

// ruleOf is a session as package bfd wants it. keepalived sends over IPv6 with a hop
// limit of 64 where none is written, which RFC 5881 forbids and others do not hear: 255
// is sent, and what such a neighbour sends is heard.
func ruleOf(c model.BFD) bfd.Session {
	s := bfd.Session{
		MinTx: c.MinTx.Val.Duration(), MinRx: c.MinRx.Val.Duration(), IdleTx: c.IdleTx.Val.Duration(),
		Multiplier: c.Multiplier.Val, Passive: c.Passive, TTL: int(c.TTL.Val), MaxHops: int(c.MaxHops.Val),
	}
	if !c.TTL.Written && s.MaxHops < bfd.AnyHops {
		s.MaxHops = min(s.MaxHops+255-s.TTL, bfd.AnyHops-1)
		s.TTL = 255
	}
	return s
}

// change makes the sessions of a configuration those that run; saved are those that an
// earlier process left. One that is known by its key goes on.
func (s *sessions) change(cfg model.Config, saved map[sessionKey]bfd.State, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := map[sessionKey]*session{}
	for _, one := range s.list {
		old[keyOfSession(one.cfg)] = one
	}
	s.list, s.byLocal = nil, map[uint32]*session{}
	for _, c := range cfg.BFDs {
		key, rule := keyOfSession(c), ruleOf(c)
		one := old[key]
		delete(old, key)
		switch {
		case one == nil:
			one = s.begin(c, rule, saved, now)
		case one.rule != rule:
			if one.rule.TTL != rule.TTL && one.sender != nil {
				one.sender.Close()
				one.sender = nil
			}
			one.state, one.rule = rule.Change(one.rule, one.state, now), rule
		}
		one.cfg = c
		s.list, s.byLocal[one.state.Local] = append(s.list, one), one
	}
	for _, gone := range old {
		gone.end(now)
	}
	s.openAll()
	s.start()
	s.lookAgain()
}

// begin makes a session that starts, or goes on where an earlier process left it. s.mu
// is held.
func (s *sessions) begin(c model.BFD, rule bfd.Session, saved map[sessionKey]bfd.State, now time.Time) *session {
	one := &session{cfg: c, rule: rule}
	was, known := saved[keyOfSession(c)]
	if known && s.byLocal[was.Local] == nil {
		one.state = rule.Resume(was, rand.Uint64(), now)
		return one
	}
	local := rand.Uint32()
	for local == 0 || s.byLocal[local] != nil {
		local = rand.Uint32()
	}
	one.state = rule.Begin(local, rand.Uint64(), now)
	s.news = append(s.news, sessionNews{c.Name, bfd.AdminDown, bfd.Down, bfd.NoDiag, now})
	return one
}

// openAll opens the sockets that are wanted and closes the others. s.mu is held.
func (s *sessions) openAll() {
	wanted := map[listenKey]bool{}
	for _, one := range s.list {
		key := keyOfSession(one.cfg)
		wanted[key.listen()] = true
		if one.sender == nil {
			one.open(s.sender, key.listen().port)
		}
	}
	for key, l := range s.listeners {
		if !wanted[key] {
			l.Close()
			delete(s.listeners, key)
		}
	}
	clear(s.refused)
	for key := range wanted {
		if s.listeners[key] == nil {
			s.hear(key)
		}
	}
}

// hear opens the socket of a port and starts its reader. s.mu is held.
func (s *sessions) hear(key listenKey) {
	l, err := s.listen(key.port, key.six)
	if err != nil {
		s.refused[key] = err.Error()
		return
	}
	s.listeners[key] = l
	s.workers.Go(func() {
		if err := l.Receive(func(p kernel.Packet) { s.take(key, p) }); err != nil {
			s.log.Warn("a bfd socket ended", "reason", err)
		}
	})
}

// open opens the socket that a session is sent from.
func (one *session) open(sender func(source, neighbor netip.Addr, port, ttl int) (BFDSender, error), port int) {
	made, err := sender(one.cfg.Source.Val, one.cfg.Neighbor.Val, port, one.rule.TTL)
	if one.refused = ""; err != nil {
		one.refused = err.Error()
		return
	}
	one.sender = made
}

// retry tries anew what could not be opened.
func (s *sessions) retry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) > 0 && !s.over {
		s.openAll()
	}
}

// end ends a session that is configured no more, or whose role ends.
func (one *session) end(now time.Time) {
	_, send, some := one.rule.Stop(one.state, now)
	if some {
		one.say(send)
	}
	one.close()
}

func (one *session) close() {
	if one.sender != nil {
		one.sender.Close()
		one.sender = nil
	}
}

// stop tells the neighbours that the sessions end by an operator's wish.
func (s *sessions) stop(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.list {
		one.end(now)
	}
	s.list, s.byLocal = nil, map[uint32]*session{}
}

// close closes what is open; nothing is sent.
func (s *sessions) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	for key, l := range s.listeners {
		l.Close()
		delete(s.listeners, key)
	}
	for _, one := range s.list {
		one.close()
	}
}

package vrrprole

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/bfd"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

// bfdNet joins the BFD sockets of nodes in memory, as a switch does.
type bfdNet struct {
	mu        sync.Mutex // guards all below
	listeners map[netip.Addr]*bfdEar
	cut       map[netip.Addr]bool // whose packets are lost
	refuse    error
	sent      []kernel.Packet
}

func newBFDNet() *bfdNet {
	return &bfdNet{listeners: map[netip.Addr]*bfdEar{}, cut: map[netip.Addr]bool{}}
}

// at gives a node its sockets.
func (n *bfdNet) at(addr string) func(*Options) {
	own := netip.MustParseAddr(addr)
	return func(o *Options) {
		o.ListenBFD = func(port int, _ bool) (BFDListener, error) {
			n.mu.Lock()
			defer n.mu.Unlock()
			if n.refuse != nil {
				return nil, n.refuse
			}
			n.listeners[own] = &bfdEar{in: make(chan kernel.Packet, 1000), closed: make(chan struct{})}
			return n.listeners[own], nil
		}
		o.SendBFD = func(source, neighbor netip.Addr, port, ttl int) (BFDSender, error) {
			return &bfdMouth{n, own, neighbor, ttl}, nil
		}
	}
}

func (n *bfdNet) lose(addr string, lost bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cut[netip.MustParseAddr(addr)] = lost
}

func (n *bfdNet) send(p kernel.Packet) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sent = append(n.sent, p)
	if l := n.listeners[p.Dst]; l != nil && !n.cut[p.Src] {
		l.in <- p
	}
}

type bfdEar struct {
	in     chan kernel.Packet
	closed chan struct{}
	once   sync.Once
}

func (e *bfdEar) Receive(take func(kernel.Packet)) error {
	for {
		select {
		case p := <-e.in:
			take(p)
		case <-e.closed:
			return nil
		}
	}
}

func (e *bfdEar) Waiting(take func(kernel.Packet)) {
	for {
		select {
		case p := <-e.in:
			take(p)
		default:
			return
		}
	}
}

func (e *bfdEar) Close() { e.once.Do(func() { close(e.closed) }) }

type bfdMouth struct {
	net      *bfdNet
	own, to  netip.Addr
	hopLimit int
}

func (m *bfdMouth) Send(b []byte) error {
	m.net.send(kernel.Packet{Src: m.own, Dst: m.to, TTL: m.hopLimit, Payload: slices.Clone(b), At: time.Now()})
	return nil
}

func (m *bfdMouth) Close() {}

// session is a bfd_instance towards an address, three times 10 ms.
func sessionTo(addr string) model.BFD {
	return model.BFD{
		Name: "near", Neighbor: model.Some(netip.MustParseAddr(addr)), TTL: model.Some(uint8(255)), Multiplier: model.Some(uint8(3)),
		MinTx: model.Some(model.Millis(10 * time.Millisecond)), MinRx: model.Some(model.Millis(10 * time.Millisecond)), IdleTx: model.Some(model.Millis(time.Second)),
	}
}

// tracking is an instance that follows the session, by a weight or without.
func tracking(weight int) model.Config {
	in := instance("VI_1", 51, 100, vip)
	in.TrackBFDs = []model.Track{{Name: "near", Weight: model.Some(model.Weight{N: weight})}}
	cfg := configOf(in)
	cfg.BFDs = []model.BFD{sessionTo("192.0.2.2")}
	return cfg
}

func neighbor() model.Config { return model.Config{BFDs: []model.BFD{sessionTo("192.0.2.1")}} }

func (s *seat) session() control.SessionStatus {
	s.t.Helper()
	list := s.status().Sessions
	if len(list) != 1 {
		s.t.Fatalf("%d sessions", len(list))
	}
	return list[0]
}

func (s *seat) sessionChanges() (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries {
		if e.Kind == journal.SessionState {
			list = append(list, e.Facts["from"]+" "+e.Facts["to"]+" "+e.Facts["reason"])
		}
	}
	return list
}

func TestAnInstanceIsInFaultWhileItsSessionIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, wire := newBFDNet(), kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), tracking(0), net.at("192.0.2.1"))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "FAULT")
		b := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.2/24"), neighbor(), net.at("192.0.2.2"))
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		if st := a.session(); st.State != "UP" || st.Interval != 10*time.Millisecond || st.Detection != 30*time.Millisecond {
			t.Errorf("the session: %+v", st)
		}
		net.lose("192.0.2.2", true)
		time.Sleep(31 * time.Millisecond)
		a.is("VI_1", "FAULT")
		if a.holds(vip) {
			t.Error("the address stayed")
		}
		net.lose("192.0.2.2", false)
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		b.stop(control.Release)
		time.Sleep(time.Millisecond)
		a.is("VI_1", "FAULT")
		want := []string{"ADMIN_DOWN DOWN ", "UP DOWN session-expired", "UP DOWN session-ended"}
		got := slices.DeleteFunc(a.sessionChanges(), func(l string) bool { return strings.HasPrefix(l, "DOWN") || strings.HasPrefix(l, "INIT") })
		if !slices.Equal(got, want) {
			t.Errorf("the journal says %q, want %q", got, want)
		}
		a.stop(control.Release)
	})
}

func TestAWeightedSessionMovesThePriority(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newBFDNet()
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), tracking(-20), net.at("192.0.2.1"))
		time.Sleep(5 * time.Second)
		if p := a.status().Instances[0].Priority; p != 80 {
			t.Errorf("priority %d before the session is up", p)
		}
		b := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.2/24"), neighbor(), net.at("192.0.2.2"))
		time.Sleep(2 * time.Second)
		if p := a.status().Instances[0].Priority; p != 100 {
			t.Errorf("priority %d while it is up", p)
		}
		a.is("VI_1", "MASTER")
		b.stop(control.Release)
		a.stop(control.Release)
	})
}

func TestASuccessorKeepsTheSessionUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net, dir := newBFDNet(), t.TempDir()
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		opt := Options{
			OpenNet:  func() (Net, error) { return twin, nil },
			OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) },
			Lacks:    func() []string { return nil }, Wake: NewTimer,
		}
		net.at("192.0.2.1")(&opt)
		a := sitIn(t, dir, tracking(0), opt)
		b := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.2/24"), neighbor(), net.at("192.0.2.2"))
		time.Sleep(10 * time.Second)
		since := b.session().Since
		a.stop(control.Handoff)
		time.Sleep(10 * time.Millisecond)
		a = sitIn(t, dir, tracking(0), opt)
		a.twin = twin
		time.Sleep(time.Second)
		if got := b.session(); got.State != "UP" || !got.Since.Equal(since) {
			t.Errorf("the neighbour sees %s since %v, before since %v", got.State, got.Since, since)
		}
		a.is("VI_1", "MASTER")
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestAChangeOfASessionsTimersKeepsItUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newBFDNet()
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), tracking(0), net.at("192.0.2.1"))
		b := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.2/24"), neighbor(), net.at("192.0.2.2"))
		time.Sleep(10 * time.Second)
		next := tracking(0)
		next.BFDs[0].MinTx = model.Some(model.Millis(50 * time.Millisecond))
		if _, err := a.role.Apply(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if st := b.session(); st.State != "UP" || st.Detection != 150*time.Millisecond {
			t.Errorf("the neighbour: %+v", st)
		}
		a.is("VI_1", "MASTER")
		next.BFDs, next.Instances[0].TrackBFDs = nil, nil
		if _, err := a.role.Apply(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
		if st := b.session(); st.State != "DOWN" || st.RemoteDiag != bfd.Stopped.String() {
			t.Errorf("after the session left the configuration: %+v", st)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestAPortThatAnotherProgramHasIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newBFDNet()
		net.refuse = errors.New("address already in use")
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), tracking(0), net.at("192.0.2.1"))
		time.Sleep(time.Second)
		held := a.status().Held
		if len(held) != 1 || held[0].Code != "bfd-port" || held[0].Object != "near" {
			t.Errorf("held: %v", held)
		}
		net.mu.Lock()
		net.refuse = nil
		net.mu.Unlock()
		b := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.2/24"), neighbor(), net.at("192.0.2.2"))
		time.Sleep(10 * time.Second)
		if st := a.session(); st.State != "UP" || len(a.status().Held) > 0 {
			t.Errorf("%+v, held %v", st, a.status().Held)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestAPlanKnowsThatANewSessionIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newBFDNet()
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)), net.at("192.0.2.1"))
		time.Sleep(5 * time.Second)
		planned, err := a.role.Plan(t.Context(), tracking(0))
		if err != nil {
			t.Fatal(err)
		}
		did, err := a.role.Apply(t.Context(), tracking(0))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(planned.Lines, did.Lines) || len(did.Lines) != 1 {
			t.Errorf("planned %q, done %q", planned.Lines, did.Lines)
		}
		a.is("VI_1", "FAULT")
		a.stop(control.Release)
	})
}

func TestPacketsThatDoNotCountAreCountedByReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := newBFDNet()
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), tracking(0), net.at("192.0.2.1"))
		time.Sleep(time.Second)
		own, near, far := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("192.0.2.3")
		good := bfd.Packet{Phase: bfd.Down, Multiplier: 3, My: 9, MinTx: time.Second, MinRx: time.Second}.Append(nil)
		net.send(kernel.Packet{Src: far, Dst: own, TTL: 255, Payload: good, At: time.Now()})
		net.send(kernel.Packet{Src: near, Dst: own, TTL: 254, Payload: good, At: time.Now()})
		net.send(kernel.Packet{Src: near, Dst: own, TTL: 255, Payload: good[:9], At: time.Now()})
		time.Sleep(time.Millisecond)
		want := map[string]uint64{"no-session": 1, "hop-limit": 1, "too-short": 1}
		if got := a.status().SessionDrops; len(got) != 3 || got["no-session"] != 1 || got["hop-limit"] != 1 || got["too-short"] != 1 {
			t.Errorf("%v, want %v", got, want)
		}
		if st := a.session(); st.State != "DOWN" || st.Received != 0 {
			t.Errorf("%+v", st)
		}
		a.stop(control.Release)
	})
}

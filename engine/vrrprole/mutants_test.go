package vrrprole

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// mutantsAtOnce is how many packets come before the role reads them, as many as its
// inbox has room for; mutantsOfLook is how many come before the test looks at the role.
const (
	mutantsAtOnce = 1000
	mutantsOfLook = 4 * mutantsAtOnce
)

// mutantsOfWorld is how many packets one world gets.
const mutantsOfWorld = 50_000

// mutants is how many mutated packets there are: HOLDFAST_MUTANTS, or a short walk.
func mutants(t *testing.T) int {
	n := 3 * mutantsOfLook
	if text := os.Getenv("HOLDFAST_MUTANTS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// ears are the sockets of a role whose packets the test puts in itself.
type ears struct {
	mu    sync.Mutex // guards both: each socket has a reader of its own
	takes map[socketKey]func(kernel.Packet)
	bfd   func(kernel.Packet)
}

type ear struct{ end chan struct{} }

func (e ear) Send(kernel.Header, []byte) error { return nil }
func (e ear) Waiting(func(kernel.Packet))      {}
func (e ear) Close()                           { close(e.end) }

// listening is a socket that hands on what the test puts in.
type listening struct {
	ear
	set func(func(kernel.Packet))
}

func (l listening) Receive(take func(kernel.Packet)) error {
	l.set(take)
	<-l.end
	return nil
}

type quietSender struct{}

func (quietSender) Send([]byte) error { return nil }
func (quietSender) Close()            {}

func (e *ears) options(o *Options) {
	open := func(key socketKey) (Wire, error) {
		return listening{ear{make(chan struct{})}, func(take func(kernel.Packet)) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.takes[key] = take
		}}, nil
	}
	o.OpenWire = func(link string, group netip.Addr) (Wire, error) { return open(socketKey{link, group, false}) }
	o.OpenAH = func(link string, group netip.Addr) (Wire, error) { return open(socketKey{link, group, true}) }
	o.ListenBFD = func(int, bool) (BFDListener, error) {
		return listening{ear{make(chan struct{})}, func(take func(kernel.Packet)) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.bfd = take
		}}, nil
	}
	o.SendBFD = func(netip.Addr, netip.Addr, int, int) (BFDSender, error) { return quietSender{}, nil }
}

// of is what takes the packets of a socket.
func (e *ears) of(key socketKey) func(kernel.Packet) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.takes[key]
}

// ofBFD is what takes the packets of BFD.
func (e *ears) ofBFD() func(kernel.Packet) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.bfd
}

// countedPackets are those that a role has accounted for: taken, or dropped with a reason.
func countedPackets(s control.Status) (taken, dropped uint64) {
	for _, in := range s.Instances {
		taken += in.Stats.AdvertsReceived
		for why, n := range in.Refused {
			dropped += n
			if counted[vrrp.Refusal(why)] { // as keepalived counts
				taken -= n
			}
		}
	}
	for _, n := range s.AdvertDrops {
		dropped += n
	}
	return taken, dropped
}

// The test feeds a running role with packets that are
// nearly right. Nothing of it falls over, each packet is taken or counted as dropped with
// its reason, no packet makes a master of a backup, and a master gives way to those only
// that the RFCs let decide: never to one that is signed and was changed.
func TestMutatedPacketsMoveNothingThatTheyMayNot(t *testing.T) {
	t.Parallel()
	left := mutants(t)
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("HOLDFAST_SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
	}
	reasons, sessionReasons, total := map[string]uint64{}, map[string]uint64{}, [3]uint64{}
	for world := uint64(0); left > 0 && !t.Failed(); world++ {
		n := min(left, mutantsOfWorld)
		left -= n
		synctest.Test(t, func(t *testing.T) {
			t.Logf("HOLDFAST_SEED=%d", seed+world)
			m := newMutantWorld(t, rand.New(rand.NewPCG(seed+world, 0)))
			for ; n > 0 && !t.Failed(); n -= mutantsOfLook {
				m.batch(min(n, mutantsOfLook))
			}
			m.sum(reasons, sessionReasons, &total)
			m.seat.stop(control.Handoff)
		})
	}
	t.Logf("%d adverts, %d of them taken, %d packets of BFD", total[0], total[1], total[2])
	t.Logf("dropped: %v", reasons)
	t.Logf("dropped of BFD: %v", sessionReasons)
}

// mutantWorld is one role with its targets.
type mutantWorld struct {
	t        *testing.T
	rand     *rand.Rand
	seat     *seat
	ears     *ears
	list     []*target
	fed      uint64 // adverts
	sessions uint64 // packets of BFD
}

func newMutantWorld(t *testing.T, r *rand.Rand) *mutantWorld {
	m := &mutantWorld{t: t, rand: r, ears: &ears{takes: map[socketKey]func(kernel.Packet){}}, list: targets(t)}
	twin := kernel.NewTwin()
	twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 1500,
		Addrs: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("fe80::1/64")}})
	m.seat = sit(t, twin, configFrom(t, mutantText), m.ears.options)
	time.Sleep(10 * time.Second)
	m.states(nil)
	return m
}

// hand puts a packet in where it comes in.
func (m *mutantWorld) hand(g *target, p kernel.Packet) {
	m.fed++
	m.ears.of(g.socketOf(p.Dst))(p)
}

// batch feeds n packets and looks at the role. In every other one all are backups of a
// better master first.
func (m *mutantWorld) batch(n int) {
	backups := m.rand.IntN(2) == 0
	for range 2 {
		for _, g := range m.list {
			priority := uint8(50)
			if backups {
				priority = 200
			}
			m.hand(g, g.genuine(priority))
		}
		synctest.Wait()
	}
	may := map[string]bool{}
	if backups {
		for _, g := range m.list {
			may[g.name] = true
		}
		m.states(may)
	}
	phase, moves := m.seat.status().Sessions[0].State, false
	seen := map[*target]kernel.Packet{}
	for _, g := range m.list {
		seen[g] = g.genuine(200) // heard by nobody yet
		if g.params.Signing != nil || g.params.AuthType == vrrp.AuthAH {
			// A signed advert was captured, and is old when it comes again.
			m.hand(g, seen[g])
			may[g.name] = true
		}
	}
	for i := range n {
		if i%mutantsAtOnce == 0 {
			synctest.Wait()
		}
		if m.rand.IntN(8) == 0 {
			p, valid := sessionPacket(m.rand)
			m.sessions++
			moves = moves || valid
			m.ears.ofBFD()(p)
			continue
		}
		g := m.list[m.rand.IntN(len(m.list))]
		p := mutate(m.rand, seen[g], seen[m.list[m.rand.IntN(len(m.list))]].Payload)
		for _, other := range m.list { // another number may have come about
			if other.socketOf(other.to) == g.socketOf(p.Dst) && other.mayDecide(p) && beats(p) {
				may[other.name] = true
			}
		}
		m.hand(g, p)
	}
	synctest.Wait()
	m.states(may)
	status := m.seat.status()
	if !moves && status.Sessions[0].State != phase {
		m.t.Errorf("the session went from %s to %s", phase, status.Sessions[0].State)
	}
	if taken, dropped := countedPackets(status); taken+dropped != m.fed {
		m.t.Errorf("%d packets came, %d were taken and %d dropped with a reason: %+v", m.fed, taken, dropped, status.AdvertDrops)
	}
	if taken, dropped := sessionPackets(status); taken+dropped != m.sessions {
		m.t.Errorf("%d packets of BFD came, %d were taken and %d dropped with a reason", m.sessions, taken, dropped)
	}
	m.recover()
}

// recover waits until all are masters again. A backup of version 3 may have learned an
// interval of 40.95 s.
func (m *mutantWorld) recover() {
	isBackup := func(in control.InstanceStatus) bool { return in.State != "MASTER" }
	for range 60 {
		if !slices.ContainsFunc(m.seat.status().Instances, isBackup) {
			return
		}
		time.Sleep(4 * time.Second)
	}
	m.states(nil)
}

func sessionPackets(s control.Status) (taken, dropped uint64) {
	for _, n := range s.SessionDrops {
		dropped += n
	}
	return s.Sessions[0].Received, dropped
}

// states holds that all are masters but those that may have given way.
func (m *mutantWorld) states(may map[string]bool) {
	m.t.Helper()
	for _, in := range m.seat.status().Instances {
		if in.State != "MASTER" && !(in.State == "BACKUP" && may[in.Name]) {
			m.t.Errorf("%s is %s (%s), held by %s with %d", in.Name, in.State, in.Reason, in.Holder, in.HolderPriority)
		}
	}
}

// sum adds what the world counted.
func (m *mutantWorld) sum(reasons, sessions map[string]uint64, total *[3]uint64) {
	status := m.seat.status()
	for _, in := range status.Instances {
		for why, n := range in.Refused {
			reasons[why] += n
		}
	}
	for why, n := range status.AdvertDrops {
		reasons["(nobody) "+why] += n
	}
	for why, n := range status.SessionDrops {
		sessions[why] += n
	}
	taken, _ := countedPackets(status)
	total[0], total[1], total[2] = total[0]+m.fed, total[1]+taken, total[2]+m.sessions
	if told := fmt.Sprint(m.seat.sayings()); strings.Contains(told, "0123456789abcdef") {
		m.t.Error("a key is told")
	}
}

package vrrprole

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/bfd"
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

// target is one instance that mutated packets are for, as a router beside it would be.
type target struct {
	name   string
	params vrrp.AdvertParams // of the one that sends
	from   netip.Addr
	to     netip.Addr
	last   vrrp.Stamp // of what was sent last
	seq    uint32
	id     uint16
}

const mutantText = `
bfd_instance B {
    neighbor_ip 192.0.2.2
}
vrrp_instance plain2 {
    interface eth0
    virtual_router_id 1
    virtual_ipaddress {
        198.51.100.1
        198.51.100.11
    }
}
vrrp_instance pass {
    interface eth0
    virtual_router_id 2
    authentication {
        auth_type PASS
        auth_pass secret
    }
    virtual_ipaddress {
        198.51.100.2
    }
}
vrrp_instance ah {
    interface eth0
    virtual_router_id 3
    authentication {
        auth_type AH
        auth_pass secret
    }
    virtual_ipaddress {
        198.51.100.3
    }
}
vrrp_instance plain3 {
    interface eth0
    virtual_router_id 4
    version 3
    virtual_ipaddress {
        198.51.100.4
    }
}
vrrp_instance six {
    interface eth0
    virtual_router_id 5
    virtual_ipaddress {
        fe80::5/64
    }
}
vrrp_instance hmac2 {
    interface eth0
    virtual_router_id 6
    auth_hmac {
        key 7 0123456789abcdef0123456789abcdef
        active_key 7
    }
    virtual_ipaddress {
        198.51.100.6
    }
}
vrrp_instance hmac3 {
    interface eth0
    virtual_router_id 7
    version 3
    unicast_peer {
        192.0.2.2
    }
    auth_hmac {
        key 7 0123456789abcdef0123456789abcdef
        active_key 7
        anti_replay monotonic
    }
    virtual_ipaddress {
        198.51.100.7
    }
}
vrrp_instance hmac6 {
    interface eth0
    virtual_router_id 8
    auth_hmac {
        key 7 0123456789abcdef0123456789abcdef
        active_key 7
    }
    virtual_ipaddress {
        fe80::8/64
    }
}
vrrp_instance peers {
    interface eth0
    virtual_router_id 9
    check_unicast_src
    unicast_peer {
        192.0.2.2
    }
    virtual_ipaddress {
        198.51.100.9
    }
}
`

// ears are the sockets of a role whose packets the test puts in itself.
type ears struct {
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
		return listening{ear{make(chan struct{})}, func(take func(kernel.Packet)) { e.takes[key] = take }}, nil
	}
	o.OpenWire = func(link string, group netip.Addr) (Wire, error) { return open(socketKey{link, group, false}) }
	o.OpenAH = func(link string, group netip.Addr) (Wire, error) { return open(socketKey{link, group, true}) }
	o.ListenBFD = func(int, bool) (BFDListener, error) {
		return listening{ear{make(chan struct{})}, func(take func(kernel.Packet)) { e.bfd = take }}, nil
	}
	o.SendBFD = func(netip.Addr, netip.Addr, int, int) (BFDSender, error) { return quietSender{}, nil }
}

// socketOf is where a packet of a target comes in.
func (g *target) socketOf(to netip.Addr) socketKey {
	group := to
	if !to.IsMulticast() {
		group = netip.IPv4Unspecified()
		if to.Is6() {
			group = netip.IPv6Unspecified()
		}
	}
	return socketKey{"eth0", group, g.params.AuthType == vrrp.AuthAH}
}

// targets are the instances of mutantText, from the side of a router beside them.
func targets(t *testing.T) []*target {
	var list []*target
	for _, team := range newTeams(configFrom(t, mutantText)) {
		r := team.routers[0]
		g := &target{name: r.cfg.Name, params: r.wire, from: netip.MustParseAddr("192.0.2.2"), to: r.to[0]}
		if r.wire.IPv6 {
			g.from = netip.MustParseAddr("fe80::2")
		}
		if r.wire.Unicast {
			g.to = netip.MustParseAddr("192.0.2.1")
		}
		list = append(list, g)
	}
	return list
}

// genuine is what the other router of a target would send now.
func (g *target) genuine(priority uint8) kernel.Packet {
	p := kernel.Packet{Link: "eth0", Src: g.from, Dst: g.to, TTL: 255, At: time.Now()}
	if g.params.AuthType == vrrp.AuthAH {
		g.seq++
		g.id++
		p.Payload = g.params.Advert(priority).Append(nil, g.from, g.to)
		seal := g.params.Seal(vrrp.Sent{TTL: 255, ID: g.id, From: g.from, To: g.to}, g.seq, p.Payload)
		head := make([]byte, 20, 44)
		head[0], head[8], head[9] = 0x45, 255, 51
		binary.BigEndian.PutUint16(head[2:], uint16(44+len(p.Payload)))
		binary.BigEndian.PutUint16(head[4:], g.id)
		from, to := g.from.As4(), g.to.As4()
		copy(head[12:], from[:])
		copy(head[16:], to[:])
		p.Headers = append(head, seal[:]...)
		return p
	}
	if g.params.Signing != nil {
		g.last = g.params.Signing.Next(g.last, time.Now())
	}
	p.Payload = g.params.AppendSigned(nil, g.params.Advert(priority), g.from, g.to, g.last)
	return p
}

// mutate changes a packet here and there, and makes its checksum fit in half of all cases:
// what is behind it is to be reached, too.
func mutate(r *rand.Rand, p kernel.Packet, other []byte) kernel.Packet {
	p.Payload, p.Headers = slices.Clone(p.Payload), slices.Clone(p.Headers)
	for range 1 + r.IntN(3) {
		b := p.Payload
		switch kind := r.IntN(12); {
		case kind < 4 && len(b) > 0:
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		case kind < 6 && len(b) > 0:
			b[r.IntN(min(8, len(b)))] = byte(r.UintN(256))
		case kind == 6:
			p.Payload = b[:r.IntN(len(b)+1)]
		case kind == 7:
			p.Payload = append(b, other[:r.IntN(len(other)+1)]...)
		case kind == 8:
			at := r.IntN(len(b) + 1)
			p.Payload = append(b[:at:at], other[min(at, len(other)):]...)
		case kind == 9:
			p.TTL = r.IntN(256)
		case kind == 10 && len(p.Headers) > 0:
			if r.IntN(8) == 0 {
				p.Headers = p.Headers[:r.IntN(len(p.Headers))]
			} else {
				p.Headers[r.IntN(len(p.Headers))] ^= 1 << r.IntN(8)
			}
		case kind == 11 && p.Src.Is4():
			p.Src = netip.AddrFrom4([4]byte{192, 0, 2, byte(r.UintN(256))})
		}
	}
	if b := p.Payload; r.IntN(2) == 0 && len(b) >= 8 {
		n := min(len(b), sizeSaid(b, p.Src.Is6()))
		binary.BigEndian.PutUint16(b[6:], sumOf(b[:n], p.Src, p.Dst, b[0]>>4 == 2 && p.Src.Is4()))
	}
	return p
}

// sizeSaid is how long a packet says it is, by RFC 3768, section 5.1, and RFC 9568, section 5.1.
func sizeSaid(b []byte, six bool) int {
	switch {
	case six:
		return 8 + 16*int(b[3])
	case b[0]>>4 == 2:
		return 16 + 4*int(b[3])
	}
	return 8 + 4*int(b[3])
}

// sumOf is the checksum of RFC 1071 over a packet and, but for version 2 on IPv4, the
// pseudo header.
func sumOf(b []byte, from, to netip.Addr, plain bool) uint16 {
	text := slices.Clone(b)
	text[6], text[7] = 0, 0
	if !plain {
		text = slices.Concat(text, make([]byte, len(text)%2), from.AsSlice(), to.AsSlice(), []byte{byte(len(b) >> 8), byte(len(b)), 0, 112})
	}
	sum := uint32(0)
	for i, c := range text {
		sum += uint32(c) << (8 * (1 - i%2))
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// mayDecide says whether a packet may decide the election of a target by the RFCs, where
// it is not signed: another way than vrrp.Receive looks at it.
func (g *target) mayDecide(p kernel.Packet) bool {
	b, w := p.Payload, g.params
	if w.Signing != nil || w.AuthType == vrrp.AuthAH || len(b) < 8 {
		return false
	}
	size := sizeSaid(b, p.Src.Is6())
	if b[0] != w.Version<<4|1 || b[1] != w.VRID || len(b) < size || w.Unicast == p.Dst.IsMulticast() || w.Unicast && p.Src != g.from || !w.Unicast && p.TTL != 255 {
		return false
	}
	if w.Version == 2 && (b[4] != w.AuthType || b[5] != 1 || w.AuthType == 1 && string(b[size-8:size]) != "secret\x00\x00") {
		return false
	}
	sum := binary.BigEndian.Uint16(b[6:])
	if sumOf(b[:size], p.Src, p.Dst, w.Version == 2 && !w.IPv6) != sum &&
		!(w.IPv6 && len(b) == size+vrrp.TrailerLen && sumOf(b, p.Src, p.Dst, false) == sum) {
		return false
	}
	for i := 8; i < 8+len(w.Addrs[0].AsSlice())*int(b[3]); i += len(w.Addrs[0].AsSlice()) {
		if ip, _ := netip.AddrFromSlice(b[i:][:len(w.Addrs[0].AsSlice())]); slices.Contains(w.Addrs, ip) {
			return true
		}
	}
	return false
}

// beats says whether an advert that counts makes a master of the priority 100 give way.
func beats(p kernel.Packet) bool {
	own := netip.MustParseAddr("192.0.2.1")
	if p.Src.Is6() {
		own = netip.MustParseAddr("fe80::1")
	}
	return p.Payload[2] > 100 || p.Payload[2] == 100 && own.Less(p.Src)
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

// sessionPacket is a mutated packet of BFD, and whether it may move a session in DOWN
// (RFC 5880, section 6.8.6).
func sessionPacket(r *rand.Rand) (p kernel.Packet, may bool) {
	b := bfd.Packet{Phase: bfd.Phase(r.UintN(4)), Multiplier: 3, My: r.Uint32(), MinTx: time.Second, MinRx: time.Second}.Append(nil)
	p = kernel.Packet{Src: netip.MustParseAddr("192.0.2.2"), Dst: netip.MustParseAddr("192.0.2.1"), TTL: 255, At: time.Now()}
	for range 1 + r.IntN(3) {
		switch kind := r.IntN(8); {
		case kind < 5 && len(b) > 0:
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		case kind == 5:
			b = b[:r.IntN(len(b)+1)]
		case kind == 6:
			p.TTL = r.IntN(256)
		default:
			b = append(b, byte(r.UintN(256)))
		}
	}
	p.Payload = b
	may = len(b) >= 24 && b[0]>>5 == 1 && b[3] >= 24 && int(b[3]) <= len(b) && b[2] != 0 && b[1]&1 == 0 && b[1]&4 == 0 &&
		binary.BigEndian.Uint32(b[4:]) != 0 && p.TTL == 255
	return p, may
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
	m.ears.takes[g.socketOf(p.Dst)](p)
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
			// What is signed was captured, and is old when it comes again.
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
			m.ears.bfd(p)
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

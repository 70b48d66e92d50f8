package probe

import (
	"fmt"
	"hash/maphash"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"holdfast/engine/model"
)

// The side of a TCP connection that closes first keeps its port for a minute
// (TIME_WAIT). Ports are counted for each destination: 10,000 checks a second of
// 10,000 servers never lack one, but five hundred a second of a single server
// would. So a probe lets the server close first where the protocol has an end,
// closes with FIN where it has none, and with a reset only beyond a share of the
// ports of a destination.
const (
	courtesy = 100 * time.Millisecond // how long a server may take to close first
	leavings = 64 << 10               // bytes that are read away meanwhile
	waiting  = 60                     // seconds of TIME_WAIT, in every Linux
	share    = 4                      // one of so many ports may be used up in that time
)

// closings counts the connections that were closed first, for each destination.
// Destinations share a counter by chance: that only brings a reset earlier.
type closings struct {
	once  sync.Once
	seed  maphash.Seed
	slots [4096]atomic.Uint64 // minute above, count below
}

// destination is where the connections of a check go.
type destination struct {
	at    netip.AddrPort
	fixed bool // the port to connect from is fixed
}

func to(c model.Check) destination {
	return destination{netip.AddrPortFrom(c.Target.Addr, c.Target.Port), c.BindPort.Val != 0}
}

// close ends conn with FIN, or with a reset if its port is fixed, and so has to be
// free again for the next check, or the destination has had its share.
func (s *closings) close(conn *socket, d destination) error {
	if d.fixed || !s.allow(d.at, time.Now(), ports()) {
		conn.reset()
	}
	return conn.Close()
}

// allow says whether one more port towards a destination may wait, of so many.
func (s *closings) allow(to netip.AddrPort, now time.Time, ports uint64) bool {
	s.once.Do(func() { s.seed = maphash.MakeSeed() })
	slot := &s.slots[maphash.Comparable(s.seed, to)%uint64(len(s.slots))]
	minute := uint64(now.Unix()/waiting) << 32
	for {
		old := slot.Load()
		next := old + 1
		if old&^0xffffffff != minute {
			next = minute + 1
		}
		if next-minute > ports/share {
			return false
		}
		if slot.CompareAndSwap(old, next) {
			return true
		}
	}
}

// ports is how many ports the kernel takes for connections, firstPort the first of them.
func ports() uint64 {
	first, last := portRange()
	return last - first + 1
}

func firstPort() uint16 {
	first, _ := portRange()
	return uint16(first)
}

// portRange is the kernel's setting.
var portRange = sync.OnceValues(func() (first, last uint64) {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err == nil {
		_, err = fmt.Sscan(string(text), &first, &last)
	}
	if err != nil || last < first {
		first, last = 32768, 60999 // the kernel's default
	}
	return first, last
})

// leave lets a server that is done close first, and gives how long that took. What
// it still sends is read away, since unread bytes would turn our FIN into a reset.
func (t *timed) leave() time.Duration {
	start := time.Now()
	t.end = start.Add(min(courtesy, t.end.Sub(start)))
	var b [512]byte
	for read := 0; read < leavings && !t.over.Load(); {
		n, err := t.Read(b[:])
		read += n
		if err != nil {
			break
		}
	}
	return time.Since(start)
}

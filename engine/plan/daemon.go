package plan

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
)

// SyncDaemon is a thread of the kernel that tells another director of the connections
// of IPVS, or hears of them. There is at most one of each state.
type SyncDaemon struct {
	State  SyncState  `json:"state"`
	Link   string     `json:"link"`
	ID     uint8      `json:"id"`               // directors with another one do not hear each other
	MaxLen uint16     `json:"max_len,omitzero"` // bytes of a message; 0: what the link takes
	Group  netip.Addr `json:"group,omitzero"`   // the zero Addr: 224.0.0.81
	Port   uint16     `json:"port,omitzero"`    // 0: 8848
	TTL    uint8      `json:"ttl,omitzero"`     // 0: 1
}

// SyncState says what a daemon does (IP_VS_STATE_* of linux/ip_vs.h).
type SyncState uint8

// The states.
const (
	SyncMaster SyncState = 1 // it sends
	SyncBackup SyncState = 2 // it receives
)

// String is the state as ipvsadm has it.
func (s SyncState) String() string {
	if s == SyncMaster {
		return "master"
	}
	return "backup"
}

// What the kernel takes where nothing is asked for (net/netfilter/ipvs/ip_vs_sync.c).
const (
	syncPort = 8848
	syncTTL  = 1
)

var syncGroup = netip.AddrFrom4([4]byte{224, 0, 0, 81})

// Normal says what the kernel takes by itself in one way: not at all.
func (d SyncDaemon) Normal() SyncDaemon {
	if d.Group = d.Group.Unmap(); d.Group == syncGroup {
		d.Group = netip.Addr{}
	}
	if d.Port == syncPort {
		d.Port = 0
	}
	if d.TTL == syncTTL {
		d.TTL = 0
	}
	return d
}

// Is says whether d, as the kernel tells it, is what was asked for: the longest
// message is the kernel's choice where none is asked for.
func (d SyncDaemon) Is(asked SyncDaemon) bool {
	d, asked = d.Normal(), asked.Normal()
	if asked.MaxLen == 0 {
		d.MaxLen = 0
	}
	return d == asked
}

func (d SyncDaemon) startLine() string {
	d = d.Normal()
	words := []string{"ipvsadm --start-daemon", d.State.String(), "--mcast-interface", d.Link, "--syncid", strconv.Itoa(int(d.ID))}
	if d.MaxLen > 0 {
		words = append(words, "--sync-maxlen", strconv.Itoa(int(d.MaxLen)))
	}
	if d.Group.IsValid() {
		words = append(words, "--mcast-group", d.Group.String())
	}
	if d.Port > 0 {
		words = append(words, "--mcast-port", strconv.Itoa(int(d.Port)))
	}
	if d.TTL > 0 {
		words = append(words, "--mcast-ttl", strconv.Itoa(int(d.TTL)))
	}
	return strings.Join(words, " ")
}

func compareDaemon(a, b SyncDaemon) int { return cmp.Compare(a.State, b.State) }

// diffDaemons stops first: the kernel changes no daemon that runs.
func diffDaemons(have, want []SyncDaemon) Plan {
	var stop, start Plan
	merge(have, want, compareDaemon, func(h, w *SyncDaemon) {
		if h != nil && (w == nil || !h.Is(*w)) {
			stop = append(stop, Op{Verb: StopDaemon, Daemon: *h})
		}
		if w != nil && (h == nil || !h.Is(*w)) {
			start = append(start, Op{Verb: StartDaemon, Daemon: *w})
		}
	})
	return append(stop, start...)
}

func (s State) withDaemon(verb Verb, d SyncDaemon) (State, error) {
	var err error
	s.Daemons, err = withOne(s.Daemons, d, compareDaemon, verb == StartDaemon, ESRCH)
	return s.emptyToNil(), err
}

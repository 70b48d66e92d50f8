package control

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"holdfast/engine/journal"
	"holdfast/engine/plan"
)

// Text is a configuration as text.
type Text struct {
	Text string `json:"text"`
}

// ApplyRequest asks a role to make a text the running one. IfMatch is the hash
// of the text that is expected to run now ("" is: whatever runs). Confirm is how
// many seconds the role waits for a confirmation before it goes back by itself;
// 0 asks for none.
type ApplyRequest struct {
	Text    string  `json:"text"`
	IfMatch string  `json:"if_match"`
	Confirm float64 `json:"confirm"`
}

// ConfirmRequest names the applied text by its hash.
type ConfirmRequest struct {
	Hash string `json:"hash"`
}

// FallRequest asks a role to go back from one text to the one before it, by their
// hashes, because the other role died on it.
type FallRequest struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// StopRequest asks a role to end. Mode is "release" or "handoff".
type StopRequest struct {
	Mode string `json:"mode"`
}

// Planned is what applying would do, or did.
type Planned struct {
	Hash       string    `json:"hash"`
	Operations plan.Plan `json:"operations"`
	Lines      []string  `json:"lines"` // the same as ip and ipvsadm lines
	Held       []Blocked `json:"held"`
	Warnings   []Blocked `json:"warnings,omitempty"` // what would be carried out and has a price; words: "notice.CODE"
	Changes    []string  `json:"changes"`            // every word that changes, also where no operation comes of it, e.g. "VI_1: priority 100 -> 98"
	Until      time.Time `json:"until,omitzero"`     // when it goes back by itself

	Forecast []Forecast `json:"forecast,omitempty"` // what becomes of the addresses that do not go on as they are
	Foretold bool       `json:"foretold,omitempty"` // Forecast is made of what is heard now; false: nothing is known
}

// Blocked is a wish that cannot be carried out now, and why. Words: "held.CODE".
type Blocked struct {
	Object string            `json:"object"` // "" is the whole role
	Code   string            `json:"code"`   // one of code.Blocks
	Args   map[string]string `json:"args,omitempty"`
}

// Pending is an applied text that waits for its confirmation.
type Pending struct {
	Hash     string    `json:"hash"`
	Previous string    `json:"previous"`
	Until    time.Time `json:"until"`
	Window   float64   `json:"window,omitempty"` // seconds that were asked for: no clock makes them more
}

// Status is where a role stands now. Instances, Groups, Scripts and Sessions are
// the vrrp role's, Virtuals and Strangers the lvs role's.
type Status struct {
	Role         string             `json:"role"`
	Node         string             `json:"node"`
	PID          int                `json:"pid"`
	Version      string             `json:"version"`
	Since        time.Time          `json:"since"`
	At           time.Time          `json:"at"`
	Hash         string             `json:"hash"`
	Pending      *Pending           `json:"pending,omitempty"`
	Held         []Blocked          `json:"held"`
	Instances    []InstanceStatus   `json:"instances,omitempty"`
	Groups       []GroupStatus      `json:"groups,omitempty"`
	Scripts      []ScriptStatus     `json:"scripts,omitempty"`
	Sessions     []SessionStatus    `json:"bfd,omitempty"`
	SessionDrops map[string]uint64  `json:"bfd_drops,omitempty"`    // packets that did not count, by reason
	AdvertDrops  map[string]uint64  `json:"advert_drops,omitempty"` // packets that came to no instance, by reason
	Virtuals     []VirtualStatus    `json:"virtuals,omitempty"`
	Strangers    []string           `json:"strangers,omitempty"`   // what others have in the IPVS table, as ipvsadm lines; the first hundred
	Seq          uint64             `json:"seq"`                   // newest journal entry
	Maintenance  *MaintenanceStatus `json:"maintenance,omitempty"` // of the vrrp role; nil: the node is in none
	Programs     *Programs          `json:"programs,omitempty"`    // nil: the role is not root, and runs all programs as itself
}

// Programs are what root allows programs of the console's texts, beside those that it
// brought in itself and those that run already.
type Programs struct {
	Users []string `json:"users"` // they may run as these
	Dirs  []string `json:"dirs"`  // they lie in these; none: anywhere
}

// InstanceStatus is where a vrrp_instance stands.
type InstanceStatus struct {
	Name           string            `json:"name"`
	Interface      string            `json:"interface"`
	VRID           uint8             `json:"vrid"`
	State          string            `json:"state"` // INIT BACKUP MASTER FAULT
	Since          time.Time         `json:"since"`
	Reason         string            `json:"reason"` // why it is in this state
	Base           int               `json:"base_priority"`
	Priority       int               `json:"priority"` // effective
	Addresses      []string          `json:"addresses"`
	NoAccept       bool              `json:"no_accept,omitempty"` // a master drops packets to Addresses: no_accept, or strict mode
	Routes         []string          `json:"routes,omitempty"`    // in the words of ip(8)
	Rules          []string          `json:"rules,omitempty"`
	Holder         string            `json:"holder"` // source address of the master last heard, or our own
	HolderPriority int               `json:"holder_priority"`
	Unheld         []string          `json:"unheld,omitempty"` // those of Addresses that the holder's adverts do not carry, or that the kernel refuses it
	Tracks         []TrackStatus     `json:"tracks"`
	Stats          VRRPStats         `json:"stats"`
	Refused        map[string]uint64 `json:"refused,omitempty"` // adverts that it did not take, by the code of the reason
	Held           []Blocked         `json:"held"`
	Complaints     []Complaint       `json:"complaints,omitempty"`
	Why            *Why              `json:"why,omitempty"`
	Incidents      []Incident        `json:"incidents,omitempty"` // the gravest first
	Group          string            `json:"group,omitempty"`
	Peers          []PeerStatus      `json:"peers,omitempty"` // of unicast; none: adverts go to the group
	Signing        *Signing          `json:"signing,omitempty"`
	Standby        *StandbyStatus    `json:"standby,omitempty"` // what an operator wants; nil: nothing
	Heard          []Advert          `json:"heard,omitempty"`   // the other routers of its number on its interface
}

// Signing is how an instance signs its adverts by auth_hmac.
type Signing struct {
	Keys   int    `json:"keys"` // how many are known
	Active uint8  `json:"active_key"`
	Mode   string `json:"mode"`                  // enforce permissive receive-only
	Window int    `json:"time_window,omitempty"` // seconds; none: adverts only have to be new
}

// PeerStatus is a router that an instance speaks to by unicast.
type PeerStatus struct {
	Address     string `json:"address"`
	Unreachable string `json:"unreachable,omitempty"` // why the last advert to it could not be sent
}

// Complaint is what is wrong with the adverts that an instance hears from one sender,
// for as long as such adverts come. Its words are "notice.CODE".
type Complaint struct {
	Code    string    `json:"code"`
	From    string    `json:"from"` // source address
	Count   uint64    `json:"count"`
	Since   time.Time `json:"since"`
	Last    time.Time `json:"last"`    // when the last such advert was heard
	Dropped bool      `json:"dropped"` // such an advert does not count

	Args map[string]string `json:"args,omitempty"` // what the words name besides the sender
}

// Facts are what the words of a complaint may name.
func (c Complaint) Facts() map[string]string {
	facts := map[string]string{journal.FactFrom: c.From}
	maps.Copy(facts, c.Args)
	return facts
}

// TrackStatus is one tracked object of an instance and what it adds now.
type TrackStatus struct {
	Kind   string `json:"kind"` // interface, script, bfd
	Name   string `json:"name"`
	Up     bool   `json:"up"`
	Known  bool   `json:"known"`
	Weight int    `json:"weight"`
	Adds   int    `json:"adds"`
}

// VRRPStats are keepalived's counters of an instance.
type VRRPStats struct {
	AdvertsReceived uint64 `json:"advert_rcvd"`
	AdvertsSent     uint64 `json:"advert_sent"`
	BecameMaster    uint64 `json:"become_master"`
	ReleasedMaster  uint64 `json:"release_master"`
	LengthErrors    uint64 `json:"packet_len_err"`
	IntervalErrors  uint64 `json:"advert_interval_err"`
	TTLErrors       uint64 `json:"ip_ttl_err"`
	TypeErrors      uint64 `json:"invalid_type_rcvd"`
	AddressErrors   uint64 `json:"addr_list_err"`
	AuthInvalid     uint64 `json:"invalid_authtype"`
	AuthMismatch    uint64 `json:"authtype_mismatch"`
	AuthFailures    uint64 `json:"auth_failure"`
	Unsigned        uint64 `json:"auth_ext_missing,omitempty"`
	Malformed       uint64 `json:"auth_ext_malformed,omitempty"`
	UnknownKey      uint64 `json:"auth_ext_unknown_key,omitempty"`
	InvalidHMAC     uint64 `json:"auth_ext_invalid_hmac,omitempty"`
	Stale           uint64 `json:"auth_ext_stale,omitempty"`
	Replayed        uint64 `json:"auth_ext_replay,omitempty"`
	PriZeroReceived uint64 `json:"pri_zero_rcvd"`
	PriZeroSent     uint64 `json:"pri_zero_sent"`
}

// GroupStatus is where a vrrp_sync_group stands.
type GroupStatus struct {
	Name    string    `json:"name"`
	State   string    `json:"state"`
	Since   time.Time `json:"since"`
	Members []string  `json:"members"`
}

// ScriptStatus is the verdict on a vrrp_script.
type ScriptStatus struct {
	Name   string    `json:"name"`
	State  string    `json:"state"` // UNKNOWN OK FAILED
	Since  time.Time `json:"since"`
	Detail string    `json:"detail"` // what the last run said
	Count  int       `json:"count"`  // result counter, 0..rise+fall-1
}

// SessionStatus is where a bfd_instance stands.
type SessionStatus struct {
	Name        string        `json:"name"`
	Neighbor    string        `json:"neighbor"`
	Source      string        `json:"source,omitempty"`
	Multihop    bool          `json:"multihop,omitempty"`
	Passive     bool          `json:"passive,omitempty"`
	State       string        `json:"state"` // ADMIN_DOWN DOWN INIT UP
	Good        bool          `json:"good"`  // for those who follow it: UP, or ended by the neighbour on purpose
	Since       time.Time     `json:"since"`
	Diag        string        `json:"diag,omitempty"` // why it left UP last
	RemoteState string        `json:"remote_state"`
	RemoteDiag  string        `json:"remote_diag,omitempty"`
	Interval    time.Duration `json:"interval"`       // nanoseconds between two packets of ours, before the jitter
	Detection   time.Duration `json:"detection_time"` // nanoseconds that the neighbour may be silent; 0: it was not heard
	Heard       time.Time     `json:"heard,omitzero"` // the last packet of the neighbour
	Sent        uint64        `json:"sent"`
	Received    uint64        `json:"received"`
}

// VirtualStatus is where a virtual_server stands.
type VirtualStatus struct {
	Name       string         `json:"name"`  // tcp:192.0.2.100:80
	State      string         `json:"state"` // UP DOWN SORRY HELD DEGRADED UNCHECKED
	Scheduler  string         `json:"scheduler"`
	Method     string         `json:"method"`
	Quorum     int            `json:"quorum"`
	QuorumUp   bool           `json:"quorum_up"`
	UpWeight   int            `json:"up_weight"`
	SorryInUse bool           `json:"sorry_in_use"`
	Sorry      string         `json:"sorry,omitempty"`
	Installed  bool           `json:"installed"`         // in the kernel's table, as read back
	Since      time.Time      `json:"since"`             // when State began
	UpSince    time.Time      `json:"up_since,omitzero"` // when the quorum was reached; zero while it is lost
	Servers    []ServerStatus `json:"servers"`
	Held       []Blocked      `json:"held"`
	Wanted     []string       `json:"wanted"` // the wished table as ipvsadm lines
}

// ServerStatus is where a real_server stands.
type ServerStatus struct {
	Name     string        `json:"name"`              // 192.0.2.33:80
	State    string        `json:"state"`             // UP DOWN UNCHECKED; FAILING: up, but failures are counted; by order DRAINING DRAINED OFF
	Since    time.Time     `json:"since"`             // when State began
	UpSince  time.Time     `json:"up_since,omitzero"` // when it came up, whatever was counted meanwhile; zero where it is not up
	Weight   int           `json:"weight"`
	InPool   bool          `json:"in_pool"`
	Reason   string        `json:"reason"` // what was seen last, or one of code.Reasons
	Checks   []CheckStatus `json:"checks"`
	Active   uint32        `json:"active"` // connections, from the kernel
	Inactive uint32        `json:"inactive"`
	Order    *OrderStatus  `json:"order,omitempty"` // what an operator wants of it
}

// CheckStatus is where one check of a real server stands.
type CheckStatus struct {
	Name     string        `json:"name"` // HTTP_GET http://192.0.2.33:80/
	Up       bool          `json:"up"`
	Known    bool          `json:"known"`
	At       time.Time     `json:"at"`
	Took     time.Duration `json:"took"`     // nanoseconds
	Text     string        `json:"text"`     // what the last probe said, e.g. "HTTP 503, 12 ms"
	Failures int           `json:"failures"` // consecutive
	Retry    int           `json:"retry"`
	Next     time.Time     `json:"next"`
	Sharing  int           `json:"sharing,omitempty"` // how many other checks have the same probe
}

// Problem is the body of every answer that is not 2xx.
type Problem struct {
	Code    string            `json:"code"` // conflict, invalid, busy, not-found, forbidden, failed
	Message string            `json:"message"`
	Args    map[string]string `json:"args,omitempty"`
}

// ClientsMove is the price of a change of a service under mh: that share of its clients,
// between 0 and 1, goes to other servers than before.
func ClientsMove(code, service string, share float64) Blocked {
	percent := strconv.FormatFloat(max(0.1, 100*share), 'f', 1, 64)
	return Blocked{Object: service, Code: code, Args: map[string]string{"object": service, "percent": strings.TrimSuffix(percent, ".0")}}
}

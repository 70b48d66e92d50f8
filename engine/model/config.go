package model

import "net/netip"

// Config is what the operator means: the typed form of one node's
// keepalived.conf. It has two stages: as written (from Parse) and as resolved
// (from Resolve); the engine takes only the second.
type Config struct {
	Global    Global
	Scripts   []Script   `kw:"vrrp_script"`
	Groups    []Group    `kw:"vrrp_sync_group"`
	Instances []Instance `kw:"vrrp_instance"`
	Virtuals  []Virtual  `kw:"virtual_server"`
}

// Global is global_defs.
type Global struct {
	Emails           []string
	EmailFrom        Opt[string]
	SMTPServer       Opt[SMTPServer]
	SMTPTimeout      Opt[Seconds]
	SMTPHelo         Opt[string]
	SMTPAlert        Opt[bool]
	SMTPAlertVRRP    Opt[bool]
	SMTPAlertChecker Opt[bool]
	NoEmailFaults    bool
	RouterID         Opt[string] // not written: the node's name
	ScriptUser       Opt[User]
	ScriptSecurity   bool // enable_script_security
	McastGroup4      Opt[netip.Addr]
	Garp             Garp // vrrp_garp_*
}

// SMTPServer is the argument of smtp_server.
type SMTPServer struct {
	Host string
	Port uint16 // 25 after Resolve when not given
}

// Garp is how often gratuitous ARP is sent after becoming master.
type Garp struct {
	MasterDelay         Opt[Seconds]
	MasterRepeat        Opt[int]
	LowerPrioDelay      Opt[Seconds]
	LowerPrioRepeat     Opt[int]
	MasterRefresh       Opt[Seconds]
	MasterRefreshRepeat Opt[int]
}

// Script is vrrp_script.
type Script struct {
	Name     string
	Command  Command
	Interval Opt[Seconds]
	Timeout  Opt[Seconds]
	Weight   Opt[Weight]
	Rise     Opt[int]
	Fall     Opt[int]
	InitFail bool
}

// Notify is the set of programs to run on transitions. General is `notify`: it
// gets four more arguments (see keepalived's notify).
type Notify struct {
	Master, Backup, Fault, Stop, General Command
}

// Group is vrrp_sync_group.
type Group struct {
	Name            string
	Members         []string
	TrackInterfaces []Track
	TrackScripts    []Track
	Notify          Notify
	SMTPAlert       Opt[bool]
}

// Instance is vrrp_instance.
type Instance struct {
	Name             string
	Master           bool // state MASTER
	Interface        string
	VRID             uint8
	Priority         Opt[uint8]
	Advert           Opt[Seconds]
	AuthType         Opt[string] // "PASS"
	Password         Opt[Secret]
	McastGroup       Opt[netip.Addr] // mcast_dst_ip, else vrrp_mcast_group4
	Source           Opt[netip.Addr] // mcast_src_ip
	Addrs            []Address
	Excluded         []Address
	NoPreempt        bool
	PreemptDelay     Opt[Seconds]
	TrackInterfaces  []Track
	TrackScripts     []Track
	DontTrackPrimary bool
	DownTimerAdverts Opt[int]
	Garp             Garp
	Notify           Notify
	NotifyRxLower    Command // notify_master_rx_lower_pri
	SMTPAlert        Opt[bool]
}

// Virtual is virtual_server.
type Virtual struct {
	Addr         netip.Addr
	Port         uint16
	Protocol     Opt[Protocol]
	Scheduler    Opt[string]
	SchedFlags   []string // flag-1, sh-port, ... as written
	Method       Opt[Method]
	Persistence  Opt[Seconds]    // Val 0 means none
	Granularity  Opt[netip.Addr] // IPv4 mask
	OnePacket    bool            // ops
	HASuspend    bool
	Alpha        Opt[bool]
	Omega        bool
	Quorum       Opt[int]
	Hysteresis   Opt[int]
	QuorumUp     Command
	QuorumDown   Command
	Sorry        Opt[Endpoint]
	SorryInhibit bool
	SorryMethod  Opt[Method]
	Inhibit      Opt[bool]
	VirtualHost  Opt[string]
	Weight       Opt[int]
	SMTPAlert    Opt[bool]
	Timing       Timing
	Servers      []Real
}

// Real is real_server.
type Real struct {
	Addr        netip.Addr
	Port        uint16
	Weight      Opt[int]
	Method      Opt[Method]
	Inhibit     Opt[bool]
	NotifyUp    Command
	NotifyDown  Command
	Upper       Opt[uint32] // uthreshold
	Lower       Opt[uint32] // lthreshold
	VirtualHost Opt[string]
	Alpha       Opt[bool]
	SMTPAlert   Opt[bool]
	Timing      Timing
	Checks      []Check
}

// Timing is when a check runs; each level inherits from the one above it.
type Timing struct {
	DelayLoop        Opt[Seconds]
	ConnectTimeout   Opt[Seconds]
	Retry            Opt[int]
	DelayBeforeRetry Opt[Seconds]
	Warmup           Opt[Seconds]
}

// Kind is the kind of a check: the word that opens its block.
type Kind string

// The kinds of checks.
const (
	HTTPGet   Kind = "HTTP_GET"
	SSLGet    Kind = "SSL_GET"
	TCPCheck  Kind = "TCP_CHECK"
	SMTPCheck Kind = "SMTP_CHECK"
	DNSCheck  Kind = "DNS_CHECK"
	MiscCheck Kind = "MISC_CHECK"
)

// Check is one checker block of a real server. After Resolve Target holds the
// address and port to connect to, whatever was written.
type Check struct {
	Kind        Kind
	ConnectIP   Opt[netip.Addr]
	ConnectPort Opt[uint16]
	BindTo      Opt[netip.Addr]
	BindPort    Opt[uint16]
	FWMark      Opt[uint32]
	Alpha       Opt[bool]
	Timing      Timing
	Target      Endpoint

	URLs        []URL       // HTTP_GET, SSL_GET
	VirtualHost Opt[string] // HTTP_GET, SSL_GET
	HTTP        Opt[string] // http_protocol: 1.0, 1.0C, 1.1
	SNI         bool        // enable_sni
	Helo        Opt[string] // SMTP_CHECK
	QueryType   Opt[string] // DNS_CHECK
	QueryName   Opt[string] // DNS_CHECK
	Command     Command     // MISC_CHECK
	MiscTimeout Opt[Seconds]
	MiscDynamic bool
}

// URL is one url block. VirtualHost is the effective one after Resolve; empty
// means address:port.
type URL struct {
	Path        string
	Digest      Opt[string]
	Codes       []CodeRange // empty means 200-299
	VirtualHost Opt[string]
	Regex       Opt[string]
}

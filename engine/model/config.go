package model

import "net/netip"

// Config is what the operator means: the typed form of one node's
// keepalived.conf. It has two stages: as written (from Parse) and as resolved
// (from Resolve); the engine takes only the second.
//
// The tags declare the directives; table.go says what each tag means.
type Config struct {
	Global    Global     `kw:"global_defs"`
	Scripts   []Script   `kw:"vrrp_script"`
	Groups    []Group    `kw:"vrrp_sync_group"`
	Instances []Instance `kw:"vrrp_instance"`
	Virtuals  []Virtual  `kw:"virtual_server"`
	Kept      []Item
}

// Global is global_defs.
type Global struct {
	Emails           []string        `kw:"notification_email"`
	EmailFrom        Opt[string]     `kw:"notification_email_from"`
	SMTPServer       Opt[SMTPServer] `kw:"smtp_server"`
	SMTPTimeout      Opt[Seconds]    `kw:"smtp_connect_timeout" range:"1..4294" default:"30"`
	SMTPHelo         Opt[string]     `kw:"smtp_helo_name"`
	SMTPAlert        Opt[bool]       `kw:"smtp_alert"`
	SMTPAlertVRRP    Opt[bool]       `kw:"smtp_alert_vrrp"`
	SMTPAlertChecker Opt[bool]       `kw:"smtp_alert_checker"`
	NoEmailFaults    bool            `kw:"no_email_faults"`
	RouterID         Opt[string]     `kw:"router_id"` // not written: the node's name
	ScriptUser       Opt[User]       `kw:"script_user"`
	ScriptSecurity   bool            `kw:"enable_script_security"`
	McastGroup4      Opt[netip.Addr] `kw:"vrrp_mcast_group4" addr:"multicast4" default:"224.0.0.18"`
	Garp             Garp            `part:"vrrp_garp_"`
	Kept             []Item
}

// SMTPServer is the argument of smtp_server.
type SMTPServer struct {
	Host string
	Port uint16 // 25 after Resolve when not given
}

// Garp is how often gratuitous ARP is sent after becoming master.
type Garp struct {
	MasterDelay         Opt[Seconds] `kw:"master_delay" range:"0..4294"`
	MasterRepeat        Opt[int]     `kw:"master_repeat" range:"0..2147483647"`
	LowerPrioDelay      Opt[Seconds] `kw:"lower_prio_delay" range:"0..4294"`
	LowerPrioRepeat     Opt[int]     `kw:"lower_prio_repeat" range:"0..2147483647"`
	MasterRefresh       Opt[Seconds] `kw:"master_refresh" range:"0..4294967295"`
	MasterRefreshRepeat Opt[int]     `kw:"master_refresh_repeat" range:"0..2147483647"`
}

// Script is vrrp_script.
type Script struct {
	Name     string       `key:"name"`
	Command  Command      `kw:"script" user:"user" need:"yes"`
	Interval Opt[Seconds] `kw:"interval" range:"0.001..4294" default:"1"`
	Timeout  Opt[Seconds] `kw:"timeout" range:"0.001..4294"`
	Weight   Opt[Weight]  `kw:"weight" range:"-253..253" default:"0"`
	Rise     Opt[int]     `kw:"rise" range:"1..2147483647" default:"1"`
	Fall     Opt[int]     `kw:"fall" range:"1..2147483647" default:"1"`
	InitFail bool         `kw:"init_fail"`
	Kept     []Item
}

// Notify is the set of programs to run on transitions. General is `notify`: it
// gets four more arguments (see keepalived's notify).
type Notify struct {
	Master  Command `kw:"_master"`
	Backup  Command `kw:"_backup"`
	Fault   Command `kw:"_fault"`
	Stop    Command `kw:"_stop"`
	General Command `kw:""`
}

// Group is vrrp_sync_group.
type Group struct {
	Name            string    `key:"name"`
	Members         []string  `kw:"group" names:"instance"`
	TrackInterfaces []Track   `kw:"track_interface" names:"interface"`
	TrackScripts    []Track   `kw:"track_script" names:"script"`
	Notify          Notify    `part:"notify"`
	SMTPAlert       Opt[bool] `kw:"smtp_alert"`
	Kept            []Item
}

// Instance is vrrp_instance.
type Instance struct {
	Name             string          `key:"name"`
	Master           bool            `kw:"state" values:"BACKUP MASTER"`
	Interface        string          `kw:"interface" names:"interface" need:"yes"`
	VRID             uint8           `kw:"virtual_router_id" range:"1..255" need:"yes"`
	Priority         Opt[uint8]      `kw:"priority" range:"1..255"` // 100; 255 with state MASTER
	Advert           Opt[Seconds]    `kw:"advert_int" range:"0.01..255" default:"1"`
	AuthType         Opt[string]     `kw:"authentication.auth_type" values:"PASS" kept:"AH"`
	Password         Opt[Secret]     `kw:"authentication.auth_pass" max:"8"`
	McastGroup       Opt[netip.Addr] `kw:"mcast_dst_ip" addr:"multicast4"` // else vrrp_mcast_group4
	Source           Opt[netip.Addr] `kw:"mcast_src_ip"`
	Addrs            []Address       `kw:"virtual_ipaddress"`
	Excluded         []Address       `kw:"virtual_ipaddress_excluded"`
	NoPreempt        bool            `kw:"nopreempt" off:"preempt"`
	PreemptDelay     Opt[Seconds]    `kw:"preempt_delay" range:"0..1000" default:"0"`
	TrackInterfaces  []Track         `kw:"track_interface" names:"interface"`
	TrackScripts     []Track         `kw:"track_script" names:"script"`
	DontTrackPrimary bool            `kw:"dont_track_primary"`
	DownTimerAdverts Opt[int]        `kw:"down_timer_adverts" range:"1..100" default:"3"`
	Garp             Garp            `part:"garp_"`
	Notify           Notify          `part:"notify"`
	NotifyRxLower    Command         `kw:"notify_master_rx_lower_pri"`
	SMTPAlert        Opt[bool]       `kw:"smtp_alert"`
	Kept             []Item
}

// Virtual is virtual_server.
type Virtual struct {
	Addr         netip.Addr      `key:"address"`
	Port         uint16          `key:"port" need:"no"`
	Protocol     Opt[Protocol]   `kw:"protocol" case:"any" values:"TCP UDP SCTP" default:"UDP"`
	Scheduler    Opt[string]     `kw:"lvs_sched" alias:"lb_algo" values:"rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq twos" default:"wlc"`
	SchedFlags   []string        `kw:"flag-1 flag-2 flag-3 sh-port sh-fallback mh-port mh-fallback"`
	Method       Opt[Method]     `kw:"lvs_method" alias:"lb_kind" values:"NAT DR TUN" default:"NAT"`
	Persistence  Opt[Seconds]    `kw:"persistence_timeout" range:"1..2678400" bare:"360" default:"0"`
	Granularity  Opt[netip.Addr] `kw:"persistence_granularity" addr:"mask"`
	OnePacket    bool            `kw:"ops"`
	HASuspend    bool            `kw:"ha_suspend"`
	Alpha        bool            `kw:"alpha"`
	Omega        bool            `kw:"omega"`
	Quorum       Opt[int]        `kw:"quorum" range:"1..2147483647" default:"1"`
	Hysteresis   Opt[int]        `kw:"hysteresis" range:"0..2147483647" default:"0"`
	QuorumUp     Command         `kw:"quorum_up"`
	QuorumDown   Command         `kw:"quorum_down"`
	Sorry        Opt[Endpoint]   `kw:"sorry_server"`
	SorryInhibit bool            `kw:"sorry_server_inhibit"`
	SorryMethod  Opt[Method]     `kw:"sorry_server_lvs_method" values:"NAT DR TUN"`
	Inhibit      Opt[bool]       `kw:"inhibit_on_failure"`
	VirtualHost  Opt[string]     `kw:"virtualhost"`
	Weight       Opt[int]        `kw:"weight" range:"1..2147483647" default:"1"`
	SMTPAlert    Opt[bool]       `kw:"smtp_alert"`
	Timing       Timing          `part:""`
	Servers      []Real          `kw:"real_server"`
	Kept         []Item
}

// Real is real_server.
type Real struct {
	Addr        netip.Addr  `key:"address"`
	Port        uint16      `key:"port" need:"no"`
	Weight      Opt[int]    `kw:"weight" range:"0..2147483647"`
	Method      Opt[Method] `kw:"lvs_method" alias:"lb_kind" values:"NAT DR TUN"`
	Inhibit     Opt[bool]   `kw:"inhibit_on_failure"`
	NotifyUp    Command     `kw:"notify_up"`
	NotifyDown  Command     `kw:"notify_down"`
	Upper       Opt[uint32] `kw:"uthreshold" range:"0..4294967295" default:"0"`
	Lower       Opt[uint32] `kw:"lthreshold" range:"0..4294967295" default:"0"`
	VirtualHost Opt[string] `kw:"virtualhost"`
	Alpha       Opt[bool]   `kw:"alpha"`
	SMTPAlert   Opt[bool]   `kw:"smtp_alert"`
	Timing      Timing      `part:""`
	Checks      []Check     `kw:"HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK MISC_CHECK"`
	Kept        []Item
}

// Timing is when a check runs; each level inherits from the one above it.
type Timing struct {
	DelayLoop        Opt[Seconds] `kw:"delay_loop" range:"0.000001..4294"`
	ConnectTimeout   Opt[Seconds] `kw:"connect_timeout" range:"0.000001..4294" except:"MISC_CHECK"`
	Retry            Opt[int]     `kw:"retry" old:"nb_get_retry" range:"0..2147483647"`
	DelayBeforeRetry Opt[Seconds] `kw:"delay_before_retry" range:"0..4294"`
	Warmup           Opt[Seconds] `kw:"warmup" range:"0..4294"`
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
	Kind        Kind            `key:"word"`
	ConnectIP   Opt[netip.Addr] `kw:"connect_ip" except:"MISC_CHECK"`
	ConnectPort Opt[uint16]     `kw:"connect_port" range:"1..65535" except:"MISC_CHECK"`
	BindTo      Opt[netip.Addr] `kw:"bindto" except:"MISC_CHECK"`
	BindPort    Opt[uint16]     `kw:"bind_port" range:"1..65535" except:"MISC_CHECK"`
	FWMark      Opt[uint32]     `kw:"fwmark" range:"0..4294967295" except:"MISC_CHECK"`
	Alpha       Opt[bool]       `kw:"alpha"`
	Timing      Timing          `part:""`
	Target      Endpoint

	URLs        []URL        `kw:"url" only:"HTTP_GET SSL_GET"`
	VirtualHost Opt[string]  `kw:"virtualhost" only:"HTTP_GET SSL_GET"`
	HTTP        Opt[string]  `kw:"http_protocol" case:"any" values:"1.0 1.0C 1.1" default:"1.0" only:"HTTP_GET SSL_GET"`
	SNI         bool         `kw:"enable_sni" only:"SSL_GET"`
	Helo        Opt[string]  `kw:"helo_name" default:"smtpchecker.keepalived.org" only:"SMTP_CHECK"`
	QueryType   Opt[string]  `kw:"type" case:"any" values:"A NS CNAME SOA MX TXT AAAA RRSIG DNSKEY" default:"SOA" only:"DNS_CHECK"`
	QueryName   Opt[string]  `kw:"name" default:"." only:"DNS_CHECK"`
	Command     Command      `kw:"misc_path" user:"user" need:"yes" only:"MISC_CHECK"`
	MiscTimeout Opt[Seconds] `kw:"misc_timeout" range:"1..4294" only:"MISC_CHECK"`
	MiscDynamic bool         `kw:"misc_dynamic" only:"MISC_CHECK"`
	Kept        []Item
}

// URL is one url block. VirtualHost is the effective one after Resolve; empty
// means address:port.
type URL struct {
	Path        string      `kw:"path" need:"yes"`
	Digest      Opt[string] `kw:"digest" hex:"32"`
	Codes       []CodeRange `kw:"status_code" range:"100..599"` // empty means 200-299
	VirtualHost Opt[string] `kw:"virtualhost"`
	Regex       Opt[string] `kw:"regex"`
	Kept        []Item
}

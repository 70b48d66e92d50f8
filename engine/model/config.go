package model

import (
	"net/netip"
	"slices"
)

// Config is what the operator means: the typed form of one node's
// keepalived.conf. It has two stages: as written (from Parse) and as resolved
// (from Resolve); the engine takes only the second.
//
// The tags declare the directives; table.go says what each tag means.
type Config struct {
	Global       Global         `kw:"global_defs" since:"..1.2.8"`
	Scripts      []Script       `kw:"vrrp_script" since:"1.1.13"`
	Processes    []TrackProcess `kw:"vrrp_track_process" since:"2.0.11"`
	Files        []TrackFile    `kw:"track_file" old:"vrrp_track_file" since:"..2.2.7 vrrp_track_file:2.0.0"`
	BFDs         []BFD          `kw:"bfd_instance" since:"..2.0.7"`
	TrackGroups  []TrackGroup   `kw:"track_group" since:"2.0.3"`
	StaticAddrs  []Address      `kw:"static_ipaddress" since:"1.1.0"`
	StaticRoutes []Route        `kw:"static_routes" since:"1.0.1"`
	StaticRules  []Rule         `kw:"static_rules" since:"1.2.20"`
	Groups       []Group        `kw:"vrrp_sync_group" since:"0.6.1"`
	Instances    []Instance     `kw:"vrrp_instance" since:"..1.0.0"`
	GarpGroups   []GarpGroup    `kw:"garp_group" since:"1.2.21"`
	Poll         bool           `kw:"linkbeat_use_polling" since:"1.1.18"`
	Polled       []PolledLink   `kw:"linkbeat_interfaces" since:"2.0.13"`
	LinkDelays   []LinkDelay    `kw:"interface_up_down_delays" range:"0..255" since:"2.2.3"`
	Virtuals     []Virtual      `kw:"virtual_server" role:"lvs" since:"..1.0.0 group:1.0.2"`
	Served       bool           // a virtual server is written, whether it is among Virtuals or not
	Kept         []Item
}

// Global is global_defs.
type Global struct {
	Emails           []string        `kw:"notification_email" names:"recipient" since:"..1.2.8"`
	EmailFrom        Opt[string]     `kw:"notification_email_from" names:"sender" since:"..1.2.8" mild:"yes"`
	SMTPServer       Opt[SMTPServer] `kw:"smtp_server" since:"..1.1.2"`
	SMTPTimeout      Opt[Seconds]    `kw:"smtp_connect_timeout" whole:"yes" range:"1..4294" default:"30" since:"..1.2.8"`
	SMTPHelo         Opt[string]     `kw:"smtp_helo_name" since:"..2.0.11" mild:"yes"`
	SMTPAlert        Opt[bool]       `kw:"smtp_alert"`
	SMTPAlertVRRP    Opt[bool]       `kw:"smtp_alert_vrrp"`
	SMTPAlertChecker Opt[bool]       `kw:"smtp_alert_checker" role:"lvs"`
	NoEmailFaults    bool            `kw:"no_email_faults"`
	RouterID         Opt[string]     `kw:"router_id" since:"1.1.8" mild:"yes"` // not written: the node's name
	ScriptUser       Opt[User]       `kw:"script_user" since:"1.3.0" mild:"yes"`
	ScriptSecurity   bool            `kw:"enable_script_security" since:"1.3.0"`
	McastGroup4      Opt[netip.Addr] `kw:"vrrp_mcast_group4" addr:"multicast4" default:"224.0.0.18" since:"1.2.10"`
	Garp             Garp            `part:"vrrp_garp_"`
	GarpInterval     Opt[Seconds]    `kw:"vrrp_garp_interval" range:"0.000001..4294.967295" default:"0" since:"1.2.21"`
	GNAInterval      Opt[Seconds]    `kw:"vrrp_gna_interval" range:"0.000001..4294.967295" default:"0" since:"1.2.21"`
	HigherPrioAdvert Opt[bool]       `kw:"vrrp_higher_prio_send_advert" since:"1.3.5..1.3.6"`
	McastGroup6      Opt[netip.Addr] `kw:"vrrp_mcast_group6" addr:"multicast6" default:"ff02::12" since:"1.2.10"`
	Version          Opt[int]        `kw:"vrrp_version" range:"2..3" default:"2" since:"1.2.20"` // where none is written, an instance of IPv6 speaks 3
	CheckUnicastSrc  bool            `kw:"vrrp_check_unicast_src" since:"..1.2.20"`
	VMACPrefix       Opt[string]     `kw:"vmac_prefix" default:"vrrp"`
	VMACAddrPrefix   Opt[string]     `kw:"vmac_addr_prefix"`                                           // else vmac_prefix
	DefaultInterface Opt[string]     `kw:"default_interface" default:"eth0" mild:"yes" since:"1.2.24"` // of static addresses that name none
	MinGarp          Opt[bool]       `kw:"vrrp_min_garp" since:"2.0.12"`                               // one round and no second block, where nothing else is written
	DownTimerAdverts Opt[int]        `kw:"vrrp_down_timer_adverts" range:"1..100" default:"3"`
	LowerPrioNoAdv   Opt[bool]       `kw:"vrrp_lower_prio_no_advert"`
	PlainChecksum    Opt[bool]       `kw:"v3_checksum_as_v2" since:"2.2.8"`
	SkipCheckAddr    bool            `kw:"vrrp_skip_check_adv_addr" since:"1.2.20"`
	Strict           bool            `kw:"vrrp_strict" since:"1.2.20"`
	OwnerIgnores     Opt[bool]       `kw:"vrrp_owner_ignore_adverts" since:"2.3.3"`
	StartupDelay     Opt[Seconds]    `kw:"vrrp_startup_delay" range:"0..4294.967295" default:"0" since:"2.0.14"`
	DelayAfterBoot   Opt[Seconds]    `kw:"vrrp_delay_after_boot" range:"0..4294.967295" default:"0" since:"2.4.0"`
	LogUnknownVRIDs  bool            `kw:"log_unknown_vrids" since:"2.0.16"`
	Fifo             Opt[Fifo]       `kw:"notify_fifo" since:"1.3.6" mild:"yes"`
	FifoScript       Command         `kw:"notify_fifo_script" since:"1.3.6" mild:"yes"`
	FifoVRRP         Opt[Fifo]       `kw:"vrrp_notify_fifo" since:"1.3.6" mild:"yes"`
	FifoVRRPScript   Command         `kw:"vrrp_notify_fifo_script" since:"1.3.6" mild:"yes"`
	FifoLVS          Opt[Fifo]       `kw:"lvs_notify_fifo" since:"1.3.6" mild:"yes" role:"lvs"`
	FifoLVSScript    Command         `kw:"lvs_notify_fifo_script" since:"1.3.6" mild:"yes" role:"lvs"`
	PriorityChanges  Opt[bool]       `kw:"vrrp_notify_priority_changes" since:"2.0.16..2.2.7"`
	FifoOnReload     bool            `kw:"fifo_write_vrrp_states_on_reload"`
	GarpElsewhere    Opt[Every]      `kw:"vrrp_garp_extra_if" old:"vrrp_vmac_garp_intvl" range:"1..86400" mild:"yes"`
	Sync             Opt[Sync]       `kw:"lvs_sync_daemon" since:"1.2.20" mild:"yes" first:"yes"` // resolved: only where its instance is there, or else a virtual server
	LogFailures      Opt[bool]       `kw:"checker_log_all_failures" role:"lvs" since:"2.0.11"`    // of checks that say nothing of it
	ShareChecks      Opt[bool]       `kw:"share_checks" comment:"yes" role:"lvs"`                 // of virtual servers that say nothing of it
	InitNotifies     bool            `kw:"rs_init_notifies" role:"lvs"`
	Flush            bool            `kw:"lvs_flush" role:"lvs" since:"1.2.23"`
	Timeouts         Opt[Timeouts]   `kw:"lvs_timeouts" mild:"yes" role:"lvs" since:"..2.0.7"`
	FlushOnStop      Opt[string]     `kw:"lvs_flush_on_stop" alias:"lvs_flush_onstop" values:"VS" optional:"yes" role:"lvs" since:"2.0.15 lvs_flush_onstop:2.0.15"`
	StartupScript    Command         `kw:"startup_script" mild:"yes"`                                                  // run before the roles of a new run start
	StartupTimeout   Opt[Seconds]    `kw:"startup_script_timeout" whole:"yes" range:"1..1000" default:"10" mild:"yes"` // then it is ended, and the start goes on
	ShutdownScript   Command         `kw:"shutdown_script" mild:"yes"`                                                 // run after the roles released all
	ShutdownTimeout  Opt[Seconds]    `kw:"shutdown_script_timeout" whole:"yes" range:"1..1000" default:"10" mild:"yes"`
	Kept             []Item
}

// GarpGroup is garp_group: interfaces that share the pace of what they announce.
type GarpGroup struct {
	GarpInterval Opt[Seconds] `kw:"garp_interval" range:"0..4294.967295" since:"1.2.21..1.4.2"`
	GNAInterval  Opt[Seconds] `kw:"gna_interval" range:"0..4294.967295" since:"1.2.21..2.0.7"`
	Interfaces   []string     `kw:"interfaces" each:"interface" names:"interface"`
	Kept         []Item
}

// TrackGroup is track_group: instances that depend on the interfaces of the static items
// that name it.
type TrackGroup struct {
	Name    string   `key:"name"`
	Members []string `kw:"group" names:"instance" since:"2.0.3"`
	Kept    []Item
}

// SMTPServer is the argument of smtp_server.
type SMTPServer struct {
	Host string
	Port uint16 // 25 after Resolve when not given
}

// Garp is how often gratuitous ARP is sent after becoming master.
type Garp struct {
	MasterDelay         Opt[Seconds] `kw:"master_delay" whole:"2.2.7" range:"0..4294" inforce:"global_defs:5" since:"1.2.20 vrrp_instance:0.7.1"`
	MasterRepeat        Opt[int]     `kw:"master_repeat" range:"1..2147483647" least:"yes" inforce:"global_defs:5" since:"1.2.20 vrrp_instance:1.2.14"`
	LowerPrioDelay      Opt[Seconds] `kw:"lower_prio_delay" whole:"2.2.7" range:"0..4294" since:"1.2.20"`
	LowerPrioRepeat     Opt[int]     `kw:"lower_prio_repeat" range:"0..2147483647" since:"1.2.20"`
	MasterRefresh       Opt[Seconds] `kw:"master_refresh" whole:"2.2.7" range:"0..4294967295" inforce:"global_defs:0" since:"1.2.20 vrrp_instance:1.2.10"`
	MasterRefreshRepeat Opt[int]     `kw:"master_refresh_repeat" range:"1..2147483647" least:"yes" inforce:"global_defs:1" since:"1.2.20 vrrp_instance:1.2.14"`
}

// Script is vrrp_script.
type Script struct {
	Name     string       `key:"name"`
	Command  Command      `kw:"script" user:"user" need:"yes" since:"1.1.13 user:1.3.0" mild:"yes"`
	Interval Opt[Seconds] `kw:"interval" whole:"2.2.7" range:"0.001..4294" default:"1" since:"1.1.13"`
	Timeout  Opt[Seconds] `kw:"timeout" whole:"2.2.7" range:"0.001..4294" since:"1.2.6"`
	Weight   Opt[Weight]  `kw:"weight" range:"-253..253" default:"0" since:"1.1.13"`
	Rise     Opt[int]     `kw:"rise" range:"1..2147483647" default:"1" reset:"yes" since:"1.1.18"`
	Fall     Opt[int]     `kw:"fall" range:"1..2147483647" default:"1" reset:"yes" since:"1.1.18"`
	InitFail bool         `kw:"init_fail" since:"1.3.2"`
	Kept     []Item
}

// TrackProcess is vrrp_track_process: it is well while as many processes run as its
// quorum says.
type TrackProcess struct {
	Name           string       `key:"name"`
	Process        ProcessLine  `kw:"process" need:"yes" since:"2.0.11"` // the name; with parameters, the whole command line
	ParamMatch     Opt[string]  `kw:"param_match" values:"initial partial" mild:"yes" since:"2.0.16"`
	Weight         Opt[Weight]  `kw:"weight" range:"-254..254" default:"0" mild:"yes" since:"2.0.11"`
	Quorum         Opt[int]     `kw:"quorum" range:"1..65535" default:"1" since:"2.0.11"`
	QuorumMax      Opt[int]     `kw:"quorum_max" range:"0..65535" since:"2.0.16"` // not written: any number will do
	ForkDelay      Opt[Seconds] `kw:"fork_delay" range:"0.000001..3600" default:"0" since:"2.0.16"`
	TerminateDelay Opt[Seconds] `kw:"terminate_delay" range:"0.000001..3600" default:"0" since:"2.0.16"`
	Delay          Opt[Seconds] `kw:"delay" range:"0.000001..3600" since:"2.0.11"` // both of them
	FullCommand    bool         `kw:"full_command" since:"2.0.11..2.2.7"`
	Kept           []Item
}

// TrackFile is track_file: the number in a file, times the weight, is added to a
// priority.
type TrackFile struct {
	Name   string        `key:"name"`
	File   string        `kw:"file" mild:"yes" need:"yes"`
	Weight Opt[Weight]   `kw:"weight" range:"-2147483647..2147483647" default:"1" mild:"yes"`
	Init   Opt[InitFile] `kw:"init_file" optional:"yes"` // not written: the file is not made
	Kept   []Item
}

// Notify is the set of programs to run on transitions. General is `notify`: it
// gets four more arguments (see keepalived's notify).
type Notify struct {
	Master  Command `kw:"_master" since:"..0.5.9 vrrp_sync_group:0.6.4"`
	Backup  Command `kw:"_backup" since:"..0.5.9 vrrp_sync_group:0.6.4"`
	Fault   Command `kw:"_fault" since:"..0.5.9 vrrp_sync_group:0.6.4"`
	Stop    Command `kw:"_stop" since:"..2.2.7 vrrp_instance:1.1.13"`
	General Command `kw:"" since:"..1.2.8"`
}

// Group is vrrp_sync_group.
type Group struct {
	Name            string    `key:"name"`
	Members         []string  `kw:"group" names:"instance" since:"..1.2.8"`
	TrackInterfaces []Track   `kw:"track_interface" names:"interface" since:"2.0.0"`
	TrackScripts    []Track   `kw:"track_script" names:"script" since:"2.0.0"`
	TrackFiles      []Track   `kw:"track_file" names:"track_file" line:"track_process" since:"2.0.0"`
	TrackProcesses  []Track   `kw:"track_process" names:"vrrp_track_process" since:"2.0.11..2.2.7"`
	Weights         bool      `kw:"sync_group_tracking_weight" old:"global_tracking" since:"2.0.0 global_tracking:1.2.3"` // weights count for members, too
	TrackBFDs       []Track   `kw:"track_bfd" names:"bfd_instance" since:"..2.0.8"`
	Notify          Notify    `part:"notify"`
	PriorityChanges Opt[bool] `kw:"notify_priority_changes" since:"2.0.16..2.2.7"`
	SMTPAlert       Opt[bool] `kw:"smtp_alert" since:"1.0.0"`
	Kept            []Item
}

// Instance is vrrp_instance.
type Instance struct {
	Name             string          `key:"name"`
	Master           bool            `kw:"state" values:"BACKUP MASTER" since:"..1.2.8"`
	Interface        string          `kw:"interface" names:"interface" need:"yes" since:"..1.2.8"`
	VRID             uint8           `kw:"virtual_router_id" range:"1..255" need:"yes" since:"..1.1.12"`
	Priority         Opt[uint8]      `kw:"priority" range:"1..255" reset:"yes" since:"..1.2.8"` // 100; 255 with state MASTER
	Advert           Opt[Seconds]    `kw:"advert_int" range:"0.01..255" default:"1" since:"..0.7.1"`
	AuthType         Opt[string]     `kw:"authentication.auth_type" values:"PASS AH" since:"..1.2.8"`
	Password         Opt[Secret]     `kw:"authentication.auth_pass" max:"8" since:"..1.1.5"`
	HMAC             HMAC            `kw:"auth_hmac" since:"2.4.0"`
	McastGroup       Opt[netip.Addr] `kw:"mcast_dst_ip" addr:"multicast4"` // else vrrp_mcast_group4
	Source           Opt[netip.Addr] `kw:"mcast_src_ip" since:"0.6.1"`
	Addrs            []Address       `kw:"virtual_ipaddress" since:"..0.5.9"`
	Excluded         []Address       `kw:"virtual_ipaddress_excluded" since:"0.5.9"`
	Routes           []Route         `kw:"virtual_routes" since:"1.0.1"`
	Rules            []Rule          `kw:"virtual_rules" since:"1.2.20"`
	NoPreempt        bool            `kw:"nopreempt" off:"preempt" since:"1.1.8 preempt:..1.1.8"`
	PreemptDelay     Opt[Seconds]    `kw:"preempt_delay" range:"0..1000" default:"0" reset:"yes" since:"1.1.8"`
	TrackInterfaces  []Track         `kw:"track_interface" names:"interface" since:"1.0.1"`
	TrackScripts     []Track         `kw:"track_script" names:"script" since:"1.1.13"`
	TrackFiles       []Track         `kw:"track_file" old:"vrrp_track_file" names:"track_file" line:"track_process" since:"2.0.0 vrrp_track_file:never"`
	TrackProcesses   []Track         `kw:"track_process" names:"vrrp_track_process" since:"2.0.11"`
	TrackBFDs        []Track         `kw:"track_bfd" names:"bfd_instance" since:"..2.0.8"`
	DontTrackPrimary bool            `kw:"dont_track_primary" since:"1.1.8"`
	DownTimerAdverts Opt[int]        `kw:"down_timer_adverts" range:"1..100" inforce:"3" since:"2.2.3"` // else vrrp_down_timer_adverts
	HigherPrioAdvert Opt[bool]       `kw:"higher_prio_send_advert" since:"1.3.5"`                       // else vrrp_higher_prio_send_advert
	Garp             Garp            `part:"garp_"`
	Notify           Notify          `part:"notify"`
	PriorityChanges  Opt[bool]       `kw:"notify_priority_changes" since:"2.0.16..2.2.7"` // else the group's, else vrrp_notify_priority_changes
	NotifyRxLower    Command         `kw:"notify_master_rx_lower_pri" since:"2.0.6"`
	NotifyDeleted    Opt[Command]    `kw:"notify_deleted" optional:"yes"` // not written: its end at a reload is told as a fault
	SMTPAlert        Opt[bool]       `kw:"smtp_alert" since:"..1.0.0"`
	Version          Opt[int]        `kw:"version" range:"2..3" since:"1.2.17..1.2.20"`
	UnicastSource    Opt[netip.Addr] `kw:"unicast_src_ip" since:"1.2.10"` // the last of this and mcast_src_ip counts
	Peers            []Peer          `kw:"unicast_peer" since:"1.2.8"`    // none: adverts go to the group
	UnicastTTL       Opt[uint8]      `kw:"unicast_ttl" range:"0..255"`    // IPv4: 255; IPv6: what the kernel has
	FaultNoPeer      bool            `kw:"unicast_fault_no_peer"`
	Unsigned         bool            // after Resolve: auth_hmac is left out, since the key that signs is not there
	Depends          []string        // after Resolve: interfaces of the static items that name its track groups
	CheckUnicastSrc  bool            `kw:"check_unicast_src"`                                                // or vrrp_check_unicast_src, or a peer with a hop limit
	OldChecksum      Opt[string]     `kw:"old_unicast_checksum" values:"never" optional:"yes" since:"1.3.7"` // not written: as the peers have it
	PlainChecksum    Opt[bool]       `kw:"v3_checksum_as_v2" since:"2.2.8"`
	SkipCheckAddr    bool            `kw:"skip_check_adv_addr" since:"1.2.20"`
	LowerPrioNoAdv   Opt[bool]       `kw:"lower_prio_no_advert"`
	OwnerIgnores     Opt[bool]       `kw:"owner_ignore_adverts" since:"2.3.3"`
	StrictMode       Opt[bool]       `kw:"strict_mode" since:"1.2.20"` // else vrrp_strict
	Accept           bool            `kw:"accept" since:"1.2.17"`
	NoAccept         bool            `kw:"no_accept" since:"1.3.0"` // after Resolve: whether packets to the addresses are dropped
	VMAC             Opt[VMAC]       `kw:"use_vmac" optional:"yes" since:"..1.2.6"`
	XmitBase         bool            `kw:"vmac_xmit_base" since:"1.2.10"`
	VMACAddr         bool            `kw:"use_vmac_addr"`                                                   // also for addresses on other interfaces
	GarpElsewhere    Opt[Every]      `kw:"garp_extra_if" old:"vmac_garp_intvl" range:"0..86400" mild:"yes"` // else vrrp_garp_extra_if; 0: never
	Promote          bool            `kw:"promote_secondaries" since:"1.3.0"`                               // resolved: not with use_vmac, which does it anyway
	Kept             []Item
}

// Virtual is virtual_server.
type Virtual struct {
	Addr         netip.Addr      `key:"address" need:"no"`
	Port         uint16          `key:"port" need:"no"`
	Of           VirtualOf       `key:"of" need:"no"` // in place of an address
	Family       Opt[string]     `kw:"ip_family" values:"inet inet6" since:"1.2.20"`
	Ends         []End           // resolved: what it is in the kernel, where it is no address
	Protocol     Opt[Protocol]   `kw:"protocol" identity:"yes" case:"any" values:"TCP UDP SCTP" default:"UDP" since:"..1.2.8"`
	Scheduler    Opt[string]     `kw:"lvs_sched" alias:"lb_algo" values:"rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq twos" default:"wlc" since:"1.1.5 lb_algo:..1.1.5"`
	SchedFlags   []string        `kw:"flag-1 flag-2 flag-3 sh-port sh-fallback mh-port mh-fallback" since:"..2.2.7 mh-port:2.0.20 mh-fallback:2.0.20"`
	Method       Opt[Method]     `kw:"lvs_method" alias:"lb_kind" values:"NAT DR TUN" default:"NAT" since:"1.1.5 lb_kind:..1.1.5"`
	Persistence  Opt[Seconds]    `kw:"persistence_timeout" whole:"yes" range:"1..2678400" bare:"360" default:"0" since:"..1.2.8" mild:"yes"`
	Granularity  Opt[netip.Addr] `kw:"persistence_granularity" addr:"mask" since:"..1.2.8"`
	Engine       Opt[string]     `kw:"persistence_engine" since:"1.2.20"` // counts with persistence only
	OnePacket    bool            `kw:"ops" since:"1.2.8"`
	HASuspend    bool            `kw:"ha_suspend" since:"1.0.0"`
	Alpha        bool            `kw:"alpha" since:"1.1.16"`
	Omega        bool            `kw:"omega" since:"1.1.16"`
	Quorum       Opt[int]        `kw:"quorum" range:"1..2147483647" default:"1" reset:"yes" since:"1.1.16"`
	Hysteresis   Opt[int]        `kw:"hysteresis" range:"0..2147483647" default:"0" since:"1.1.16"`
	QuorumUp     Command         `kw:"quorum_up" since:"1.1.16"`
	QuorumDown   Command         `kw:"quorum_down" since:"1.1.16"`
	Sorry        Opt[Endpoint]   `kw:"sorry_server" since:"..0.6.4"`
	SorryInhibit bool            `kw:"sorry_server_inhibit" since:"1.2.13"`
	SorryMethod  Opt[Method]     `kw:"sorry_server_lvs_method" values:"NAT DR TUN" since:"1.3.6..2.2.7" mild:"yes"`
	Inhibit      Opt[bool]       `kw:"inhibit_on_failure" since:"..2.0.15"`
	Grace        Opt[Seconds]    `kw:"failing_grace" comment:"yes" range:"0.1..86400" default:"0"` // failing servers stay with weight 0
	SlowStart    Opt[Seconds]    `kw:"slow_start" comment:"yes" range:"1..86400" default:"0"`      // of servers that come back
	ShareChecks  Opt[bool]       `kw:"share_checks" comment:"yes"`                                 // equal checks run once
	VirtualHost  Opt[string]     `kw:"virtualhost" since:"0.5.8" mild:"yes"`
	Weight       Opt[int]        `kw:"weight" range:"1..2147483647" default:"1"`
	SMTPAlert    Opt[bool]       `kw:"smtp_alert"`
	Timing       Timing          `part:""`
	Servers      []Real          `kw:"real_server" since:"..0.6.8"`
	Kept         []Item

	place    uint32 // of ParseNext: one more than the byte at which its block begins
	resolved bool   // it was taken over from a resolved configuration
}

// Same says whether both are one virtual server, which a text and the next one share.
func (v *Virtual) Same(w *Virtual) bool {
	return v.resolved && len(v.Servers) > 0 && len(v.Servers) == len(w.Servers) && &v.Servers[0] == &w.Servers[0] &&
		slices.Equal(v.Ends, w.Ends)
}

// virtualKey tells virtual servers apart.
type virtualKey struct {
	protocol Protocol
	end      netip.AddrPort
	of       VirtualOf
}

func (v *Virtual) key() virtualKey {
	return virtualKey{v.Protocol.Or(UDP), netip.AddrPortFrom(v.Addr, v.Port), v.of()}
}

// name is the key as findings have it.
func (k virtualKey) name() string {
	if k.of != (VirtualOf{}) {
		return k.of.name(k.protocol)
	}
	return k.protocol.String() + ":" + k.end.String()
}

// Real is real_server.
type Real struct {
	Addr           netip.Addr  `key:"address"`
	Port           uint16      `key:"port" need:"no"`
	Weight         Opt[int]    `kw:"weight" range:"0..2147483647" inforce:"real_server:1" since:"..1.2.8"`
	Method         Opt[Method] `kw:"lvs_method" alias:"lb_kind" values:"NAT DR TUN" since:"1.3.6 lb_kind:2.4.0..2.4.3"`
	Inhibit        Opt[bool]   `kw:"inhibit_on_failure" since:"0.6.8"`
	*ServerOptions `part:""`   // never nil in what Parse or Resolve gives
	Checks         []Check     `kw:"HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK MISC_CHECK UDP_CHECK PING_CHECK BFD_CHECK FILE_CHECK" since:"..0.4.9 FILE_CHECK:..2.2.7 SSL_GET:0.4.9 TCP_CHECK:..0.5.8 SMTP_CHECK:1.1.8 DNS_CHECK:1.3.0 MISC_CHECK:0.4.0..0.5.8 BFD_CHECK:..2.0.8"`
}

// Timing is when a check runs; each level inherits from the one above it.
type Timing struct {
	DelayLoop        Opt[Seconds] `kw:"delay_loop" identity:"no" range:"0.000001..4294" inforce:"60" since:"..2.2.7 virtual_server:..1.2.8"`
	ConnectTimeout   Opt[Seconds] `kw:"connect_timeout" identity:"no" range:"0.000001..4294" inforce:"5" except:"MISC_CHECK" since:"..2.2.7 host:1.2.13 virtual_server:2.0.13 real_server:2.0.13 HTTP_GET:..1.2.8 SSL_GET:..1.2.8 TCP_CHECK:..1.2.8 SMTP_CHECK:..1.2.8"`
	Retry            Opt[int]     `kw:"retry" identity:"no" old:"nb_get_retry" range:"0..2147483647" inforce:"1 MISC_CHECK:0 DNS_CHECK:3" since:"..2.2.7 SMTP_CHECK:..1.2.8 TCP_CHECK:1.2.20 HTTP_GET:..2.0.15 SSL_GET:..2.0.15 nb_get_retry:never HTTP_GET.nb_get_retry:..1.2.8 SSL_GET.nb_get_retry:..1.2.8"`
	DelayBeforeRetry Opt[Seconds] `kw:"delay_before_retry" identity:"no" range:"0..4294" inforce:"1 HTTP_GET:3 SSL_GET:3 DNS_CHECK:60" since:"..2.2.7 TCP_CHECK:1.2.20 HTTP_GET:..1.2.8 SSL_GET:..1.2.8 SMTP_CHECK:..1.2.8"`
	Warmup           Opt[Seconds] `kw:"warmup" identity:"no" range:"0..4294" inforce:"60"`
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
	UDPCheck  Kind = "UDP_CHECK"
	PingCheck Kind = "PING_CHECK"
	BFDCheck  Kind = "BFD_CHECK"
	FileCheck Kind = "FILE_CHECK"
)

// Check is one checker block of a real server. After Resolve Target holds the
// address and port to connect to, whatever was written.
type Check struct {
	Kind        Kind            `key:"word"`
	ConnectIP   Opt[netip.Addr] `kw:"connect_ip" identity:"no" except:"MISC_CHECK BFD_CHECK FILE_CHECK" since:"1.2.13 SMTP_CHECK:1.2.17 DNS_CHECK:1.3.0..2.2.7 UDP_CHECK:..2.2.7 PING_CHECK:..2.2.7"`
	ConnectPort Opt[uint16]     `kw:"connect_port" identity:"no" range:"1..65535" except:"MISC_CHECK PING_CHECK BFD_CHECK FILE_CHECK" since:"..1.2.8 SMTP_CHECK:1.2.17 DNS_CHECK:1.3.0..2.2.7 UDP_CHECK:..2.2.7"`
	BindTo      Opt[netip.Addr] `kw:"bindto" except:"MISC_CHECK BFD_CHECK FILE_CHECK" since:"..1.2.8 SMTP_CHECK:1.2.17 DNS_CHECK:1.3.0..2.2.7 UDP_CHECK:..2.2.7 PING_CHECK:..2.2.7"`
	BindPort    Opt[uint16]     `kw:"bind_port" range:"1..65535" except:"MISC_CHECK PING_CHECK BFD_CHECK FILE_CHECK" since:"1.2.13 SMTP_CHECK:1.2.17 DNS_CHECK:1.3.0..2.2.7 UDP_CHECK:..2.2.7"`
	BindIf      Opt[string]     `kw:"bind_if" names:"interface" except:"MISC_CHECK BFD_CHECK FILE_CHECK" since:"1.3.7 UDP_CHECK:..2.2.7 PING_CHECK:..2.2.7"`
	FWMark      Opt[uint32]     `kw:"fwmark" range:"0..4294967295" except:"MISC_CHECK BFD_CHECK FILE_CHECK" since:"1.2.13 SMTP_CHECK:1.2.17 DNS_CHECK:1.3.0..2.2.7 UDP_CHECK:..2.2.7 PING_CHECK:..2.2.7"`
	Alpha       Opt[bool]       `kw:"alpha" identity:"no" except:"FILE_CHECK"`
	LogFailures Opt[bool]       `kw:"log_all_failures" identity:"no" except:"BFD_CHECK FILE_CHECK" since:"2.0.11 UDP_CHECK:..2.2.7 PING_CHECK:..2.2.7"`
	Timing      Timing          `part:"" except:"BFD_CHECK FILE_CHECK"`
	Target      Endpoint

	URLs        []URL        `kw:"url" only:"HTTP_GET SSL_GET" since:"..1.2.8"`
	VirtualHost Opt[string]  `kw:"virtualhost" identity:"no" only:"HTTP_GET SSL_GET" since:"1.3.6" mild:"yes"`
	HTTP        Opt[string]  `kw:"http_protocol" case:"any" values:"1.0 1.0C 1.1" default:"1.0" only:"HTTP_GET SSL_GET" since:"2.0.17" mild:"yes"`
	SNI         bool         `kw:"enable_sni" only:"SSL_GET" since:"1.4.3"`
	SNIName     Opt[string]  `kw:"sni_name" only:"SSL_GET" since:"unreleased"`                          // else the virtualhost, with enable_sni
	Hosts       []CheckHost  `kw:"host" outdated:"yes" identity:"no" only:"SMTP_CHECK" since:"..1.2.8"` // after Resolve none: each is a check
	Helo        Opt[string]  `kw:"helo_name" default:"smtpchecker.keepalived.org" only:"SMTP_CHECK" since:"..1.2.8" mild:"yes"`
	QueryType   Opt[string]  `kw:"type" case:"any" values:"A NS CNAME SOA MX TXT AAAA RRSIG DNSKEY" default:"SOA" only:"DNS_CHECK" since:"1.3.0"`
	QueryName   Opt[string]  `kw:"name" default:"." only:"DNS_CHECK" since:"1.3.0"`
	Session     Opt[string]  `kw:"name" mild:"yes" only:"BFD_CHECK"`
	TrackFile   Opt[string]  `kw:"track_file" names:"track_file" only:"FILE_CHECK"`
	FileWeight  Opt[Weight]  `kw:"weight" identity:"no" range:"-2147483647..2147483647" mild:"yes" only:"FILE_CHECK"` // else the file's own
	Command     Command      `kw:"misc_path" user:"user" need:"yes" only:"MISC_CHECK" since:"..1.2.8 user:1.3.0"`
	MiscTimeout Opt[Seconds] `kw:"misc_timeout" identity:"no" whole:"yes" range:"1..4294" only:"MISC_CHECK" since:"1.1.0"`
	MiscDynamic bool         `kw:"misc_dynamic" only:"MISC_CHECK" since:"1.1.8"`
	Payload     Opt[Hex]     `kw:"payload" mild:"yes" only:"UDP_CHECK"`
	Reply       Opt[Hex]     `kw:"require_reply" optional:"yes" only:"UDP_CHECK"` // empty: any answer will do
	MinReply    Opt[int]     `kw:"min_reply_length" range:"0..65535" default:"0" only:"UDP_CHECK"`
	MaxReply    Opt[int]     `kw:"max_reply_length" range:"0..65535" default:"255" only:"UDP_CHECK"`
	Kept        []Item
}

// URL is one url block. VirtualHost is the effective one after Resolve; empty
// means address:port.
type URL struct {
	Path        string      `kw:"path" need:"yes" since:"..1.2.8"`
	Digest      Opt[string] `kw:"digest" hex:"32" since:"..1.2.8"`
	Codes       []CodeRange `kw:"status_code" range:"100..599" since:"0.7.6"` // empty means 200-299
	VirtualHost Opt[string] `kw:"virtualhost" since:"1.3.6" mild:"yes"`
	Regex       Opt[Regex]  `kw:"regex" since:"2.0.7" mild:"yes"`
	// The words below count beside a regex only. The offsets are those of the first
	// and of the last byte of the answer where a match may begin.
	NoMatch      bool         `kw:"regex_no_match" since:"2.0.7..2.2.7"`
	RegexOptions RegexOptions `kw:"regex_options" mild:"yes" since:"2.0.7..2.2.7"`
	RegexMin     Opt[uint32]  `kw:"regex_min_offset" range:"0..4294967295" mild:"yes" since:"2.0.7..2.2.7"`
	RegexMax     Opt[uint32]  `kw:"regex_max_offset" range:"0..4294967295" mild:"yes" since:"2.0.7..2.2.7"`
	Kept         []Item
}

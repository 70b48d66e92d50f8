package code

// What holds a wish back, or an instance in FAULT. Words: held.CODE.
const (
	NoNetAdmin           = "no-net-admin"           // the capability to set addresses and services is missing
	NoNetRaw             = "no-net-raw"             // the capability to send adverts is missing
	NoIPVS               = "no-ipvs"                // the kernel has no IPVS
	NoInterface          = "no-interface"           // the interface does not exist
	NoAddress            = "no-address"             // the interface has no source address
	LinkTaken            = "link-taken"             // a link of the name of a virtual MAC interface is somebody else's
	LinkDown             = "link-down"              // the interface is down, or without a carrier
	InterfaceIsPort      = "interface-is-port"      // the interface belongs to a bridge or a bond, which gets the adverts
	OwnAddress           = "own-address"            // the interface has no address but a virtual one
	AddressScope         = "address-scope"          // an address has another scope than its network has already
	NoPeers              = "no-peers"               // unicast_fault_no_peer, and there is no peer
	StrictUnicast        = "strict-unicast"         // peers in strict mode, on an interface that has multicast
	NoSigningKey         = "no-signing-key"         // the key that signs adverts is missing: they are not signed
	NoSocket             = "no-socket"              // the socket for adverts could not be opened
	BFDPort              = "bfd-port"               // the UDP port of BFD cannot be had
	BFDSource            = "bfd-source"             // a session cannot be sent from its own address
	BashMissing          = "bash-missing"           // a line needs a shell, and there is none
	ScriptMissing        = "script-missing"         // a program cannot be run
	ScriptCarriageReturn = "script-carriage-return" // the first line of a program ends with a carriage return
	ScriptInterpreter    = "script-interpreter"     // the interpreter of a program is missing
	ScriptFormat         = "script-format"          // a program is for another machine, or none
	ScriptShortage       = "script-shortage"        // the host has no process or memory for a program
	NoCredentials        = "no-credentials"         // the files of the block SSL cannot be read
	CheckNotRun          = "check-not-run"          // the program of a MISC_CHECK cannot be run; the check counts as good
	NotifyNotRun         = "notify-not-run"         // a program that is told of transitions cannot be run
	HashTurnsAway        = "hash-turns-away"        // a hash turns the clients of servers of weight 0 away
	Suspended            = "suspended"              // ha_suspend, and the address is elsewhere
	LeftoverTable        = "leftover-table"         // an nftables table of keepalived is left in the kernel
	ParentSilent         = "parent-silent"          // the parent gives no sign: nobody starts a dead role again
	KernelRefused        = "kernel-refused"         // the kernel refused an operation
	TextDamaged          = "text-damaged"           // the applied text does not fit its hash; the one before it runs
	TextLost             = "text-lost"              // no text fits its hash; none runs
	TextUnstored         = "text-unstored"          // the stored text does not fit its hash and cannot be written anew
	FellBack             = "fell-back"              // the role died again and again on the applied text; the one before it runs
	FellBackAlong        = "fell-back-along"        // the other role fell back, and this one went back with it
	NoteLost             = "note-lost"              // whether the text was kept could not be read; the one before it runs
	NoWayBack            = "no-way-back"            // nobody confirmed the text, and the one before it does not fit its hash
)

// What an operator should know once. Words: notice.CODE.
const (
	NotRealTime            = "not-real-time"            // adverts share the processor with everybody
	MemoryNotLocked        = "memory-not-locked"        // adverts may wait for a page
	HASuspend              = "ha-suspend"               // ha_suspend cannot look at the addresses
	OrdersLost             = "orders-lost"              // what operators want of real servers could not be read
	TextRestored           = "text-restored"            // the stored text was damaged while it ran, and is written anew
	StandbyLost            = "standby-lost"             // whether the node is in maintenance could not be read
	ClientsMove            = "clients-move"             // mh gives clients of a service to other servers than before
	OrderStays             = "order-stays"              // an operator's order goes on although the text speaks of the server anew
	ProbesFull             = "probes-full"              // more checks are due than may run at once
	ScriptOverran          = "script-overran"           // a track script takes longer than its interval
	AddressNotOurs         = "address-not-ours"         // an address stays that was there before us
	AddressesNotAdvertised = "addresses-not-advertised" // more addresses than an advert has room for
	AddressListChanges     = "address-list-changes"     // a peer of an older keepalived will drop our adverts
	PacketLength           = "packet-length"            // an advert is cut short
	PacketTTL              = "packet-ttl"               // an advert came through a router
	PacketVersion          = "packet-version"           // an advert of another version
	PacketAuthType         = "packet-auth-type"         // an advert with a type of authentication that does not exist
	PacketAuthMismatch     = "packet-auth-mismatch"     // an advert with another auth_type
	PacketAuthFailed       = "packet-auth-failed"       // an advert with another auth_pass
	PacketUnsigned         = "packet-unsigned"          // an advert without a trailer of auth_hmac
	PacketTrailer          = "packet-trailer"           // one whose trailer is of another kind
	PacketStale            = "packet-stale"             // one whose stamp lies outside of time_window
	PacketUnknownKey       = "packet-unknown-key"       // one signed with a key that is not configured
	PacketHMACFailed       = "packet-hmac-failed"       // one signed with another key of that number
	PacketClock            = "packet-clock"             // one whose stamp nears the end of time_window
	PacketReplayed         = "packet-replayed"          // an advert whose sequence is not new
	PacketInterval         = "packet-interval"          // an advert with another advert_int
	PacketType             = "packet-type"              // a packet that is no advert
	PacketChecksum         = "packet-checksum"          // a damaged advert
	PacketPlainChecksum    = "packet-plain-checksum"    // an advert whose checksum has the other form
	UnknownVRID            = "unknown-vrid"             // an advert for a number that no instance here has
	PacketUnicast          = "packet-unicast"           // an advert to us alone
	PacketMulticast        = "packet-multicast"         // an advert to the group, where we speak to peers
	PacketNotPeer          = "packet-not-peer"          // an advert to us from an address that is no peer
	PacketPeerTTL          = "packet-peer-ttl"          // an advert of a peer outside of its min_ttl and max_ttl
	PacketOwnAddress       = "packet-own-address"       // an advert from our own address
	PacketAddresses        = "packet-addresses"         // an advert with other addresses, some of them ours
	PacketOtherPair        = "packet-other-pair"        // an advert with none of our addresses
	PacketNoAddresses      = "packet-no-addresses"      // an advert without any address
	PacketsEnded           = "packets-ended"            // adverts of such a kind come no more
	PacketsSilent          = "packets-silent"           // the same, but their sender may be muted by ours
	SecondMaster           = "second-master"            // another router holds an address beside this node
	NobodyHolds            = "nobody-holds"             // nobody is heard who holds the addresses
	OneHolder              = "one-holder"               // that is over
)

// Why something is as it is, beside what holds it back. Words: reason.CODE.
const (
	Start                = "start"                  // the role began
	Resumed              = "resumed"                // an earlier run's record was fresh
	Stopped              = "stopped"                // the operator stops the role
	Removed              = "removed"                // it is no longer configured
	Reconfigured         = "reconfigured"           // the configuration says so now
	Track                = "track"                  // a tracked object changed
	FaultCleared         = "fault-cleared"          // what was in the way is gone
	GroupBackup          = "group-backup"           // another member of the sync group left MASTER
	GroupFault           = "group-fault"            // another member of the sync group is in FAULT
	Owner                = "owner"                  // it owns the addresses: priority 255
	StartMaster          = "start-master"           // state MASTER, and nobody advertised better
	AdvertTimeout        = "advert-timeout"         // no master was heard in time: it fell silent, or there was none
	AdvertsRefused       = "adverts-refused"        // the adverts of the other router are refused
	PriorityZero         = "priority-zero"          // the master resigned
	Preempting           = "preempting"             // the master has a lower priority
	HigherPriorityAdvert = "higher-priority-advert" // a router with a higher priority advertises
	HigherAddressAdvert  = "higher-address-advert"  // equal priority, higher sender address
	AddressRemoved       = "address-removed"        // somebody else removed one of our addresses
	HandedOver           = "handed-over"            // an operator had the addresses handed over
	InMaintenance        = "maintenance"            // the node is in maintenance, or was until now
	ScriptFailed         = "script-failed"          // a tracked script fails
	ProcessMissing       = "process-missing"        // a tracked process does not run as often as it is to
	FileSays             = "file-says"              // the number in a tracked file
	SessionExpired       = "session-expired"        // the neighbour of a BFD session fell silent
	SessionEnded         = "session-ended"          // the neighbour of a BFD session says that it is down
	SessionStopped       = "session-stopped"        // a BFD session was ended on purpose
	SessionDown          = "session-down"           // a tracked BFD session is down
	TakenBack            = "taken-back"             // the operator took the text back
	NotConfirmed         = "not-confirmed"          // nobody confirmed the text in time
	DiedRepeatedly       = "died-repeatedly"        // the role died again and again on the text
	OtherDied            = "other-died"             // the other role died again and again on the text
	NoCheck              = "no-check"               // a real server without any check
	Ordered              = "ordered"                // an operator's order about a real server
	NotChecked           = "not-checked"            // a check has not answered yet, and counts as up until it fails
	NotCheckedAlpha      = "not-checked-alpha"      // a check has not answered yet, and counts as down until it succeeds
)

// What is wrong between the routers of a pair. Words: incident.CODE.
const (
	TwoMasters        = "two-masters"         // an address is held by two routers
	NoMaster          = "no-master"           // nobody is heard who holds the addresses
	AddressesDiffer   = "addresses-differ"    // a router of our number has other addresses, some of them ours
	WrongPassword     = "wrong-password"      // adverts with another authentication
	WrongVersion      = "wrong-version"       // adverts of another version
	WrongInterval     = "wrong-interval"      // adverts with another interval
	AdvertsNotCounted = "adverts-not-counted" // adverts that do not count for another reason
	VRIDTaken         = "vrid-taken"          // others use our number for addresses of theirs
	OwnAdvertBack     = "own-advert-back"     // an advert of ours comes back, or another host has our address
	BackupUnknown     = "backup-unknown"      // nothing is known of a router that would take over
)

// Likely causes of these, beside a code of Notices or Reasons. Words: cause.CODE.
const (
	OneWay           = "one-way"           // the other router does not hear us
	OtherVRID        = "other-vrid"        // the other router has the address under another number
	PeersUnreachable = "peers-unreachable" // no advert reaches a peer
	StartupDelay     = "startup-delay"     // vrrp_startup_delay is not over
	GroupWaits       = "group-waits"       // the sync group is not ready
)

// What a text would do to the addresses of an instance. Words: forecast.CODE.
const (
	ForecastWins     = "wins"       // this node takes them from the router that holds them
	ForecastTakes    = "takes"      // this node takes them, and nobody else is heard
	ForecastYields   = "yields"     // another router takes them from this node
	ForecastMayYield = "may-yield"  // a router that is silent now would, if it is still there
	ForecastOther    = "other"      // another router holds them and goes on
	ForecastTwo      = "two"        // two routers hold them
	ForecastMayBeTwo = "may-be-two" // a backup that cannot be heard would hold them, too
	ForecastLeaves   = "leaves"     // this node gives them up
	ForecastFault    = "fault"      // the instance cannot take part
	ForecastWaits    = "waits"      // it waits for its scripts first
	ForecastHands    = "hands-over" // a router that was heard before would take over from this node, which asks
	ForecastKeeps    = "keeps"      // nobody is known who would
	ForecastOwns     = "owns"       // this node cannot give them up: its interface has them by itself
)

// Why an instance is in its role, in one sentence. Words: why.CODE.
const (
	WhyOwner     = "owner"      // a master that owns the addresses
	WhyAlone     = "alone"      // a master, and no other router is known
	WhyBetter    = "better"     // a master of a priority that is not lower
	WhyUnheard   = "unheard"    // a master, although a router of a higher priority was heard before
	WhyGroup     = "group"      // a backup that waits for its sync group
	WhyListens   = "listens"    // a backup that has heard nobody yet
	WhyLower     = "lower"      // a backup of a lower priority
	WhyEqual     = "equal"      // a backup of the same priority
	WhyNoPreempt = "no-preempt" // a better one that may not preempt
	WhyDelay     = "delay"      // a better one whose preempt_delay is not over
	WhySoon      = "soon"       // a better one that takes over when its timer ends
	WhyFault     = "fault"      // something keeps it from taking part
	WhyBegins    = "begins"     // it does not know its surroundings yet

	WhyAsks        = "asks"        // a master that asks others to take over, as an operator wants
	WhyKeeps       = "keeps"       // a master in maintenance: nobody else took over
	WhyMaintenance = "maintenance" // a backup in maintenance: every other router goes first
	WhyHandedOver  = "handed-over" // a backup that handed over: it leaves a master of a lower priority alone
)

// What a tracked thing could change. Words: if.CODE.
const (
	IfStays   = "stays"   // nothing moves
	IfThere   = "there"   // the addresses move to the other router
	IfHere    = "here"    // the addresses move to this node
	IfUnknown = "unknown" // that is up to a backup of which nothing is known
	IfFault   = "fault"   // the instance cannot take part
	IfReturns = "returns" // it can take part again
)

// The fates of the addresses of a sync group, or of an instance alone, whose node hands
// them over or is in maintenance. Words: standby.CODE.
const (
	StandbyAsks  = "asks"  // others are asked to take over
	StandbyMoved = "moved" // another router holds them
	StandbyKept  = "kept"  // nobody took over, so this node holds them
	StandbyOwns  = "owns"  // the interface has them without VRRP
	StandbyIdle  = "idle"  // this node did not hold them
	StandbyBack  = "back"  // the other router fell silent, so this node took them back
	StandbyEnded = "ended" // the election decides again
)

// NotMaster is why a hand-over is refused: there is nothing to hand over.
const NotMaster = "not-master"

// ProgramRefused is why a text of the console is refused: it has a program run that
// root does not allow.
const ProgramRefused = "program-refused"

// Blocks, Standbys, Notices, Incidents, Causes, Forecasts, Whys, Ifs and Reasons are all codes, by the words that each has to have.
var (
	Blocks = []string{NoNetAdmin, NoNetRaw, NoIPVS, NoInterface, NoAddress, LinkDown, LinkTaken, InterfaceIsPort, OwnAddress, AddressScope, NoPeers, StrictUnicast, NoSocket, NoSigningKey, BFDPort, BFDSource, BashMissing, ScriptMissing, ScriptCarriageReturn, ScriptInterpreter, ScriptFormat, ScriptShortage, NoCredentials, CheckNotRun, NotifyNotRun, HashTurnsAway, Suspended, LeftoverTable, KernelRefused, TextDamaged, TextLost, TextUnstored, FellBack, FellBackAlong, NoteLost, NoWayBack, ParentSilent}
	// Texts are those of Blocks that say that a role runs another text than it
	// should. They last until the role is given a text.
	Texts     = []string{TextDamaged, TextLost, FellBack, FellBackAlong, NoteLost, NoWayBack}
	Notices   = []string{NotRealTime, MemoryNotLocked, HASuspend, OrdersLost, TextRestored, StandbyLost, ClientsMove, OrderStays, ProbesFull, ScriptOverran, AddressNotOurs, AddressesNotAdvertised, AddressListChanges, PacketLength, PacketTTL, PacketVersion, PacketAuthType, PacketAuthMismatch, PacketAuthFailed, PacketUnsigned, PacketTrailer, PacketStale, PacketUnknownKey, PacketHMACFailed, PacketClock, PacketReplayed, PacketInterval, PacketType, PacketChecksum, PacketPlainChecksum, UnknownVRID, PacketUnicast, PacketMulticast, PacketNotPeer, PacketPeerTTL, PacketOwnAddress, PacketAddresses, PacketOtherPair, PacketNoAddresses, PacketsEnded, PacketsSilent, SecondMaster, NobodyHolds, OneHolder}
	Incidents = []string{TwoMasters, NoMaster, AddressesDiffer, WrongPassword, WrongVersion, WrongInterval, AdvertsNotCounted, VRIDTaken, OwnAdvertBack, BackupUnknown}
	Causes    = []string{OneWay, OtherVRID, PeersUnreachable, StartupDelay, GroupWaits}
	Forecasts = []string{ForecastWins, ForecastTakes, ForecastYields, ForecastMayYield, ForecastOther, ForecastTwo, ForecastMayBeTwo, ForecastLeaves, ForecastFault, ForecastWaits, ForecastHands, ForecastKeeps, ForecastOwns}
	Whys      = []string{WhyOwner, WhyAlone, WhyBetter, WhyUnheard, WhyGroup, WhyListens, WhyLower, WhyEqual, WhyNoPreempt, WhyDelay, WhySoon, WhyFault, WhyBegins, WhyAsks, WhyKeeps, WhyMaintenance, WhyHandedOver}
	Standbys  = []string{StandbyAsks, StandbyMoved, StandbyKept, StandbyOwns, StandbyIdle, StandbyBack, StandbyEnded}
	Ifs       = []string{IfStays, IfThere, IfHere, IfUnknown, IfFault, IfReturns}
	Reasons   = []string{Start, Resumed, Stopped, Removed, Reconfigured, Track, FaultCleared, GroupBackup, GroupFault, Owner, StartMaster, AdvertTimeout, AdvertsRefused, PriorityZero, Preempting, HigherPriorityAdvert, HigherAddressAdvert, AddressRemoved, HandedOver, InMaintenance, ScriptFailed, ProcessMissing, FileSays, SessionDown, SessionExpired, SessionEnded, SessionStopped, TakenBack, NotConfirmed, DiedRepeatedly, OtherDied, NoCheck, NotChecked, NotCheckedAlpha, Ordered}
)

package vrrp

// Reason says why an instance is in its role, or why its priority changed. Its
// words are in assets under "reason.CODE".
type Reason string

// The reasons.
const (
	NoReason Reason = ""

	Started     Reason = "start"        // the role began
	Resumed     Reason = "resumed"      // an earlier run's record was fresh
	WasStopped  Reason = "stopped"      // the operator stops the role
	WasRemoved  Reason = "removed"      // the instance is no longer configured
	Configured  Reason = "reconfigured" // the configuration says so now
	TrackMoved  Reason = "track"        // a tracked object changed
	FaultsGone  Reason = "fault-cleared"
	GroupBackup Reason = "group-backup" // another member of the sync group left MASTER
	GroupFault  Reason = "group-fault"  // another member of the sync group is in FAULT

	Owner         Reason = "owner"          // it owns the addresses: priority 255
	StartMaster   Reason = "start-master"   // state MASTER, and nobody advertised better
	AdvertTimeout Reason = "advert-timeout" // the master fell silent
	PriorityZero  Reason = "priority-zero"  // the master resigned
	Preempting    Reason = "preempting"     // the master has a lower priority

	HigherPriority Reason = "higher-priority-advert"
	HigherAddress  Reason = "higher-address-advert" // equal priority, higher sender address
	AddressRemoved Reason = "address-removed"       // somebody else removed one of our addresses

	NoInterface  Reason = "no-interface"
	LinkDown     Reason = "link-down"
	NoAddress    Reason = "no-address" // no source address on the interface
	ScriptFailed Reason = "script-failed"
	NoNetAdmin   Reason = "no-net-admin" // addresses cannot be set
	NoNetRaw     Reason = "no-net-raw"   // adverts cannot be sent
	NoSocket     Reason = "no-socket"    // the socket could not be opened
	NoVersion3   Reason = "no-version-3" // IPv6 needs VRRP version 3
)

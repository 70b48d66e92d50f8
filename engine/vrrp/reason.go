package vrrp

import "holdfast/engine/code"

// Reason says why an instance is in its role, or why its priority changed. Its
// words are in assets under "reason.CODE".
type Reason string

// The reasons.
const (
	NoReason Reason = ""

	Started     Reason = code.Start        // the role began
	Resumed     Reason = code.Resumed      // an earlier run's record was fresh
	WasStopped  Reason = code.Stopped      // the operator stops the role
	WasRemoved  Reason = code.Removed      // the instance is no longer configured
	Configured  Reason = code.Reconfigured // the configuration says so now
	TrackMoved  Reason = code.Track        // a tracked object changed
	FaultsGone  Reason = code.FaultCleared
	GroupBackup Reason = code.GroupBackup // another member of the sync group left MASTER
	GroupFault  Reason = code.GroupFault  // another member of the sync group is in FAULT

	Owner          Reason = code.Owner          // it owns the addresses: priority 255
	StartMaster    Reason = code.StartMaster    // state MASTER, and nobody advertised better
	AdvertTimeout  Reason = code.AdvertTimeout  // no master was heard in time: it fell silent, or there was none
	PriorityZero   Reason = code.PriorityZero   // the master resigned
	AdvertsRefused Reason = code.AdvertsRefused // the other router's adverts are refused
	Preempting     Reason = code.Preempting     // the master has a lower priority

	HigherPriority Reason = code.HigherPriorityAdvert
	HigherAddress  Reason = code.HigherAddressAdvert // equal priority, higher sender address
	AddressRemoved Reason = code.AddressRemoved      // somebody else removed one of our addresses
	WasHandedOver  Reason = code.HandedOver          // an operator had the addresses handed over
	InMaintenance  Reason = code.InMaintenance       // the node is in maintenance, or was until now

	NoInterface    Reason = code.NoInterface
	LinkDown       Reason = code.LinkDown
	LinkTaken      Reason = code.LinkTaken
	NoAddress      Reason = code.NoAddress // no source address on the interface
	ScriptFailed   Reason = code.ScriptFailed
	ProcessMissing Reason = code.ProcessMissing // fewer processes run than vrrp_track_process wants, or more
	FileSays       Reason = code.FileSays       // the number in a track_file
	NoNetAdmin     Reason = code.NoNetAdmin     // addresses cannot be set
	NoNetRaw       Reason = code.NoNetRaw       // adverts cannot be sent
	NoPeers        Reason = code.NoPeers        // unicast_fault_no_peer, and there is no peer
	StrictUnicast  Reason = code.StrictUnicast  // peers in strict mode, on an interface that has multicast
	NoSocket       Reason = code.NoSocket       // the socket could not be opened
	SessionDown    Reason = code.SessionDown    // of BFD
)

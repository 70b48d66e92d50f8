package dump

import (
	"net/netip"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// Report is the vrrp role at one instant. Configurations are resolved, and shared with
// whatever process made it: nobody writes to them.
type Report struct {
	Global    model.Global
	Node      string // router_id where none is written
	Instances []Instance
	Groups    []Group
	Scripts   []Script
	Sessions  []Session // those that instances may track

	StaticAddrs  []model.Address
	StaticRoutes []model.Route
	StaticRules  []model.Rule
	TrackGroups  []model.TrackGroup
}

// Instance is a vrrp_instance and where it stands.
type Instance struct {
	Config    *model.Instance
	Core      *vrrp.Instance
	State     vrrp.State
	Stats     control.VRRPStats
	Multicast netip.Addr // where its adverts go
	Checked   bool       // adverts count from peers only
	Group     string     // the sync group it belongs to; "" is none
	Faults    int        // what keeps it in FAULT
	Waiting   int        // unweighted scripts that have not answered yet
}

// Group is a vrrp_sync_group and where it stands.
type Group struct {
	Config  *model.Group
	Members []string // those that there are
	State   vrrp.Role
	Faults  int // members in FAULT
	Waiting int // members that wait for a script
}

// Script is a vrrp_script that an instance tracks.
type Script struct {
	Config  model.Script
	Count   int  // result counter, 0..rise+fall-1
	Known   bool // it has answered
	Good    bool // it counts as succeeded
	Running bool // a run is under way
}

// Session is a bfd_instance.
type Session struct {
	Config model.BFD
	Up     bool
}

// withoutPeers says that unicast_fault_no_peer keeps the instance in FAULT.
func (in *Instance) withoutPeers() bool { return in.Config.FaultNoPeer && !in.Config.Unicast() }

// want is the state that the instance strives for, as keepalived tells it.
func (in *Instance) want() vrrp.Role {
	switch {
	case in.State.Role == vrrp.Backup && in.State.Wants:
		return vrrp.Master
	case in.State.Role != vrrp.Init && !in.withoutPeers(): // a fault of the text counts as none yet begun
		return in.State.Role
	case in.Core.Master || in.Core.Priority == vrrp.PriorityOwner:
		return vrrp.Master
	}
	return vrrp.Backup
}

// holder is the priority of the master that a backup has heard; 0 is none.
func (in *Instance) holder() int {
	if in.State.Role != vrrp.Backup || !in.State.Holder.IsValid() {
		return 0
	}
	return int(in.State.HolderPriority)
}

// tracked are the interfaces that track_interface names, without the instance's own,
// which keepalived passes over there.
func (in *Instance) tracked() []model.Track {
	var list []model.Track
	for _, t := range in.Config.TrackInterfaces {
		if t.Name != in.Config.Interface {
			list = append(list, t)
		}
	}
	return list
}

// weight is what a track of the instance adds: in a sync group weights count for
// nothing.
func (in *Instance) weight(t model.Track) int {
	if in.Group != "" {
		return 0
	}
	return min(max(t.Weight.Val.N, -253), 253)
}

// seconds is a length in whole seconds, as version 2 and 2.2.7 have them.
func seconds(d time.Duration) int { return int(d / time.Second) }

// stamp is an instant as keepalived writes it into a number.
func stamp(at time.Time) string {
	return at.Format("Mon Jan _2 15:04:05.000000 2006")
}

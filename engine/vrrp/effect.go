package vrrp

// Action is what the role has to do.
type Action uint8

// The actions. Their order in a list of effects is the protocol.
const (
	Advertise         Action = iota + 1 // send one advert with Priority
	LogTransition                       // note the change From -> To because of Reason
	AddAddresses                        // put the addresses on
	RemoveAddresses                     // take the addresses off
	GratuitousARP                       // send Count rounds of gratuitous ARP for all addresses
	AnnounceElsewhere                   // send one gratuitous ARP on each interface that bears no adverts
	Notify                              // run the notify scripts for To
	NotifyLower                         // run notify_master_rx_lower_pri
	PriorityChanged                     // note that the priority went from Was to Priority
)

// Whole is the Member of an effect that concerns the sync group itself.
const Whole = -1

// Effect is one thing to do now. Member is the index of the instance in its
// group, 0 for an instance alone, Whole for the group.
type Effect struct {
	Do       Action
	Member   int
	From, To Role
	Reason   Reason
	Was      uint8
	Priority uint8
	Count    int
}

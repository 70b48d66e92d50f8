package plan

// Verb is what an operation does.
type Verb string

// The verbs, each naming one kernel call.
const (
	AddAddress        Verb = "add-address"
	DeleteAddress     Verb = "delete-address"
	AddRoute          Verb = "add-route"
	DeleteRoute       Verb = "delete-route"
	AddRule           Verb = "add-rule"
	DeleteRule        Verb = "delete-rule"
	AddService        Verb = "add-service"
	EditService       Verb = "edit-service"
	DeleteService     Verb = "delete-service"
	AddDestination    Verb = "add-destination"
	EditDestination   Verb = "edit-destination"
	DeleteDestination Verb = "delete-destination"
	AddLink           Verb = "add-link"
	EditLink          Verb = "edit-link"
	DeleteLink        Verb = "delete-link"
	ChangeSetting     Verb = "change-setting"
	StartDaemon       Verb = "start-daemon"
	StopDaemon        Verb = "stop-daemon"
	AddDrop           Verb = "add-drop"
	DeleteDrop        Verb = "delete-drop"
	SetTimeouts       Verb = "set-timeouts"
)

// Op is one operation on the kernel. Address, Route and Rule are set for verbs of
// their own, Service
// for service verbs (its Destinations are ignored), Service.Key and Destination
// for destination verbs, Daemon for those of daemons, Link for link verbs (EditLink sets
// its MTU), Setting for settings, Drop for those of drops, Timeouts for SetTimeouts.
type Op struct {
	Verb        Verb        `json:"verb"`
	Address     Address     `json:"address,omitzero"`
	Route       Route       `json:"route,omitzero"`
	Rule        Rule        `json:"rule,omitzero"`
	Service     Service     `json:"service,omitzero"`
	Destination Destination `json:"destination,omitzero"`
	Link        Link        `json:"link,omitzero"`
	Setting     Setting     `json:"setting,omitzero"`
	Daemon      SyncDaemon  `json:"daemon,omitzero"`
	Drop        Drop        `json:"drop,omitzero"`
	Timeouts    Timeouts    `json:"timeouts,omitzero"`
}

// Plan is an ordered list of operations.
type Plan []Op

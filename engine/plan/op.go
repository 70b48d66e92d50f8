package plan

// Verb is what an operation does.
type Verb string

// The verbs, each naming one kernel call.
const (
	AddAddress        Verb = "add-address"
	DeleteAddress     Verb = "delete-address"
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
)

// Op is one operation on the kernel. Address is set for address verbs, Service
// for service verbs (its Destinations are ignored), Service.Key and Destination
// for destination verbs, Link for link verbs (EditLink sets its MTU), Setting for
// settings.
type Op struct {
	Verb        Verb        `json:"verb"`
	Address     Address     `json:"address,omitzero"`
	Service     Service     `json:"service,omitzero"`
	Destination Destination `json:"destination,omitzero"`
	Link        Link        `json:"link,omitzero"`
	Setting     Setting     `json:"setting,omitzero"`
}

// Plan is an ordered list of operations.
type Plan []Op

package objects

// Kind is a sort of object. Its text is its name in addresses of the API.
type Kind string

// The kinds of objects.
const (
	Router  Kind = "instances"
	Group   Kind = "groups"
	Script  Kind = "scripts"
	Process Kind = "processes"
	Service Kind = "services"
	Server  Kind = "servers" // inside a service
	Check   Kind = "checks"  // inside a real server
	Global  Kind = "global"  // there is one
)

// opening is the word that begins an object of a kind; checks have several.
var opening = map[Kind]string{
	Router: "vrrp_instance", Group: "vrrp_sync_group", Script: "vrrp_script", Process: "vrrp_track_process",
	Service: "virtual_server", Server: "real_server", Global: "global_defs",
}

// inside is the kind of the objects in one of a kind.
var inside = map[Kind]Kind{Service: Server, Server: Check}

// Kinds are those of the outermost level, in the order in which texts have them.
var Kinds = []Kind{Global, Script, Process, Group, Router, Service}

// checksField is the field that all words of checks fill.
const checksField = "Checks"

// GlobalID is the id of the only object of its kind.
const GlobalID = "global"

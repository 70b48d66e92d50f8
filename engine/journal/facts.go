package journal

// The keys of an entry's facts. Each kind says which of them it has.
const (
	FactFrom       = "from"        // the state or value before
	FactTo         = "to"          // the state or value now
	FactReason     = "reason"      // a code, or what a check, a script or the kernel said
	FactPriority   = "priority"    // the priority that adverts carry
	FactVirtual    = "virtual"     // the virtual server, PROTOCOL:ADDRESS:PORT
	FactServer     = "server"      // the real server, ADDRESS:PORT
	FactCheck      = "check"       // the check that decided, by its name
	FactWeight     = "weight"      // the sum of the weights that are up
	FactQuorum     = "quorum"      // the quorum that is asked for
	FactHysteresis = "hysteresis"  // the band round the quorum
	FactCommand    = "command"     // the line of a script
	FactHash       = "hash"        // the text that is spoken of
	FactPrevious   = "previous"    // the text before it
	FactOperations = "operations"  // how many operations were done
	FactOperation  = "operation"   // one operation, as an ip or ipvsadm line
	FactObject     = "object"      // what is held back; "" is the whole role
	FactCode       = "code"        // a code of engine/code
	FactPID        = "pid"         // the process id
	FactHow        = "how"         // how the role began or ended
	FactVRID       = "vrid"        // the number of a virtual router
	FactCount      = "count"       // how many
	FactLimit      = "limit"       // how many there is room for
	FactInterface  = "interface"   // the link
	FactAddress    = "address"     // an address with its prefix length
	FactAbout      = "about"       // the sync group that moved its member
	FactHolder     = "holder"      // who is master, by its address
	FactInterval   = "interval"    // the interval of a track script
	FactTook       = "took"        // how long the track script ran
	FactVersion    = "version"     // the version of VRRP that another router speaks
	FactKey        = "key"         // the number of a key of auth_hmac
	FactSkew       = "skew"        // how far two clocks are apart, in seconds
	FactOwnVersion = "own_version" // the one that we speak
	FactOwner      = "owner"       // the operator
	FactNote       = "note"        // what the operator wrote
)

// Facts are all keys.
var Facts = []string{FactFrom, FactTo, FactReason, FactPriority, FactVirtual, FactServer, FactCheck, FactWeight, FactQuorum, FactHysteresis, FactCommand, FactHash, FactPrevious, FactOperations, FactOperation, FactObject, FactCode, FactPID, FactHow, FactVRID, FactCount, FactLimit, FactInterface, FactAddress, FactAbout, FactHolder, FactInterval, FactTook, FactVersion, FactOwnVersion, FactOwner, FactNote}

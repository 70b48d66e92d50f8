package explain

// What no table declares, for the test that holds it against the table.
var (
	AddressLists      = addressLists
	ServerFields      = serverFields
	ServiceFields     = serviceFields
	InheritedFields   = inheritedFields
	DestinationFields = destinationFields
	IdleCodes         = idle
	ProtocolOf        = protocolOf
)

// LinkOption is the option of an address that names its link.
const LinkOption = linkOption

package explain

import (
	"strings"

	"holdfast/engine/model"
)

// The fields of the configuration that go into operations, by what they are in the
// kernel. The table of directives says which words fill them, and not what a kernel
// makes of them: the test holds that each is a field that a word fills.
var (
	addressLists      = []string{"Addrs", "Excluded"}                              // of an instance: each line is an address
	entryLists        = []string{"Routes", "Rules", "StaticRoutes", "StaticRules"} // each line is a route or a rule
	serverFields      = []string{"Servers", "Sorry"}                               // of a virtual server: each is a destination
	serviceFields     = []string{"Protocol", "Scheduler", "Persistence", "Granularity", "Engine", "OnePacket", "SchedFlags"}
	inheritedFields   = []string{"Method", "Weight"} // of a virtual server, for its destinations
	destinationFields = []string{"Weight", "Method", "Upper", "Lower"}
)

// linkOption is the option of an address that names its link.
const linkOption = "dev"

// protocolOf is the number of a protocol by its name, 0 where there is none.
func protocolOf(name string) uint8 {
	for _, p := range []model.Protocol{model.TCP, model.UDP, model.SCTP} {
		if strings.EqualFold(p.String(), name) {
			return uint8(p)
		}
	}
	return 0
}

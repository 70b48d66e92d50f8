package code

// The verdicts about a real server by direct routing or a tunnel. Words: verify.CODE.
const (
	Ready             = "server-ready"       // it answers as the service, and only its packets say that it has the address
	AddressThere      = "address-there"      // it has the address and keeps it from its neighbours; its port was not asked, or says nothing
	AnswersARP        = "answers-arp"        // it tells its neighbours that it has the address
	NotListening      = "not-listening"      // it has the address, and nothing listens there
	AddressMissing    = "address-missing"    // it answers as itself, and not as the service
	ServerDrops       = "server-drops"       // it drops what comes to it, or what comes for the service
	NoTunnel          = "no-tunnel"          // it takes no packets of that tunnel
	TunnelDrops       = "tunnel-drops"       // it answers what comes plainly, and not what comes in the tunnel
	NothingAnswers    = "nothing-answers"    // behind a router it answers as itself, and nothing in the tunnel
	ServerUnreachable = "server-unreachable" // nobody on the link has its address
	BehindRouter      = "behind-router"      // direct routing, and the server is not on a link of this host
	ServerIsHere      = "server-is-here"     // its address is one of this host
	NotEthernet       = "not-ethernet"       // the link to it has no hardware addresses
	NoSourceAddress   = "no-source-address"  // this host has no address of its own to ask from
)

// Verdicts are all of them.
var Verdicts = []string{Ready, AddressThere, AnswersARP, NotListening, AddressMissing, ServerDrops, NoTunnel, TunnelDrops, NothingAnswers, ServerUnreachable, BehindRouter, ServerIsHere, NotEthernet, NoSourceAddress}

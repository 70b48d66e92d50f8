package model

import "holdfast/engine/conf"

// The codes of what a text may hold only so much of.
const (
	tooManyInstances  = "too-many-instances"
	tooManyBlocks     = "too-many-blocks"
	tooManyAddresses  = "too-many-addresses"
	tooManyStatements = "too-many-statements"
	tooManyOtherWords = "too-many-other-words"
	tooManyInServer   = "too-many-in-server"
	tooManyBlocksIn   = "too-many-blocks-in-server"
)

// MaxInstances bounds the virtual routers of a text: each may have to be heard and to
// advertise several times a second. It is 16 links full of them.
const MaxInstances = 4096

// The other bounds of what stands outside virtual servers. A thousand instances with
// sixteen addresses each use a quarter of the addresses and a fifth of the statements.
// The vrrp role keeps all of it in memory that is never paged out, and reads the text of
// a plan beside that.
const (
	maxBlocks     = 64 << 10 // and lines outside of blocks
	maxAddresses  = 64 << 10 // routes, rules and peers with them
	maxStatements = 256 << 10
	maxOtherWords = 1 << 20 // braces with them
)

// The bounds of one virtual server, of which a text may have any number: the statements
// of one are read at once. A hundred thousand real servers with a check each have half
// as many.
const (
	maxInServer = 1 << 20
	maxBlocksIn = 384 << 10
)

var budget = conf.Budget{
	Apart: words("virtual_server"),
	Limits: []conf.Limit{
		{Code: tooManyInstances, Most: MaxInstances, Outer: true, Named: words("vrrp_instance")},
		{Code: tooManyBlocks, Most: maxBlocks, Outer: true},
		{Code: tooManyAddresses, Most: maxAddresses, In: words("virtual_ipaddress", "virtual_ipaddress_excluded", "static_ipaddress",
			"virtual_routes", "static_routes", "virtual_rules", "static_rules", "unicast_peer")},
		{Code: tooManyStatements, Most: maxStatements},
		{Code: tooManyOtherWords, Most: maxOtherWords, Words: true},
		{Code: tooManyInServer, Most: maxInServer, Single: true},
		{Code: tooManyBlocksIn, Most: maxBlocksIn, Single: true, Blocks: true},
	},
}

func words(list ...string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, w := range list {
		set[w] = true
	}
	return set
}

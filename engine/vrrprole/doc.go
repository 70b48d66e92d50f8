// Package vrrprole is the vrrp role: one loop that decides in what order things are
// done, what each virtual router does being decided by engine/vrrp, and one writer
// that puts addresses and gratuitous ARP on the links. It promises that an address
// of ours is named in the manifest before it is in the kernel, that no slow kernel,
// script or reader delays an advert, and that an apply does what its preview said.
// It knows nothing of IPVS.
//
//	sockets ──┐                                      ┌─▶ sockets: adverts
//	links   ──┤                                      ├─▶ record
//	scripts ──┼─▶ inbox ─▶ loop: vrrp.Step ──────────┼─▶ writer: addresses, ARP, manifest
//	questions ┤              ▲                       ├─▶ notifier: notify scripts
//	writer  ──┘            timer                     └─▶ journal
//
// A router with peers joins its group all the same, and hears there only what tells of
// one of its addresses: keepalived does not hear it, and two routers of a pair of which
// one speaks to the group are both master without a word.
//
// Each of these is a type with fields and a file of its own. It is given what it
// needs, answers with values, and tells what happens later by a message into the
// inbox; it knows neither the loop nor the others.
package vrrprole

// Package lvs decides which servers a virtual server sends its clients to: how
// many failures make a check fail, when a quorum is lost or gained, when the
// sorry server stands in, and with which weights. It is pure: results go in,
// states, effects and the wished IPVS service come out. It never touches a
// kernel, a clock or a socket, and it starts nothing.
package lvs

// Package engine is the contract of a role and the process around it. A Role is one
// half of the engine: vrrprole keeps addresses, lvsrole keeps the IPVS table. Serve
// runs one of them and owns what both need: the lock, the applied text with its
// confirmation, the journal, the control socket and the watch on the parent. It
// knows no role by name, and runs without a database, a browser or a mail server.
package engine

// Package lvsrole is the lvs role: one loop that owns the virtual servers, runs
// their checks through engine/probe and decides through engine/lvs, and one writer
// that makes the IPVS table what that calls for. What a preview tells is what an
// apply does: both ask the same functions (declare, compare), and the answer to an
// apply is what the kernel did. It promises that what others have in the table stays
// as it is, unless lvs_flush or lvs_flush_on_stop asks for the contrary. It knows
// nothing of VRRP.
//
// After a restart a server that was down is down, with the time and the words of its
// check. One that was up is UNCHECKED until a check answers this process, as after a
// fresh start: the record names only what a fresh start would see otherwise, so that it
// stays small for a table of any size, and a server may have failed while nobody asked.
// It stays in the pool meanwhile.
package lvsrole

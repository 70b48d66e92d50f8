// Package lvsrole is the lvs role: one loop that owns the virtual servers, runs
// their checks through engine/probe and decides through engine/lvs, and one writer
// that makes the IPVS table what that calls for. What a preview tells is what an
// apply does: both ask the same functions (declare, compare), and the answer to an
// apply is what the kernel did. It promises that what others have in the table stays
// as it is. It knows nothing of VRRP.
package lvsrole

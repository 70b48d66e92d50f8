package model

import "holdfast/engine/conf"

// strict says whether an instance is held to the letter of the RFC: by strict_mode, else
// by vrrp_strict.
func (in *Instance) strict(g *Global) bool { return in.StrictMode.Or(g.Strict) }

// beStrict takes back, as keepalived does, what is written and the RFC does not know.
func beStrict(in *Instance) {
	in.Master = in.priority() == ownerPriority
	in.AuthType, in.Password = Opt[string]{}, Opt[Secret]{}
	in.HMAC.Mode = Opt[string]{}
	in.PreemptDelay.Val = 0
	in.HigherPrioAdvert = Some(false)
	in.Garp.LowerPrioRepeat, in.Garp.LowerPrioDelay = Some(0), Some(Seconds(0))
	in.LowerPrioNoAdv, in.DownTimerAdverts = Some(true), Some(readDefaults().instance.DownTimerAdverts.Val)
	if !in.OwnerIgnores.Written {
		in.OwnerIgnores = Some(true)
	}
	if in.Version.Written && in.IPv6() {
		in.Version = Some(version3)
	}
	if in.VMAC.Written {
		in.VMAC.Val.MAC, in.XmitBase = "", false
	}
}

// drops says whether packets to the addresses of an instance are dropped. The owner
// accepts them. Where neither accept nor no_accept is written, strict mode alone drops;
// in version 2 it has no accept (RFC 3768, section 6.4.3).
func (in *Instance) drops(g *Global) bool {
	strict := in.strict(g)
	switch {
	case in.priority() == ownerPriority:
		return false
	case in.NoAccept:
		return true
	case in.Accept:
		return strict && in.inForce(g) == version2
	}
	return strict
}

// validateAccept reports the first one of accept and no_accept: the last one counts. A text
// keeps both in that order only.
func (b *binder) validateAccept(in *Instance, n *conf.Node) {
	if !in.Accept || !in.NoAccept {
		return
	}
	yes, no := b.spanOf(&in.Accept, n), b.spanOf(&in.NoAccept, n)
	if before(yes, no) {
		b.report(Note, "accept-twice", yes, "Word", "accept", "By", "no_accept")
	} else {
		b.report(Note, "accept-twice", no, "Word", "no_accept", "By", "accept")
		in.NoAccept = false
	}
}

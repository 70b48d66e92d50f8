package model

import "slices"

// strict says whether keepalived takes an instance to the letter of the RFC: by
// strict_mode, else by vrrp_strict.
func strict(in Instance, g Global) bool {
	for _, item := range in.Kept {
		if item.Word == "strict_mode" {
			return len(item.Args) == 0 || !slices.Contains([]string{"off", "false", "no"}, item.Args[0])
		}
	}
	return slices.ContainsFunc(g.Kept, func(i Item) bool { return i.Word == "vrrp_strict" })
}

// beStrict takes back, as keepalived does, what is written and the RFC does not know.
// The firewall is not changed.
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
}

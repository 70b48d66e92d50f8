package lvs

import (
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// Timeouts is what lvs_timeouts asks for. Without a virtual server it asks for
// nothing, as with keepalived.
func Timeouts(cfg model.Config) plan.Timeouts {
	if len(cfg.Virtuals) == 0 {
		return plan.Timeouts{}
	}
	t := cfg.Global.Timeouts.Val
	return plan.Timeouts{TCP: t.TCP, FIN: t.FIN, UDP: t.UDP}
}

package changes

import (
	"testing"

	"holdfast/engine/plan"
)

func TestEachOperationIsShownAsAdditionRemovalOrEdit(t *testing.T) {
	for want, verbs := range map[string][]plan.Verb{
		"+": {plan.AddAddress, plan.AddRoute, plan.AddRule, plan.AddService, plan.AddDestination, plan.AddLink, plan.AddDrop, plan.StartDaemon},
		"-": {plan.DeleteAddress, plan.DeleteRoute, plan.DeleteRule, plan.DeleteService, plan.DeleteDestination, plan.DeleteLink, plan.DeleteDrop, plan.StopDaemon},
		"~": {plan.EditService, plan.EditDestination, plan.EditLink, plan.ChangeSetting},
	} {
		for _, v := range verbs {
			if got := Sign(v); got != want {
				t.Errorf("%s is shown as %q, want %q", v, got, want)
			}
		}
	}
}

package lvsrole

import (
	"strings"
	"testing"
	"testing/synctest"

	"holdfast/engine/code"
	"holdfast/engine/control"
)

func TestAPlanTellsHowManyClientsMhMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		text := strings.Replace(tutorial(""), "lb_algo wrr", "lb_algo mh", 1)
		p := w.boot(configOf(t, text), w.options())
		synctest.Wait()
		next := configOf(t, strings.Replace(text, "weight 2", "weight 1", 1))
		planned, err := p.role.Plan(t.Context(), next)
		if err != nil {
			t.Fatal(err)
		}
		for name, got := range map[string]control.Planned{"plan": planned, "apply": p.apply(next)} {
			if len(got.Warnings) != 1 || got.Warnings[0].Code != code.ClientsMove || got.Warnings[0].Object != "tcp:192.0.2.100:80" || got.Warnings[0].Args["percent"] == "" {
				t.Errorf("%s: %+v", name, got.Warnings)
			}
		}
		if got := p.apply(next); len(got.Warnings) != 0 || len(got.Operations) != 0 {
			t.Errorf("again: %+v", got)
		}
		p.stop(control.Release)
	})
}

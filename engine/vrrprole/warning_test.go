package vrrprole

import (
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

func TestAPlanWarnsThatAnOlderKeepalivedDropsAdvertsWithAnotherList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), withPassword("1111", 100, vip))
		time.Sleep(5 * time.Second)
		for name, c := range map[string]struct {
			cfg  model.Config
			want int
		}{
			"the same":        {withPassword("1111", 100, vip), 0},
			"another prefix":  {withPassword("1111", 100, "192.0.2.100/24"), 0},
			"one more":        {withPassword("1111", 100, vip, "192.0.2.101/32"), 1},
			"another":         {withPassword("1111", 100, "192.0.2.101/32"), 1},
			"another routers": {configOf(instance("VI_2", 52, 100, "192.0.2.101/32")), 0},
		} {
			p, err := a.role.Plan(t.Context(), c.cfg)
			if err != nil || len(p.Warnings) != c.want {
				t.Errorf("%s: %v, %v", name, p.Warnings, err)
			}
		}
		a.stop(control.Release)
	})
}

func TestALivePlanTellsWhichAddressTheKernelWillRefuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(5 * time.Second)
		in := instance("VI_1", 51, 100, "192.0.2.101/24")
		in.Addrs[0].Scope = model.Some(uint8(253))
		p, err := a.role.Plan(t.Context(), configOf(in))
		if err != nil || len(p.Held) != 1 || p.Held[0].Code != "address-scope" || p.Held[0].Args["address"] != "192.0.2.101/24" {
			t.Errorf("held %v, %v", p.Held, err)
		}
		a.stop(control.Release)
	})
}

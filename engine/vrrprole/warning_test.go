package vrrprole

import (
	"slices"
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
		// Nobody looks at a plan before a reload: the apply tells as well.
		for i, cfg := range []model.Config{withPassword("1111", 90, vip), withPassword("1111", 90, vip, "192.0.2.101/32")} {
			p, err := a.role.Apply(t.Context(), cfg)
			if told := a.notices("address-list-changes"); err != nil || len(p.Warnings) != i || len(told) != i || i > 0 && told[0]["object"] != "VI_1" {
				t.Errorf("apply %d: %v, told %v, %v", i, p.Warnings, told, err)
			}
		}
		a.stop(control.Release)
	})
}

func TestALivePlanTellsThatTheOnlyAddressOfAnInterfaceIsVirtual(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.100/24"), configOf(instance("VI_1", 51, 100, "192.0.2.101/32")))
		time.Sleep(5 * time.Second)
		planned := func(cfg model.Config) (codes []string) {
			p, err := a.role.Plan(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range p.Held {
				codes = append(codes, h.Code+" "+h.Args["address"])
			}
			return codes
		}
		for name, c := range map[string]struct {
			cfg  model.Config
			want []string
		}{
			"what runs":                      {configOf(instance("VI_1", 51, 100, "192.0.2.101/32")), nil},
			"the interface's own address":    {configOf(instance("VI_1", 51, 100, "192.0.2.100/24")), []string{"own-address 192.0.2.100"}},
			"and of another router":          {configOf(instance("VI_2", 52, 100, "192.0.2.100/24")), []string{"own-address 192.0.2.100"}},
			"that the owner may send from":   {configOf(instance("VI_1", 51, 255, "192.0.2.100/24")), nil},
			"beside one that a master holds": {configOf(instance("VI_1", 51, 100, "192.0.2.101/32"), instance("VI_2", 52, 255, "192.0.2.100/24")), nil},
		} {
			if got := planned(c.cfg); !slices.Equal(got, c.want) {
				t.Errorf("%s: held %q", name, got)
			}
		}
		if _, err := a.role.Apply(t.Context(), configOf(instance("VI_1", 51, 100, "192.0.2.100/24"))); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		a.is("VI_1", "FAULT")
		if !a.holds("192.0.2.100/24") {
			t.Error("the machine has lost its address")
		}
		if got := planned(configOf(instance("VI_1", 51, 100, "192.0.2.100/24"))); !slices.Equal(got, []string{"own-address 192.0.2.100"}) {
			t.Errorf("when it runs: %q", got)
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

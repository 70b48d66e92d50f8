package vrrprole

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

func TestATableThatAKilledKeepalivedLeftIsNamedUntilItIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex // guards tables
		tables := []string{"ip keepalived", "ip6 keepalived"}
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)), func(o *Options) {
			o.KeepalivedTables = func([]string) []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(tables) }
		})
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		held := a.status().Held
		if len(held) != 2 || held[0].Code != "leftover-table" || held[0].Args["object"] != "ip keepalived" {
			t.Errorf("held: %v", held)
		}
		mu.Lock()
		tables = tables[:1]
		mu.Unlock()
		time.Sleep(10 * time.Second)
		if held := a.status().Held; len(held) != 1 {
			t.Errorf("held: %v", held)
		}
		a.mu.Lock()
		var told []string
		for _, e := range a.entries {
			if e.Kind == journal.Held || e.Kind == journal.Unheld {
				told = append(told, string(e.Kind)+" "+e.Facts["object"])
			}
		}
		a.mu.Unlock()
		if want := []string{"held ip keepalived", "held ip6 keepalived", "unheld ip6 keepalived"}; !slices.Equal(told, want) {
			t.Errorf("told %q", told)
		}
		a.stop(control.Release)
	})
}

func TestATableOfTheNameThatATextGivesIsFoundAtTheStartAndAtAnApply(t *testing.T) {
	named := func(words string) model.Config {
		cfg, findings := model.Parse("x", []byte("global_defs {\n"+words+"\n}\nvrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {\n"+vip+"\n}\n}\n"), model.Facts{})
		if model.Failed(findings) {
			t.Fatal(findings)
		}
		return model.Resolve(cfg)
	}
	synctest.Test(t, func(t *testing.T) {
		start := func(cfg model.Config) *seat {
			return sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), cfg, func(o *Options) {
				o.KeepalivedTables = func(names []string) []string {
					if slices.Contains(names, "ha") {
						return []string{"ip ha"}
					}
					return nil
				}
			})
		}
		a := start(named("nftables ha"))
		time.Sleep(time.Second)
		if held := a.status().Held; len(held) != 1 || held[0].Args["object"] != "ip ha" {
			t.Errorf("at the start: %v", held)
		}
		a.stop(control.Release)
		a = start(named(""))
		time.Sleep(time.Second)
		if held := a.status().Held; len(held) > 0 {
			t.Errorf("without the name: %v", held)
		}
		for _, words := range []string{"nftables ha", "", "nftables ha"} {
			if _, err := a.role.Apply(t.Context(), named(words)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			if held := a.status().Held; (len(held) == 1) != (words != "") {
				t.Errorf("after %q: %v", words, held)
			}
		}
		a.stop(control.Release)
	})
}

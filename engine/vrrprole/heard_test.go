package vrrprole

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

func (s *seat) adverts() []control.Advert {
	s.t.Helper()
	heard, err := s.role.(engine.Hearer).Adverts(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return heard.List
}

func TestEveryAdvertOnTheWireIsInTheRegisterOursOrNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)), func(o *Options) {
			o.Neighbors = func() ([]kernel.Neighbor, error) {
				return []kernel.Neighbor{{Link: "eth0", Addr: netip.MustParseAddr("192.0.2.2"), MAC: []byte{2, 0, 0, 0, 0, 2}}}, nil
			}
		})
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configOf(instance("VI_1", 51, 150, vip)))
		other := instance("VI_9", 9, 77, "192.0.2.109/32")
		other.AuthType, other.Password = model.Some("PASS"), model.Some(model.Secret("secret"))
		c := sit(t, newTwinLink(t, wire, "192.0.2.3/24"), configOf(other))
		time.Sleep(10 * time.Second)
		list := a.adverts()
		if len(list) != 2 {
			t.Fatalf("heard: %+v", list)
		}
		foreign, peer := list[0], list[1]
		if foreign.VRID != 9 || foreign.From != "192.0.2.3" || foreign.Priority != 77 || foreign.Auth != "PASS" || len(foreign.Instances) != 0 || !foreign.Live {
			t.Errorf("of others: %+v", foreign)
		}
		if peer.VRID != 51 || peer.From != "192.0.2.2" || peer.MAC != "02:00:00:00:00:02" || peer.Interval != time.Second || len(peer.Instances) != 1 ||
			peer.Refused != "" || peer.Count < 5 || len(peer.Addresses) != 1 || peer.Addresses[0] != "192.0.2.100" {
			t.Errorf("of ours: %+v", peer)
		}
		if heard := a.status().Instances[0].Heard; len(heard) != 1 || heard[0].From != "192.0.2.2" {
			t.Errorf("the status tells %+v", heard)
		}
		if own := b.status().Instances[0].Heard; len(own) != 0 {
			t.Errorf("a master hears its backup: %+v", own)
		}
		b.stop(control.Release)
		time.Sleep(time.Second)
		if peer := a.adverts()[1]; !peer.Resigned || peer.Live || peer.Priority != 150 {
			t.Errorf("after its end: %+v", peer)
		}
		a.stop(control.Release)
		c.stop(control.Release)
	})
}

package lvs

import (
	"net/netip"
	"testing"
	"time"

	"holdfast/engine/model"
)

func TestServerThatStaysKeepsItsStateOverAnApply(t *testing.T) {
	old := tutorial()
	s, _ := run(old, "0-")
	next := tutorial(func(m *model.Virtual) {
		m.Servers[0].Weight = model.Some(5)
		m.Servers[0].Checks[0].Timing.DelayLoop = model.Some(model.Seconds(time.Second))
		m.Servers[0], m.Servers[1] = m.Servers[1], m.Servers[0]
	})
	carried, effects := next.Step(Carry(&old, s, &next), Began{})
	if carried.Servers[1].Up() || !carried.Servers[0].Up() {
		t.Error("a server changed its state by an apply")
	}
	if len(effects) != 1 {
		t.Errorf("the apply told %v", tell(effects))
	}
}

func TestChangedCheckOfADownServerHasToSucceedFirst(t *testing.T) {
	old := tutorial()
	s, _ := run(old, "0-")
	next := tutorial(func(m *model.Virtual) {
		m.Servers[0].Checks[0].Kind = model.TCPCheck
		m.Servers[1].Checks[0].Kind = model.TCPCheck
	})
	carried := Carry(&old, s, &next)
	if carried.Servers[0].Up() {
		t.Error("a server that was down comes up because its check changed")
	}
	if !carried.Servers[1].Up() || carried.Servers[1].Checks[0].Known {
		t.Error("a server that was up goes down because its check changed")
	}
}

func TestNewServerBeginsAsAtAStart(t *testing.T) {
	old := tutorial()
	s, _ := run(old, "0- 1-")
	next := tutorial(func(m *model.Virtual) {
		r := m.Servers[0]
		r.Addr = netip.MustParseAddr("192.0.2.35")
		m.Servers = append(m.Servers, r)
	})
	carried, effects := next.Step(Carry(&old, s, &next), Began{})
	if got := pool(next.Want(carried)); got != "192.0.2.35=1" {
		t.Errorf("pool %s", got)
	}
	if told := tell(effects); len(told) != 2 || told[1] != "quorum+" {
		t.Errorf("told %v", told)
	}
}

package lvs

import (
	"net/netip"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// drawVirtual makes any virtual server with up to five servers of up to two
// checks each.
func drawVirtual(t *rapid.T) Virtual {
	m := model.Virtual{
		Addr: netip.MustParseAddr("192.0.2.100"), Port: 80, Protocol: model.Some(model.TCP),
		Scheduler: model.Some("wlc"), Method: model.Some(model.DR),
		Quorum:       model.Some(rapid.IntRange(1, 12).Draw(t, "quorum")),
		Hysteresis:   model.Some(rapid.IntRange(0, 4).Draw(t, "hysteresis")),
		SorryInhibit: rapid.Bool().Draw(t, "sorry_server_inhibit"),
	}
	if rapid.Bool().Draw(t, "sorry") {
		m.Sorry = model.Some(model.Endpoint{Addr: netip.MustParseAddr("127.0.0.1"), Port: 80})
	}
	if rapid.Bool().Draw(t, "grace") {
		m.Grace = model.Some(model.Seconds(30 * time.Second))
	}
	if rapid.Bool().Draw(t, "slow start") {
		m.SlowStart = model.Some(model.Seconds(time.Minute))
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "servers") {
		r := model.Real{
			Addr: netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), Port: 80,
			Weight:        model.Some(rapid.IntRange(0, 4).Draw(t, "weight")),
			Inhibit:       model.Some(rapid.Bool().Draw(t, "inhibit")),
			ServerOptions: &model.ServerOptions{},
		}
		for range rapid.IntRange(0, 2).Draw(t, "checks") {
			r.Checks = append(r.Checks, model.Check{
				Kind:   model.TCPCheck,
				Alpha:  model.Some(rapid.Bool().Draw(t, "alpha")),
				Timing: model.Timing{Retry: model.Some(rapid.IntRange(0, 2).Draw(t, "retry"))},
			})
		}
		m.Servers = append(m.Servers, r)
	}
	return Virtual{&m}
}

func drawEvent(t *rapid.T, v Virtual) (Event, bool) {
	server := rapid.IntRange(0, len(v.Servers)-1).Draw(t, "server")
	switch rapid.IntRange(0, 9).Draw(t, "sort") {
	case 0:
		mode := rapid.SampledFrom([]Mode{NoOrder, Drain, Off, Weighted}).Draw(t, "mode")
		o := Order{Mode: mode}
		if mode == Weighted {
			o.Weight = rapid.IntRange(1, 9).Draw(t, "ordered")
		}
		return Ordered{Server: server, Order: o}, true
	case 1:
		return Graced{Server: server}, true
	case 2:
		return Ramped{Server: server, Share: v.ShareAfter(time.Duration(rapid.IntRange(0, 70).Draw(t, "seconds")) * time.Second)}, true
	}
	if len(v.Servers[server].Checks) == 0 {
		return nil, false
	}
	ev := Observed{Server: server, Check: rapid.IntRange(0, len(v.Servers[server].Checks)-1).Draw(t, "check")}
	if ev.Result.Up = rapid.Bool().Draw(t, "up"); ev.Result.Up && rapid.Bool().Draw(t, "dynamic") {
		ev.Result.Weight = model.Some(rapid.IntRange(0, 6).Draw(t, "asked"))
	}
	return ev, true
}

func TestWishKeepsItsPromisesWhateverTheChecksSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawVirtual(t)
		s, _ := v.Step(v.Begin(), Began{})
		written := v.Want(s)
		for range rapid.IntRange(0, 40).Draw(t, "events") {
			ev, ok := drawEvent(t, v)
			if !ok {
				continue
			}
			was := s.Quorum
			var effects []Effect
			s, effects = v.Step(s, ev)
			for _, e := range effects {
				if _, ok := e.(Write); ok {
					written = v.Want(s)
				}
			}
			promises(t, v, s, written, was)
		}
	})
}

func promises(t *rapid.T, v Virtual, s VirtualState, written plan.Service, was bool) {
	want := v.Want(s)
	if !reflect.DeepEqual(want, written) {
		t.Fatal("the wish changed and nobody was told to write")
	}
	if v.Full(s) && !reflect.DeepEqual(want, v.Whole()) {
		t.Fatal("it counts as full, and something lacks")
	}
	w, q, h := v.UpWeight(s), v.Quorum(), v.Hysteresis()
	if s.Quorum && (w == 0 || w < q-h) || !s.Quorum && w >= q+h {
		t.Fatalf("quorum %v at weight %d of %d±%d", s.Quorum, w, q, h)
	}
	if s.Quorum != was && s.Quorum == (w < q+h) {
		t.Fatal("the quorum moved inside the band")
	}
	there := map[netip.AddrPort]plan.Destination{}
	for _, d := range want.Destinations {
		there[d.End()] = d
	}
	whole := map[netip.AddrPort]bool{}
	for _, d := range v.Whole().Destinations {
		whole[d.End()] = true
	}
	for end := range there {
		if !whole[end] {
			t.Fatalf("%v is wished and not ours", end)
		}
	}
	for i, r := range v.Servers {
		d, in := there[v.End(i, v.Key())]
		state := s.Servers[i]
		serves := state.Up() && !v.SorryInUse(s)
		stays := r.Inhibit.Val || state.Kept || state.Up() && v.Grace() > 0
		switch mode := state.Order.Mode; {
		case mode == Off && in:
			t.Fatalf("server %d is off and there", i)
		case mode == Drain && (!in || d.Weight != 0):
			t.Fatalf("server %d drains and is there: %v, weight %d", i, in, d.Weight)
		case mode == Off || mode == Drain:
		case serves && (!in || int(d.Weight) != v.InForce(s, i)):
			t.Fatalf("server %d is up and not served as it should be", i)
		case !serves && in != stays || !serves && d.Weight != 0:
			t.Fatalf("server %d takes connections, or is not there and should be", i)
		}
		if state.Kept && (state.Up() || v.Grace() == 0) || state.Share > 0 && !state.Up() {
			t.Fatalf("server %d: %+v", i, state)
		}
	}
	sorry, in := there[netip.MustParseAddrPort("127.0.0.1:80")]
	if inUse := in && sorry.Weight > 0; inUse != (v.Virtual.Sorry.Written && !s.Quorum) {
		t.Fatalf("sorry server in use: %v, quorum %v", inUse, s.Quorum)
	}
}

func TestStepLeavesTheOldStateAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawVirtual(t)
		s, _ := v.Step(v.Begin(), Began{})
		ev, ok := drawEvent(t, v)
		if !ok {
			return
		}
		before := v.Want(s)
		next, _ := v.Step(s, ev)
		v.Step(next, ev)
		if !reflect.DeepEqual(before, v.Want(s)) {
			t.Fatal("Step wrote into the state it was given")
		}
	})
}

func TestApplyingTheSameDeclarationChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawVirtual(t)
		// Checks of one server that ask for the same are one check to an apply.
		for i := range v.Servers {
			for j := range v.Servers[i].Checks {
				v.Servers[i].Checks[j].Target.Port = uint16(j + 1)
			}
		}
		s, _ := v.Step(v.Begin(), Began{})
		for range 10 {
			if ev, ok := drawEvent(t, v); ok {
				s, _ = v.Step(s, ev)
			}
		}
		next, effects := v.Step(Carry(&v, s, &v), Began{})
		if len(effects) != 1 || !reflect.DeepEqual(next, s) {
			t.Fatalf("%v became %v, told %v", s, next, tell(effects))
		}
	})
}

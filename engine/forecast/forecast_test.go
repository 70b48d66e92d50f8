package forecast

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

var (
	t0    = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	own   = netip.MustParseAddr("192.0.2.1")
	there = netip.MustParseAddr("192.0.2.2")
	vip   = netip.MustParseAddr("192.0.2.100")
)

// side is what one side of a pair says.
type side struct {
	vrid, priority, version uint8
	password                string
	noPreempt               bool
	delay                   time.Duration
	master                  bool // state MASTER
	addr                    netip.Addr
}

func (s side) wire() vrrp.AdvertParams {
	addr := vip
	if s.addr.IsValid() {
		addr = s.addr
	}
	w := vrrp.AdvertParams{Version: s.version, VRID: s.vrid, Interval: time.Second, Addrs: []netip.Addr{addr}, Held: []netip.Addr{addr}}
	if s.password != "" {
		w.AuthType, w.Auth = vrrp.AuthPass, vrrp.Auth(s.password)
	}
	return w
}

func (s side) core() vrrp.Instance {
	return vrrp.Instance{Version: s.version, Priority: s.priority, Advert: time.Second, NoPreempt: s.noPreempt, PreemptDelay: s.delay, Master: s.master}
}

// heard is the other side, heard last so long ago.
func (s side) heard(ago time.Duration) register.Entry {
	at := t0.Add(-ago)
	return register.Entry{Sender: register.Sender{Link: "eth0", VRID: s.vrid, From: there}, First: t0.Add(-time.Hour), Since: t0.Add(-time.Hour), Last: at, Count: 99,
		Packet: vrrp.Packet{Payload: s.wire().Advert(s.priority).Append(nil, there, vrrp.Group4), From: there, To: vrrp.Group4, TTL: 255}}
}

// new is a router that begins with the text.
func (s side) new() Router {
	state, _ := s.core().Step(vrrp.State{}, vrrp.ConditionsChanged{Conditions: vrrp.Conditions{Source: own}}, t0)
	return Router{Name: "VI_1", Link: "eth0", State: state, Wire: s.wire()}
}

// after is a router that was a backup or a master by what it said before.
func (s side) after(before side, role vrrp.Role, fault vrrp.Reason) Router {
	c := vrrp.Conditions{Source: own}
	state := vrrp.State{Role: role, Since: t0.Add(-time.Minute), Conditions: c, Priority: before.priority, Down: before.core().Down(before.priority)}
	state.Due = t0.Add(500 * time.Millisecond)
	if role == vrrp.Backup {
		state.Due, state.Cause, state.Holder = t0.Add(state.Down-500*time.Millisecond), vrrp.AdvertTimeout, there
	}
	state, _ = s.core().Step(state, vrrp.Reconfigured{}, t0)
	c.Fault = fault
	state, _ = s.core().Step(state, vrrp.ConditionsChanged{Conditions: c}, t0)
	return Router{Name: "VI_1", Link: "eth0", State: state, Wire: s.wire(), Was: Was{Runs: true, Role: role, Since: t0.Add(-time.Minute), Priority: before.priority, Wire: before.wire()}}
}

func alone(s side, r Router) Team {
	return Team{Core: vrrp.Group{Members: []vrrp.Instance{s.core()}}, Routers: []Router{r}}
}

// line is an outcome in one line.
func line(o Outcome) string {
	s := fmt.Sprintf("%s %s %d", o.Name, o.Code, o.Own)
	if o.From.IsValid() {
		s += fmt.Sprintf(" against %s (%d)", o.From, o.Priority)
	}
	if o.Cause != "" {
		s += " because of " + o.Cause
	}
	if o.In > 0 {
		s += fmt.Sprintf(" in %.1f s", o.In.Seconds())
	}
	return fmt.Sprintf("%s, %d here: %v, there: %d", s, len(o.Addrs), o.Here, len(o.There))
}

func lines(list []Outcome) string {
	var all []string
	for _, o := range list {
		all = append(all, line(o))
	}
	return strings.Join(all, "; ")
}

func TestATextDoesToTheAddressesWhatTheRoutersWouldDo(t *testing.T) {
	base := side{vrid: 51, priority: 100, version: vrrp.Version2}
	with := func(change func(*side)) side {
		s := base
		change(&s)
		return s
	}
	prio := func(n uint8) side { return with(func(s *side) { s.priority = n }) }
	locked := with(func(s *side) { s.password = "secret" })
	for what, c := range map[string]struct {
		text  side
		from  func(side) Router
		heard []register.Entry
		gone  []Router
		want  string
	}{
		"a new router of a higher priority": {prio(150), side.new, []register.Entry{base.heard(time.Second / 2)}, nil,
			"VI_1 wins 150 against 192.0.2.2 (100) in 3.4 s, 1 here: true, there: 0"},
		"a new router of a lower priority": {prio(50), side.new, []register.Entry{base.heard(time.Second / 2)}, nil,
			"VI_1 other 50 against 192.0.2.2 (100), 1 here: false, there: 1"},
		"a new router where nobody is heard": {base, side.new, nil, nil, "VI_1 takes 100 in 3.6 s, 1 here: true, there: 0"},
		"a new router that begins as master": {with(func(s *side) { s.master = true }), side.new, nil, nil, "VI_1 takes 100 in 1.0 s, 1 here: true, there: 0"},
		"a backup whose priority is raised": {prio(150), func(s side) Router { return s.after(prio(99), vrrp.Backup, "") }, []register.Entry{base.heard(time.Second / 2)}, nil,
			"VI_1 wins 150 against 192.0.2.2 (100) in 2.9 s, 1 here: true, there: 0"},
		"a backup whose priority stays lower": {prio(98), func(s side) Router { return s.after(prio(99), vrrp.Backup, "") }, []register.Entry{base.heard(time.Second / 2)}, nil, ""},
		"a backup that may not preempt": {with(func(s *side) { s.priority, s.noPreempt = 150, true }), func(s side) Router { return s.after(prio(99), vrrp.Backup, "") },
			[]register.Entry{base.heard(time.Second / 2)}, nil, ""},
		"a backup that preempts after a delay": {with(func(s *side) { s.priority, s.delay = 150, 20*time.Second }), func(s side) Router { return s.after(prio(99), vrrp.Backup, "") },
			[]register.Entry{base.heard(time.Second / 2)}, nil, "VI_1 wins 150 against 192.0.2.2 (100) in 22.9 s, 1 here: true, there: 0"},
		"a backup with another password": {locked, func(s side) Router { return s.after(base, vrrp.Backup, "") }, []register.Entry{base.heard(time.Second / 2)}, nil,
			"VI_1 two 100 against 192.0.2.2 (100) because of packet-auth-mismatch in 3.1 s, 1 here: true, there: 1"},
		"a backup with another number": {with(func(s *side) { s.vrid = 52 }), side.new, []register.Entry{base.heard(time.Second / 2)},
			[]Router{base.after(base, vrrp.Backup, "")}, "VI_1 two 100 against 192.0.2.2 (100) because of other-vrid in 3.6 s, 1 here: true, there: 1"},
		"a master with another number, whose backup was never heard": {with(func(s *side) { s.vrid = 52 }), side.new, nil,
			[]Router{base.after(base, vrrp.Master, "")}, "VI_1 may-be-two 100 because of other-vrid in 3.6 s, 1 here: true, there: 0"},
		"a master with another number, whose backup was heard": {with(func(s *side) { s.vrid = 52 }), side.new, []register.Entry{prio(90).heard(time.Minute)},
			[]Router{base.after(base, vrrp.Master, "")}, "VI_1 may-be-two 100 against 192.0.2.2 (90) because of other-vrid in 3.6 s, 1 here: true, there: 0"},
		"a master with another password, whose backup is silent": {locked, func(s side) Router { return s.after(base, vrrp.Master, "") }, nil, nil,
			"VI_1 may-be-two 100 because of packet-auth-mismatch, 1 here: true, there: 0"},
		"a master whose priority falls below that of one who was heard": {prio(80), func(s side) Router { return s.after(base, vrrp.Master, "") },
			[]register.Entry{prio(90).heard(time.Minute)}, nil, "VI_1 may-yield 80 against 192.0.2.2 (90), 1 here: true, there: 0"},
		"a master whose priority stays above": {prio(95), func(s side) Router { return s.after(base, vrrp.Master, "") }, []register.Entry{prio(90).heard(time.Minute)}, nil, ""},
		"a master whose priority falls, and whose backup was never heard": {prio(80), func(s side) Router { return s.after(base, vrrp.Master, "") },
			nil, nil, "VI_1 may-yield 80, 1 here: true, there: 0"},
		"a master that goes into fault": {base, func(s side) Router { return s.after(base, vrrp.Master, vrrp.LinkDown) }, []register.Entry{prio(90).heard(time.Minute)}, nil,
			"VI_1 leaves 100 against 192.0.2.2 (90) because of link-down, 1 here: false, there: 0"},
		"a master that stays": {base, func(s side) Router { return s.after(base, vrrp.Master, "") }, nil, nil, ""},
		"a master of which two are heard": {base, func(s side) Router { return s.after(base, vrrp.Master, "") }, []register.Entry{locked.heard(time.Second / 2)}, nil,
			"VI_1 two 100 against 192.0.2.2 (100) because of packet-auth-mismatch, 1 here: true, there: 1"},
	} {
		got := lines(Of(Input{Now: t0, Teams: []Team{alone(c.text, c.from(c.text))}, Gone: c.gone, Heard: c.heard}))
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", what, got, c.want)
		}
	}
}

func TestAnInstanceThatGoesGivesItsAddressesUp(t *testing.T) {
	s := side{vrid: 51, priority: 100, version: vrrp.Version2}
	list := Of(Input{Now: t0, Gone: []Router{s.after(s, vrrp.Master, "")}, Heard: []register.Entry{s.heard(time.Minute)}})
	if got := lines(list); got != "VI_1 leaves 0 against 192.0.2.2 (100) because of removed, 1 here: false, there: 0" {
		t.Error(got)
	}
	if list := Of(Input{Now: t0, Gone: []Router{s.after(s, vrrp.Backup, "")}}); len(list) > 0 {
		t.Errorf("a backup that goes: %s", lines(list))
	}
}

// The members of a sync group move together: one that loses keeps the others.
func TestAMemberThatLosesKeepsItsGroupFromMoving(t *testing.T) {
	one, two := side{vrid: 51, priority: 150, version: vrrp.Version2}, side{vrid: 52, priority: 50, version: vrrp.Version2, addr: netip.MustParseAddr("192.0.2.101")}
	peers := []register.Entry{side{vrid: 51, priority: 100, version: vrrp.Version2}.heard(time.Second / 2),
		side{vrid: 52, priority: 100, version: vrrp.Version2, addr: two.addr}.heard(time.Second / 2)}
	group := vrrp.Group{Members: []vrrp.Instance{one.core(), two.core()}}
	states := make([]vrrp.State, 2)
	for i := range states {
		states, _ = group.Step(states, i, vrrp.ConditionsChanged{Conditions: vrrp.Conditions{Source: own}}, t0)
	}
	team := func() Team {
		return Team{Group: true, Core: group, Routers: []Router{
			{Name: "VI_1", Link: "eth0", State: states[0], Wire: one.wire()}, {Name: "VI_2", Link: "eth0", State: states[1], Wire: two.wire()}}}
	}
	list := Of(Input{Now: t0, Teams: []Team{team()}, Heard: peers})
	if len(list) != 2 || list[0].Code != code.ForecastOther || list[1].Code != code.ForecastOther {
		t.Errorf("one loses: %s", lines(list))
	}
	two.priority = 150
	group.Members[1] = two.core()
	states = make([]vrrp.State, 2)
	for i := range states {
		states, _ = group.Step(states, i, vrrp.ConditionsChanged{Conditions: vrrp.Conditions{Source: own}}, t0)
	}
	list = Of(Input{Now: t0, Teams: []Team{team()}, Heard: peers})
	if len(list) != 2 || list[0].Code != code.ForecastWins || list[1].Code != code.ForecastWins {
		t.Errorf("both win: %s", lines(list))
	}
}

func TestAForecastOfFastRoutersUnderALongDelayEnds(t *testing.T) {
	s := side{vrid: 51, priority: 150, version: vrrp.Version3, delay: 1000 * time.Second}
	fast := s.core()
	fast.Advert = 10 * time.Millisecond
	wire := side{vrid: 51, priority: 100, version: vrrp.Version3}.wire()
	wire.Interval = fast.Advert
	e := s.heard(time.Millisecond)
	e.Packet.Payload = wire.Advert(100).Append(nil, there, vrrp.Group4)
	list := Of(Input{Now: t0, Heard: []register.Entry{e}, Teams: []Team{{Core: vrrp.Group{Members: []vrrp.Instance{fast}}, Routers: []Router{s.new()}}}})
	if len(list) != 1 || list[0].Code != code.ForecastOther {
		t.Error(lines(list))
	}
}

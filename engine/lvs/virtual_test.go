package lvs

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// tutorial is the virtual server of the LVS-DR pair: wrr, weights 1 and 2, a
// sorry server, one check each.
func tutorial(change ...func(*model.Virtual)) Virtual {
	check := model.Check{
		Kind:   model.HTTPGet,
		Timing: model.Timing{Retry: model.Some(0), DelayLoop: model.Some(model.Seconds(6 * time.Second))},
	}
	m := model.Virtual{
		Addr: netip.MustParseAddr("192.0.2.100"), Port: 80, Protocol: model.Some(model.TCP),
		Scheduler: model.Some("wrr"), Method: model.Some(model.DR), Quorum: model.Some(1),
		Sorry:       model.Some(model.Endpoint{Addr: netip.MustParseAddr("127.0.0.1"), Port: 80}),
		SorryMethod: model.Some(model.DR),
	}
	for i, addr := range []string{"192.0.2.33", "192.0.2.34"} {
		m.Servers = append(m.Servers, model.Real{
			Addr: netip.MustParseAddr(addr), Port: 80, Weight: model.Some(i + 1),
			Method: model.Some(model.DR), Checks: []model.Check{check}, ServerOptions: &model.ServerOptions{},
		})
	}
	for _, f := range change {
		f(&m)
	}
	return Virtual{&m}
}

// run feeds a script to a virtual server: "0+ 1-" is a success of server 0's
// first check and a failure of server 1's; "0/1-" names the second check. It
// gives the state and what was told, in order.
func run(v Virtual, script string) (VirtualState, string) {
	s, effects := v.Step(v.Begin(), Began{})
	told := tell(effects)
	for _, word := range strings.Fields(script) {
		ev := Observed{Server: int(word[0] - '0'), Result: Result{Up: strings.HasSuffix(word, "+")}}
		if word[1] == '/' {
			ev.Check = int(word[2] - '0')
		}
		s, effects = v.Step(s, ev)
		told = append(told, tell(effects)...)
	}
	return s, strings.Join(told, " ")
}

func tell(effects []Effect) (words []string) {
	sign := map[bool]string{true: "+", false: "-"}
	for _, e := range effects {
		switch e := e.(type) {
		case Write:
			words = append(words, "write")
		case ServerChanged:
			words = append(words, "server"+string(rune('0'+e.Server))+sign[e.Up])
		case QuorumChanged:
			words = append(words, "quorum"+sign[e.Up])
		}
	}
	return words
}

func pool(s plan.Service) string {
	var ends []string
	for _, d := range s.Destinations {
		ends = append(ends, d.Addr.String()+"="+string(rune('0'+d.Weight)))
	}
	return strings.Join(ends, " ")
}

func TestPoolFollowsTheChecks(t *testing.T) {
	inhibit := func(m *model.Virtual) {
		for i := range m.Servers {
			m.Servers[i].Inhibit = model.Some(true)
		}
	}
	noSorry := func(m *model.Virtual) { m.Sorry = model.Opt[model.Endpoint]{} }
	quorum := func(q, h int) func(*model.Virtual) {
		return func(m *model.Virtual) { m.Quorum, m.Hysteresis = model.Some(q), model.Some(h) }
	}
	alpha := func(m *model.Virtual) {
		for i := range m.Servers {
			m.Servers[i].Checks[0].Alpha = model.Some(true)
		}
	}
	sorryInhibit := func(m *model.Virtual) { m.SorryInhibit = true }
	for _, c := range []struct {
		what   string
		v      Virtual
		script string
		pool   string
		told   string
	}{
		{"all are assumed up at the start", tutorial(), "",
			"192.0.2.33=1 192.0.2.34=2", "write quorum+"},
		{"alpha servers are not added until they succeed", tutorial(alpha), "1+",
			"192.0.2.34=2", "write write server1+ quorum+"},
		{"a quorum that is down at the start has the sorry server at once", tutorial(alpha), "",
			"127.0.0.1=1", "write"},
		{"a failed server leaves", tutorial(), "0+ 1+ 0-",
			"192.0.2.34=2", "write quorum+ write server0-"},
		{"the last one's failure brings the sorry server", tutorial(), "0- 1-",
			"127.0.0.1=1", "write quorum+ write server0- write server1- quorum-"},
		{"the first one back sends the sorry server away", tutorial(), "0- 1- 0+",
			"192.0.2.33=1", "write quorum+ write server0- write server1- quorum- write server0+ quorum+"},
		{"sorry_server_inhibit keeps the sorry server with weight 0", tutorial(sorryInhibit), "0- 1- 0+",
			"127.0.0.1=0 192.0.2.33=1", "write quorum+ write server0- write server1- quorum- write server0+ quorum+"},
		{"sorry_server_inhibit has it in the table before it is ever needed", tutorial(sorryInhibit), "0-",
			"127.0.0.1=0 192.0.2.34=2", "write quorum+ write server0-"},
		{"without a sorry server the rest stays in service", tutorial(noSorry, quorum(3, 0)), "0-",
			"192.0.2.34=2", "write quorum+ write server0- quorum-"},
		{"with a sorry server those still up make room", tutorial(quorum(3, 0)), "0-",
			"127.0.0.1=1", "write quorum+ write server0- quorum-"},
		{"inhibit_on_failure keeps the server with weight 0", tutorial(inhibit), "1-",
			"192.0.2.33=1 192.0.2.34=0", "write quorum+ write server1-"},
		{"inhibit_on_failure holds for those who make room too", tutorial(inhibit, quorum(3, 0)), "0-",
			"127.0.0.1=1 192.0.2.33=0 192.0.2.34=0", "write quorum+ write server0- quorum-"},
		{"hysteresis keeps a quorum that is up", tutorial(quorum(3, 1)), "0-",
			"127.0.0.1=1", "write write server0-"},
		{"more than there is cannot be asked for", tutorial(quorum(100, 0)), "",
			"192.0.2.33=1 192.0.2.34=2", "write quorum+"},
	} {
		t.Run(strings.ReplaceAll(c.what, " ", "-"), func(t *testing.T) {
			s, told := run(c.v, c.script)
			if got := pool(c.v.Want(s)); got != c.pool {
				t.Errorf("pool %s, want %s", got, c.pool)
			}
			if told != c.told {
				t.Errorf("told %q, want %q", told, c.told)
			}
		})
	}
}

func TestQuorumMovesOnlyOutsideTheBandOfHysteresis(t *testing.T) {
	v := tutorial(func(m *model.Virtual) {
		m.Quorum, m.Hysteresis = model.Some(3), model.Some(1)
		m.Servers = append(m.Servers, m.Servers[0])
		m.Servers[2].Addr = netip.MustParseAddr("192.0.2.35")
	}) // weights 1 2 1: gained at 4, lost below 2
	s, told := run(v, "0- 2- 0+ 1- 1+ 2+")
	want := "write quorum+ write server0- write server2- write server0+ write server1- quorum- write server1+ write server2+ quorum+"
	if told != want {
		t.Errorf("told %q, want %q", told, want)
	}
	if !s.Quorum {
		t.Error("the quorum is down in the end")
	}
}

func TestServerIsUpOnlyWhenAllItsChecksAre(t *testing.T) {
	v := tutorial(func(m *model.Virtual) {
		m.Servers[0].Checks = append(m.Servers[0].Checks, m.Servers[0].Checks[0])
	})
	_, told := run(v, "0- 0/1- 0+ 0/1+")
	if want := "write quorum+ write server0- write write write server0+"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestServerWithoutChecksIsAlwaysUp(t *testing.T) {
	v := tutorial(func(m *model.Virtual) { m.Servers[0].Checks = nil })
	s, _ := run(v, "1-")
	if got := pool(v.Want(s)); got != "192.0.2.33=1" {
		t.Errorf("pool %s", got)
	}
}

func TestDynamicWeightsAddUp(t *testing.T) {
	v := tutorial(func(m *model.Virtual) {
		m.Servers[1].Weight = model.Some(10)
		m.Servers[1].Checks = append(m.Servers[1].Checks, m.Servers[1].Checks[0])
	})
	s, _ := v.Step(v.Begin(), Began{})
	for i, step := range []struct {
		check  int
		weight model.Opt[int]
		want   int
	}{
		{0, model.Some(7), 7},                        // 10 + (7-10)
		{1, model.Some(12), 9},                       // 10 + (7-10) + (12-10)
		{0, model.Opt[int]{}, 12},                    // exit 0 takes the first back
		{1, model.Some(0), 0}, {0, model.Some(0), 0}, // never below nothing
	} {
		s, _ = v.Step(s, Observed{Server: 1, Check: step.check, Result: Result{Up: true, Weight: step.weight}})
		if got := v.Weight(s, 1); got != step.want {
			t.Errorf("step %d: weight %d, want %d", i, got, step.want)
		}
	}
}

func TestServiceCarriesEveryOption(t *testing.T) {
	v := tutorial(func(m *model.Virtual) {
		m.Protocol, m.OnePacket = model.Some(model.UDP), true
		m.Scheduler, m.SchedFlags = model.Some("mh"), []string{"mh-fallback", "mh-port"}
		m.Persistence = model.Some(model.Seconds(600 * time.Second))
		m.Granularity = model.Some(netip.MustParseAddr("255.255.255.0"))
		m.Engine = model.Some("sip") // persistence_engine
		m.Servers[0].Method, m.Servers[0].Port = model.Some(model.NAT), 8080
		m.Servers[0].Upper, m.Servers[0].Lower = model.Some(uint32(100)), model.Some(uint32(50))
		m.Servers[1].Method, m.Servers[1].Port = model.Some(model.TUN), 8080
	})
	s, _ := v.Step(v.Begin(), Began{})
	want := plan.Service{
		Key:       plan.ServiceKey{Protocol: 17, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80},
		Scheduler: "mh", Flags: plan.Persistent | plan.OnePacket | plan.SchedFlag1 | plan.SchedFlag2,
		Timeout: 600, Netmask: netip.MustParseAddr("255.255.255.0"), Engine: "sip",
		Destinations: []plan.Destination{
			{Addr: netip.MustParseAddr("192.0.2.33"), Port: 8080, Method: plan.Masquerade, Weight: 1, Upper: 100, Lower: 50},
			{Addr: netip.MustParseAddr("192.0.2.34"), Port: 80, Method: plan.Tunnel, Weight: 2}, // only NAT changes ports
		},
	}
	if got := v.Want(s); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWordsOfATunnelReachTheDestination(t *testing.T) {
	for words, want := range map[string]plan.Wrap{
		"":                            {},
		"type ipip nocsum":            {},
		"type gue port 6080":          {Kind: plan.GUE, Port: 6080},
		"type gue port 6080 nocsum":   {Kind: plan.GUE, Port: 6080},
		"type gue port 6080 remcsum":  {Kind: plan.GUE, Port: 6080, Sum: plan.RemoteSum},
		"csum type gre":               {Kind: plan.GRE, Sum: plan.Sum},
		"type gue":                    {}, // which is not valid without a port
		"type gre remcsum":            {},
		"type gue port 6080 whatever": {},
	} {
		c, _ := model.Parse("x", []byte("virtual_server 192.0.2.1 80 {\nprotocol TCP\nlvs_method TUN "+words+
			"\nsorry_server 192.0.2.9 80\nsorry_server_lvs_method TUN "+words+"\nreal_server 192.0.2.3 80 {\n}\nreal_server 192.0.2.4 80 {\nlvs_method DR\n}\n}\n"), model.Facts{})
		v := Virtual{Virtual: &model.Resolve(c).Virtuals[0]}
		for _, d := range v.Whole().Destinations {
			if d.Addr.As4()[3] == 4 {
				if d.Method != plan.DirectRoute || d.Wrap != (plan.Wrap{}) {
					t.Errorf("%q: the server by direct routing is %+v", words, d)
				}
			} else if d.Method != plan.Tunnel || d.Wrap != want {
				t.Errorf("%q: %s is reached by %+v, want %+v", words, d.Addr, d.Wrap, want)
			}
		}
	}
}

func TestSorryServerThatIsARealServerTooIsThereOnce(t *testing.T) {
	v := tutorial(func(m *model.Virtual) {
		m.Sorry.Val.Addr = m.Servers[0].Addr
		for i := range m.Servers {
			m.Servers[i].Inhibit = model.Some(true)
		}
	})
	s, _ := run(v, "0- 1-")
	if got := pool(v.Want(s)); got != "192.0.2.33=1 192.0.2.34=0" {
		t.Errorf("pool %s", got)
	}
}

func TestAServiceIsFullWhileEveryServerIsUpAndNoSorryServerIsDeclared(t *testing.T) {
	sorry := tutorial()
	if s, _ := run(sorry, ""); sorry.Full(s) {
		t.Error("full without its sorry server")
	}
	v := tutorial(func(m *model.Virtual) { m.Sorry = model.Opt[model.Endpoint]{} })
	for script, full := range map[string]bool{"": true, "0+ 1+": true, "0+ 1-": false, "0- 0+": true} {
		if s, _ := run(v, script); v.Full(s) != full {
			t.Errorf("%q: full %v", script, !full)
		}
	}
}

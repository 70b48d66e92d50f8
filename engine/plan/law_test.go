package plan

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var equal = cmp.Options{
	cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}),
}

func TestDiffCarriedOutStepByStepReachesTheWish(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		have, want := randomState(t, "have"), randomState(t, "want")
		s := have
		for _, o := range Diff(have, want) {
			next, err := s.With(o)
			if err != nil {
				t.Fatalf("%s: %v", o, err)
			}
			s = next
		}
		if d := cmp.Diff(want, s, equal); d != "" {
			t.Fatalf("reached (+) is not the wish (-):\n%s", d)
		}
	})
}

func TestDiffOfEqualStatesIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomState(t, "state")
		if p := Diff(s, s); len(p) > 0 {
			t.Fatalf("%v", p.Lines())
		}
	})
}

func TestNormalOfNormalIsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomState(t, "state")
		if d := cmp.Diff(s, s.Normal(), equal); d != "" {
			t.Fatal(d)
		}
	})
}

func TestPlanSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Diff(randomState(t, "have"), randomState(t, "want"))
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back Plan
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(p, back, equal, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	})
}

func TestTouchingOneServerCostsOneOperation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		have := randomState(t, "state")
		sure := pool(1, 2)
		sure.Key.Port = 8080 // no random service is there
		have.Services = append(have.Services, sure)
		want := have.Normal()
		var servers []*Destination
		for i := range want.Services {
			for j := range want.Services[i].Destinations {
				servers = append(servers, &want.Services[i].Destinations[j])
			}
		}
		rapid.SampledFrom(servers).Draw(t, "server").Weight ^= 1
		p := Diff(have, want)
		if len(p) != 1 || p[0].Verb != EditDestination {
			t.Fatalf("%v", p.Lines())
		}
	})
}

func TestWithLeavesTheOldStateAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		have, want := randomState(t, "have"), randomState(t, "want")
		for _, o := range Diff(have, want) {
			before := have.Normal()
			if _, err := have.With(o); err != nil {
				continue // it needs an earlier operation of the plan
			}
			if d := cmp.Diff(before, have, equal); d != "" {
				t.Fatalf("%s changed its receiver:\n%s", o, d)
			}
		}
	})
}

// randomState is what a kernel may hold: it takes random operations and drops
// those that are refused. The pools are small so that two states meet often.
func randomState(t *rapid.T, name string) State {
	var s State
	for _, o := range rapid.SliceOfN(rapid.Custom(randomAdd), 0, 40).Draw(t, name) {
		if next, err := s.With(o); err == nil {
			s = next
		}
	}
	return s
}

func randomAdd(t *rapid.T) Op {
	key := ServiceKey{
		Protocol: rapid.SampledFrom([]uint8{6, 17, 132}).Draw(t, "protocol"),
		Addr:     pick(t, "192.0.2.100", "192.0.2.101", "2001:db8::100"),
		Port:     rapid.SampledFrom([]uint16{80, 443}).Draw(t, "port"),
	}
	if rapid.IntRange(0, 3).Draw(t, "by mark") == 0 {
		key = MarkKey(rapid.Uint32Range(1, 2).Draw(t, "mark"), rapid.Bool().Draw(t, "six"))
	}
	switch rapid.IntRange(0, 7).Draw(t, "kind") {
	case 7:
		return Op{Verb: AddDrop, Drop: Drop{Addr: pick(t, "192.0.2.100", "::ffff:192.0.2.101", "2001:db8::100", "fe80::1"), Link: rapid.SampledFrom([]string{"eth0", "eth1"}).Draw(t, "link")}}
	case 6:
		return Op{Verb: AddLink, Link: Link{
			Name: "vrrp." + rapid.SampledFrom([]string{"51", "52"}).Draw(t, "name"), Parent: "eth0",
			MAC: MAC{0, 0, 0x5e, 0, 1, rapid.SampledFrom([]byte{51, 52}).Draw(t, "mac")}, IPv4: true,
		}}
	case 0:
		return Op{Verb: AddAddress, Address: randomAddress(t)}
	case 5:
		return Op{Verb: StartDaemon, Daemon: SyncDaemon{
			State: rapid.SampledFrom([]SyncState{SyncMaster, SyncBackup}).Draw(t, "state"),
			Link:  rapid.SampledFrom([]string{"eth0", "eth1"}).Draw(t, "link"), ID: rapid.Uint8Range(0, 1).Draw(t, "id"),
			MaxLen: 1400, Group: pick(t, "224.0.0.81", "224.0.0.82"),
		}}
	case 3:
		return Op{Verb: AddRoute, Route: randomRoute(t)}
	case 4:
		return Op{Verb: AddRule, Rule: randomRule(t)}
	case 1:
		v := Service{
			Key:       key,
			Scheduler: rapid.SampledFrom([]string{"rr", "wrr", "sh", "mh"}).Draw(t, "scheduler"),
			Flags:     rapid.Uint32Range(0, 0x3f).Draw(t, "flags"),
			Timeout:   rapid.Uint32Range(0, 3).Draw(t, "timeout") * 60,
			Engine:    rapid.SampledFrom([]string{"", "sip"}).Draw(t, "engine"),
		}
		if key.Addr.Is4() {
			v.Netmask = pick(t, "255.255.255.0", "255.255.255.255")
		} else {
			v.Netmask = pick(t, "ffff:ffff:ffff:ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
		}
		return Op{Verb: AddService, Service: v}
	}
	upper := rapid.Uint32Range(0, 3).Draw(t, "upper")
	return Op{Verb: AddDestination, Service: Service{Key: key}, Destination: Destination{
		Addr:   pick(t, "192.0.2.33", "192.0.2.34", "2001:db8::33"),
		Port:   rapid.SampledFrom([]uint16{80, 8080}).Draw(t, "server port"),
		Method: rapid.SampledFrom([]Method{Masquerade, Tunnel, DirectRoute}).Draw(t, "method"),
		Weight: rapid.SampledFrom([]uint32{0, 1, 70000}).Draw(t, "weight"),
		Wrap:   Wrap{Kind: rapid.SampledFrom([]WrapKind{IPIP, GUE, GRE}).Draw(t, "kind"), Sum: rapid.SampledFrom([]WrapSum{NoSum, Sum}).Draw(t, "sum"), Port: 6080},
		Upper:  upper,
		Lower:  rapid.Uint32Range(0, upper).Draw(t, "lower"),
	}}
}

func randomAddress(t *rapid.T) Address {
	text := rapid.SampledFrom([]string{
		"192.0.2.100/32", "192.0.2.100/24", "192.0.2.101/24", "192.0.2.102/24",
		"2001:db8::100/64", "2001:db8::100/128", "fe80::1/64", "2001:db8::101/64",
	}).Draw(t, "prefix")
	a := Address{
		Link:   rapid.SampledFrom([]string{"eth0", "eth1"}).Draw(t, "link"),
		Prefix: netip.MustParsePrefix(text),
		Scope:  rapid.SampledFrom([]uint8{0, 253}).Draw(t, "scope"),
	}
	if rapid.Bool().Draw(t, "labelled") {
		a.Label = a.Link + ":1"
		a.Broadcast = pick(t, "192.0.2.255", "0.0.0.0")
	}
	return a
}

// randomRoute is one of few, by words that a text may have.
func randomRoute(t *rapid.T) Route {
	line := rapid.SampledFrom([]string{
		"198.51.100.0/24 via 192.0.2.1", "198.51.100.0/24 via 192.0.2.2 dev eth0", "blackhole 198.51.100.0/24", "default via 192.0.2.1 dev eth1",
		"198.51.100.0/24 dev eth0 src 192.0.2.100", "2001:db8:1::/48 via 2001:db8::1", "2001:db8:1::/48 dev eth0 src 2001:db8::100",
		"198.51.101.0/24",
	}).Draw(t, "route") + rapid.SampledFrom([]string{"", " table 7", " metric 9"}).Draw(t, "where") +
		rapid.SampledFrom([]string{"", " append", " mtu lock 1400"}).Draw(t, "how")
	if strings.HasPrefix(line, "198.51.101.0/24") {
		line += rapid.SampledFrom([]string{"", " add"}).Draw(t, "alone") + " nexthop via 192.0.2.1 weight 2 nexthop via 192.0.2.2 dev eth0"
	}
	r, err := ParseRoute(line)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func randomRule(t *rapid.T) Rule {
	r, err := ParseRule(rapid.SampledFrom([]string{"from 192.0.2.0/24 table 7", "to 192.0.2.0/24 blackhole", "fwmark 7/0xf iif eth0 table 7", "inet6 from 2001:db8::/32 table 7"}).Draw(t, "rule") +
		rapid.SampledFrom([]string{" preference 5", " preference 6 ipproto 6"}).Draw(t, "preference"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func pick(t *rapid.T, addrs ...string) netip.Addr {
	return netip.MustParseAddr(rapid.SampledFrom(addrs).Draw(t, "address"))
}

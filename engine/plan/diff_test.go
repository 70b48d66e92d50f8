package plan

import (
	"net/netip"
	"slices"
	"testing"
)

func address(link, prefix string, scope uint8) Address {
	return Address{Link: link, Prefix: netip.MustParsePrefix(prefix), Scope: scope}
}

func pool(weights ...uint32) Service {
	v := Service{Key: ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}, Scheduler: "wrr"}
	for i, w := range weights {
		ip := netip.AddrFrom4([4]byte{192, 0, 2, byte(33 + i)})
		v.Destinations = append(v.Destinations, Destination{Addr: ip, Port: 80, Method: DirectRoute, Weight: w})
	}
	return v
}

func expect(t *testing.T, p Plan, lines ...string) {
	t.Helper()
	if got := p.Lines(); !slices.Equal(got, lines) {
		t.Errorf("got  %q\nwant %q", got, lines)
	}
}

func TestNewServiceComesBeforeItsServers(t *testing.T) {
	expect(t, Diff(State{}, State{Services: []Service{pool(1)}}),
		"ipvsadm -A -t 192.0.2.100:80 -s wrr",
		"ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.33:80 -g -w 1")
}

func TestServerIsAddedBeforeAnotherIsDeleted(t *testing.T) {
	want := pool(1, 1)
	want.Destinations = want.Destinations[1:]
	expect(t, Diff(State{Services: []Service{pool(1)}}, State{Services: []Service{want}}),
		"ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.34:80 -g -w 1",
		"ipvsadm -d -t 192.0.2.100:80 -r 192.0.2.33:80")
}

func TestDeletedServiceTakesItsServersAlong(t *testing.T) {
	expect(t, Diff(State{Services: []Service{pool(1, 2, 3)}}, State{}), "ipvsadm -D -t 192.0.2.100:80")
}

func TestChangedSchedulerIsEditedInPlace(t *testing.T) {
	want := pool(1, 2)
	want.Scheduler = "wlc"
	expect(t, Diff(State{Services: []Service{pool(1, 2)}}, State{Services: []Service{want}}),
		"ipvsadm -E -t 192.0.2.100:80 -s wlc")
}

func TestAddressIsAddedBeforeAnotherIsDeleted(t *testing.T) {
	expect(t, Diff(
		State{Addresses: []Address{address("eth0", "192.0.2.100/32", 0)}},
		State{Addresses: []Address{address("eth0", "192.0.2.101/32", 0)}}),
		"ip address add 192.0.2.101/32 dev eth0 scope global",
		"ip address del 192.0.2.100/32 dev eth0")
}

func TestAddressWaitsForTheOneThatBarsItsScope(t *testing.T) {
	expect(t, Diff(
		State{Addresses: []Address{address("eth0", "192.0.2.100/24", 253)}},
		State{Addresses: []Address{address("eth0", "192.0.2.101/24", 0), address("eth0", "192.0.2.200/32", 0)}}),
		"ip address add 192.0.2.200/32 dev eth0 scope global",
		"ip address del 192.0.2.100/24 dev eth0",
		"ip address add 192.0.2.101/24 dev eth0 scope global")
}

func TestIPv6AddressOfAnotherLengthIsSwapped(t *testing.T) {
	expect(t, Diff(
		State{Addresses: []Address{address("eth0", "2001:db8::1/64", 0)}},
		State{Addresses: []Address{address("eth0", "2001:db8::1/128", 0)}}),
		"ip address del 2001:db8::1/64 dev eth0",
		"ip address add 2001:db8::1/128 dev eth0 scope global nodad preferred_lft 0")
}

func TestWithRefusesLikeTheKernel(t *testing.T) {
	s := State{
		Addresses: []Address{address("eth0", "192.0.2.100/24", 0)},
		Services:  []Service{pool(1)},
	}.Normal()
	other := pool(1, 1)
	other.Key.Port = 81
	second := pool(1, 1).Destinations[1]
	crooked := Destination{Addr: second.Addr, Port: 80, Lower: 2, Upper: 1}
	heavy := Destination{Addr: second.Addr, Port: 80, Weight: 1 << 31}
	for _, c := range []struct {
		why  string
		op   Op
		want Errno
	}{
		{"address twice", Op{Verb: AddAddress, Address: s.Addresses[0]}, EEXIST},
		{"no such address", Op{Verb: DeleteAddress, Address: address("eth1", "192.0.2.100/24", 0)}, EADDRNOTAVAIL},
		{"another mask", Op{Verb: DeleteAddress, Address: address("eth0", "192.0.2.100/32", 0)}, EADDRNOTAVAIL},
		{"two scopes in one subnet", Op{Verb: AddAddress, Address: address("eth0", "192.0.2.101/24", 253)}, EINVAL},
		{"service twice", Op{Verb: AddService, Service: pool()}, EEXIST},
		{"edit no service", Op{Verb: EditService, Service: other}, ESRCH},
		{"delete no service", Op{Verb: DeleteService, Service: other}, ESRCH},
		{"server twice", Op{Verb: AddDestination, Service: pool(), Destination: pool(1).Destinations[0]}, EEXIST},
		{"server of no service", Op{Verb: AddDestination, Service: other, Destination: second}, ESRCH},
		{"edit no server", Op{Verb: EditDestination, Service: pool(), Destination: second}, ENOENT},
		{"delete no server", Op{Verb: DeleteDestination, Service: pool(), Destination: second}, ENOENT},
		{"thresholds crossed", Op{Verb: AddDestination, Service: pool(), Destination: crooked}, ERANGE},
		{"weight beyond an int", Op{Verb: AddDestination, Service: pool(), Destination: heavy}, ERANGE},
		{"unknown verb", Op{Verb: "fly"}, EOPNOTSUPP},
	} {
		if _, err := s.With(c.op); err != c.want {
			t.Errorf("%s: got %v, want %v", c.why, err, c.want)
		}
	}
}

func TestNormalSaysOneThingOneWay(t *testing.T) {
	a := Address{Link: "eth0", Label: "eth0", Prefix: netip.MustParsePrefix("192.0.2.1/32"), Broadcast: netip.IPv4Unspecified()}
	if n := a.Normal(); n.Label != "" || n.Broadcast.IsValid() {
		t.Errorf("defaults were kept: %+v", n)
	}
	v := pool()
	v.Flags, v.Netmask = Persistent|0x2, netip.MustParseAddr("255.255.255.0")
	if n := v.Normal(); n.Flags != 0 || n.Netmask.IsValid() {
		t.Errorf("persistence without a timeout was kept: %+v", n)
	}
	v.Timeout, v.Netmask = 60, netip.MustParseAddr("255.255.255.255")
	if n := v.Normal(); n.Flags != Persistent || n.Netmask.IsValid() {
		t.Errorf("one host is no granularity: %+v", n)
	}
	s := State{Addresses: []Address{a, a}, Services: []Service{pool(1), pool(2)}}.Normal()
	if len(s.Addresses) != 1 || len(s.Services) != 1 || s.Services[0].Destinations[0].Weight != 1 {
		t.Errorf("the first of two alike was to stay: %+v", s)
	}
}

func TestADaemonWhoseLongestMessageTheKernelChoseIsNotStartedAnew(t *testing.T) {
	asked := SyncDaemon{State: SyncMaster, Link: "eth0", ID: 7}
	told := asked
	told.MaxLen, told.Port, told.TTL, told.Group = 1472, 8848, 1, netip.MustParseAddr("224.0.0.81")
	if p := Diff(State{Daemons: []SyncDaemon{told}}, State{Daemons: []SyncDaemon{asked}}); len(p) > 0 {
		t.Errorf("%v", p.Lines())
	}
	asked.ID = 8
	p := Diff(State{Daemons: []SyncDaemon{told}}, State{Daemons: []SyncDaemon{asked}})
	if len(p) != 2 || p[0].Verb != StopDaemon || p[1].Verb != StartDaemon {
		t.Errorf("%v", p.Lines())
	}
}

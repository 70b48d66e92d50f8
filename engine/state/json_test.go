package state

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"testing"

	"holdfast/engine/plan"
)

func TestAStateIsWrittenAsEncodingJSONWritesIt(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		s := randomJSONState(r)
		var got bytes.Buffer
		if err := writeJSON(&got, s); err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != string(want) {
			t.Fatalf("got\n%s, want\n%s", got.String(), want)
		}
	}
}

// randomJSONState has each list, and each value that may be left out, in one of two states.
func randomJSONState(r *rand.Rand) (s plan.State) {
	some := func() bool { return r.IntN(2) == 0 }
	number := func() uint32 { return []uint32{0, 1, r.Uint32()}[r.IntN(3)] }
	addr := func() netip.Addr {
		return []netip.Addr{{}, netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("::ffff:192.0.2.1"),
			netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr(`fe80::1%a"<é`), netip.IPv6Unspecified()}[r.IntN(6)]
	}
	if some() {
		s.Addresses = []plan.Address{{Link: "eth0", Prefix: netip.MustParsePrefix("192.0.2.1/24")}}
	}
	if some() {
		s.Daemons = []plan.SyncDaemon{{State: plan.SyncMaster, Link: "eth0"}}
	}
	if some() {
		s.Drops = []plan.Drop{{}}
	}
	if some() {
		s.Timeouts = plan.Timeouts{TCP: number(), UDP: number()}
	}
	for range r.IntN(3) {
		v := plan.Service{Key: plan.ServiceKey{Protocol: uint8(number()), Addr: addr(), Port: uint16(number()), Mark: number()},
			Scheduler: []string{"wrr", "", "a<b>\x01é\"\\&"}[r.IntN(3)], Flags: number(), Timeout: number(), Netmask: addr(), Engine: []string{"", "sip"}[r.IntN(2)]}
		for range r.IntN(3) {
			v.Destinations = append(v.Destinations, plan.Destination{Addr: addr(), Port: uint16(number()), Method: plan.Method(number()), Weight: number(), Upper: number(), Lower: number(),
				Wrap: plan.Wrap{Kind: plan.WrapKind(r.IntN(3)), Sum: plan.WrapSum(r.IntN(2)), Port: uint16(number())}})
		}
		s.Services = append(s.Services, v)
	}
	return s
}

func BenchmarkStateToJSON(b *testing.B) {
	s := plan.State{Services: make([]plan.Service, 1000)}
	for i := range s.Services {
		s.Services[i] = plan.Service{Key: plan.ServiceKey{Protocol: 6, Addr: netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), Port: uint16(i)}, Scheduler: "wrr",
			Destinations: []plan.Destination{{Addr: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Port: 80, Weight: 1}}}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := writeJSON(new(bytes.Buffer), s); err != nil {
			b.Fatal(err)
		}
	}
}

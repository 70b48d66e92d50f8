package state

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"reflect"
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

// A field that is added to a state has to be written, too.
func TestEveryFieldOfAStateIsWritten(t *testing.T) {
	var s plan.State
	fillEvery(reflect.ValueOf(&s).Elem())
	var got bytes.Buffer
	if err := writeJSON(&got, s); err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s, want\n%s", got.String(), want)
	}
}

// fillEvery gives every field in v a value that is not left out.
func fillEvery(v reflect.Value) {
	switch p := v.Addr().Interface().(type) {
	case *netip.Addr:
		*p = netip.MustParseAddr("192.0.2.1")
		return
	case *netip.Prefix:
		*p = netip.MustParsePrefix("192.0.2.1/24")
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fillEvery(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillEvery(v.Index(0))
	case reflect.Array:
		for i := range v.Len() {
			fillEvery(v.Index(i))
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillEvery(v.Elem())
	default:
		if v.CanUint() {
			v.SetUint(1)
		} else if v.CanInt() {
			v.SetInt(1)
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

package plan

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

// The kernel unhooks IPVS from a family with its last service, and answers packets of
// live connections with RST: so a service stands before the one that it follows is gone.
func TestAFamilyThatKeepsAServiceIsNeverWithoutOne(t *testing.T) {
	families := func(services []Service) (has [2]bool) {
		for _, s := range services {
			if s.Key.Addr.Is6() {
				has[1] = true
			} else {
				has[0] = true
			}
		}
		return has
	}
	draw := func(t *rapid.T, name string) State {
		var s State
		for range rapid.IntRange(0, 4).Draw(t, name) {
			addr := netip.AddrFrom4([4]byte{192, 0, 2, byte(rapid.IntRange(1, 4).Draw(t, "address"))})
			if rapid.Bool().Draw(t, "IPv6") {
				addr = netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 15: byte(rapid.IntRange(1, 4).Draw(t, "address"))})
			}
			key := ServiceKey{Protocol: 6, Addr: addr, Port: 80}
			if rapid.Bool().Draw(t, "mark") {
				key = MarkKey(uint32(rapid.IntRange(1, 3).Draw(t, "number")), addr.Is6())
			}
			s.Services = append(s.Services, Service{Key: key, Scheduler: "rr"})
		}
		return s.Normal()
	}
	rapid.Check(t, func(t *rapid.T) {
		now, want := draw(t, "have"), draw(t, "want")
		had, has := families(now.Services), families(want.Services)
		for _, op := range Diff(now, want) {
			var err error
			if now, err = now.With(op); err != nil {
				t.Fatal(err)
			}
			for i, stands := range families(now.Services) {
				if had[i] && has[i] && !stands {
					t.Fatalf("no service of family %d is left after %s", i, op)
				}
			}
		}
	})
}

package plan

import (
	"net/netip"
	"testing"
)

func TestASecondScopeInANetworkIsForeseenAsRefused(t *testing.T) {
	at := func(prefix string, scope uint8) Address {
		return Address{Link: "eth0", Prefix: netip.MustParsePrefix(prefix), Scope: scope}
	}
	own := State{Addresses: []Address{at("192.0.2.1/24", scopeGlobal)}}
	for name, c := range map[string]struct {
		plan    Plan
		refused int
	}{
		"another scope":           {Plan{{Verb: AddAddress, Address: at("192.0.2.9/24", scopeLink)}}, 1},
		"the same scope":          {Plan{{Verb: AddAddress, Address: at("192.0.2.9/24", scopeGlobal)}}, 0},
		"another length":          {Plan{{Verb: AddAddress, Address: at("192.0.2.9/32", scopeLink)}}, 0},
		"after the other is gone": {Plan{{Verb: DeleteAddress, Address: own.Addresses[0]}, {Verb: AddAddress, Address: at("192.0.2.9/24", scopeLink)}}, 0},
		"both in the plan":        {Plan{{Verb: AddAddress, Address: at("198.51.100.1/24", scopeLink)}, {Verb: AddAddress, Address: at("198.51.100.2/24", scopeGlobal)}}, 1},
	} {
		if got := own.Refused(c.plan); len(got) != c.refused {
			t.Errorf("%s: refused %v", name, got)
		}
	}
}

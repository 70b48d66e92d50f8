package model

import (
	"net/netip"
	"strings"
	"testing"
)

// TestAVirtualAddressThatIsAllTheInterfaceHasIsFoundInBothFamilies: over IPv6 the
// adverts to the group are sent from a link-local address, and no other counts.
func TestAVirtualAddressThatIsAllTheInterfaceHasIsFoundInBothFamilies(t *testing.T) {
	v6 := strings.Replace(instance("A", 1), "192.0.2.77", "fe80::5/64\n fd00::5/64", 1)
	for name, row := range map[string]struct {
		text, holds string
		found       int
	}{
		"IPv4 alone":              {instance("A", 1), "192.0.2.77/32", 1},
		"IPv4 beside another":     {instance("A", 1), "192.0.2.77/32 192.0.2.9/24", 0},
		"IPv6 alone":              {v6, "fe80::5/64", 1},
		"beside a global one":     {v6, "fe80::5/64 fd00::9/64", 1},
		"beside one of IPv4":      {v6, "fe80::5/64 192.0.2.9/24", 1},
		"beside a link-local one": {v6, "fe80::5/64 fe80::9/64", 0},
		"not there yet":           {v6, "fd00::5/64", 0},
		"IPv6 to a peer":          {strings.Replace(v6, "interface eth0", "interface eth0\n unicast_peer {\n fd00::2\n }", 1), "fe80::5/64", 0},
	} {
		f := observed()
		f.Addresses = map[string][]netip.Prefix{"eth0": nil}
		for _, p := range strings.Fields(row.holds) {
			f.Addresses["eth0"] = append(f.Addresses["eth0"], netip.MustParsePrefix(p))
		}
		n := 0
		_, findings := Parse("x", []byte(row.text), f)
		for _, found := range findings {
			if found.Code == "own-address" {
				n++
			}
		}
		if n != row.found {
			t.Errorf("%s: found %d times", name, n)
		}
	}
}

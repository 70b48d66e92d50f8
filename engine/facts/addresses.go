package facts

import (
	"net"
	"net/netip"
)

// localAddresses are those that this machine holds, by interface and in a row. Where
// they cannot be read nothing is said about networks.
func localAddresses() (on map[string][]netip.Prefix, networks []netip.Prefix) {
	links, err := net.Interfaces()
	if err != nil {
		return nil, nil
	}
	on = map[string][]netip.Prefix{}
	for _, l := range links {
		held, err := l.Addrs()
		if err != nil {
			return nil, nil
		}
		for _, a := range held {
			if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLoopback() {
				on[l.Name] = append(on[l.Name], p)
				networks = append(networks, p)
			}
		}
	}
	return on, networks
}

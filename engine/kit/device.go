package kit

import (
	"net/netip"
	"slices"
	"strconv"

	"holdfast/engine/plan"
)

// device is what takes a kind of tunnel apart. The kernel makes one for each kind that
// takes packets from everywhere, which is what directors need that may change.
type device struct {
	name, module string
	anything     bool // it has to be told to take both families
}

// port is one of UDP on which packets in GUE come.
type port struct {
	number uint16
	six    bool // the outer packets are of IPv6
}

// tunnels are the devices and ports that the ways of the service need.
func (s Service) tunnels() (devices []device, ports []port) {
	add := func(d device) {
		if !slices.Contains(devices, d) {
			devices = append(devices, d)
		}
	}
	for _, w := range s.Ways {
		if w.Method != plan.Tunnel {
			continue
		}
		if p := (port{w.Wrap.Port, w.Six}); w.Wrap.Kind == plan.GUE && !slices.Contains(ports, p) {
			ports = append(ports, p)
		}
		switch {
		case w.Wrap.Kind == plan.GRE && w.Six:
			add(device{"ip6gre0", "ip6_gre", false})
		case w.Wrap.Kind == plan.GRE:
			add(device{"gre0", "ip_gre", false})
		case w.Six:
			add(device{"ip6tnl0", "ip6_tunnel", s.four()})
		default:
			if s.four() {
				add(device{"tunl0", "ipip", false})
			}
			if s.six() {
				add(device{"sit0", "sit", false})
			}
		}
	}
	return devices, ports
}

// six says whether an address of IPv6 is among those of the service.
func (s Service) six() bool { return slices.ContainsFunc(s.Addresses, netip.Addr.Is6) }

// module is that of the kernel which the port needs.
func (p port) module() string {
	if p.six {
		return "fou6"
	}
	return "fou"
}

// words are what ip calls the port.
func (p port) words() string {
	out := "port " + strconv.Itoa(int(p.number))
	if p.six {
		out += " -6"
	}
	return out
}

// filter is the setting that decides whether a packet may come out of the device whose
// sender is reached by another; only IPv4 has one. Loose is 2: the larger of it and of
// that of all interfaces counts, so that all may stay strict.
func (d device) filter() string { return "net.ipv4.conf." + d.name + ".rp_filter" }

const loose = "2"

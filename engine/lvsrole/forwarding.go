package lvsrole

import (
	"context"
	"net/netip"
	"slices"

	"holdfast/engine/control"
	"holdfast/engine/plan"
	"holdfast/engine/verify"
)

// Forwarding says how packets come to the real servers of a virtual server.
func (r *role) Forwarding(ctx context.Context, virtual string) (control.Forwarding, error) {
	return query(ctx, r, func(l *loop, reply func(control.Forwarding, error)) {
		v, err := l.service(virtual)
		if err != nil {
			reply(control.Forwarding{}, err)
			return
		}
		f := control.Forwarding{Virtual: v.name, Addresses: []netip.Addr{}, Servers: make([]control.Forwarded, 0, len(v.servers))}
		for _, key := range v.keys {
			if key.Mark == 0 && !slices.Contains(f.Addresses, key.Addr) {
				f.Addresses = append(f.Addresses, key.Addr)
			}
		}
		for i := range v.servers {
			d := v.core.Destination(i, v.key)
			f.Servers = append(f.Servers, control.Forwarded{Name: v.serverName(i), Addr: d.Addr, Method: d.Method, Wrap: d.Wrap})
		}
		reply(f, nil)
	})
}

// service finds a virtual server; its protocol may be left out where one fits.
func (l *loop) service(name string) (*virtual, error) {
	full, err := l.fullName(name)
	if err != nil {
		return nil, err
	}
	v := l.virtuals.named(full)
	if v == nil {
		return nil, &control.Problem{Code: control.NotFound, Message: "no service " + full, Args: map[string]string{"virtual": full}}
	}
	return v, nil
}

// asking is one question about one real server, and the place of its verdict.
type asking struct {
	verdict control.Verdict
	target  verify.Target
}

// askings are the questions of a request.
func (v *virtual) askings(server string) (list []asking) {
	for i := range v.servers {
		if server != "" && server != v.serverName(i) {
			continue
		}
		for _, key := range v.keys {
			d := v.core.Destination(i, key)
			if key.Mark != 0 || d.Method == plan.Masquerade {
				continue
			}
			list = append(list, asking{
				control.Verdict{Server: v.serverName(i), Address: netip.AddrPortFrom(key.Addr, key.Port).String()},
				verify.Target{
					Server: d.Addr, Service: netip.AddrPortFrom(key.Addr, key.Port), TCP: key.Protocol == tcp, UDP: key.Protocol == udp,
					Tunnel: d.Method == plan.Tunnel, Wrap: d.Wrap,
				},
			})
		}
	}
	return list
}

// The protocols whose ports are asked.
const (
	tcp = 6
	udp = 17
)

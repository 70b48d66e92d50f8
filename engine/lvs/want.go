package lvs

import (
	"net/netip"
	"slices"

	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// schedFlags are the words for the scheduler's flags: keepalived names the bits
// once by number and once by what sh and mh make of them.
var schedFlags = map[string]uint32{
	"flag-1": plan.SchedFlag1, "sh-fallback": plan.SchedFlag1, "mh-fallback": plan.SchedFlag1,
	"flag-2": plan.SchedFlag2, "sh-port": plan.SchedFlag2, "mh-port": plan.SchedFlag2,
	"flag-3": plan.SchedFlag3,
}

// methods are the kernel's numbers for the forwarding methods.
var methods = map[model.Method]plan.Method{
	model.NAT: plan.Masquerade,
	model.DR:  plan.DirectRoute,
	model.TUN: plan.Tunnel,
}

// Keys are the services that the virtual server is in the kernel: one, but for a group.
func (v *Virtual) Keys() []plan.ServiceKey {
	if len(v.Ends) == 0 {
		return []plan.ServiceKey{v.Key()}
	}
	keys, seen := make([]plan.ServiceKey, 0, len(v.Ends)), make(map[plan.ServiceKey]bool, len(v.Ends))
	for _, e := range v.Ends {
		if key := v.keyOf(e); !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}

func (v *Virtual) keyOf(e model.End) plan.ServiceKey {
	if e.Mark != 0 {
		return plan.MarkKey(e.Mark, e.Addr.Is6())
	}
	return plan.ServiceKey{Protocol: uint8(v.Protocol.Val), Addr: e.Addr.Unmap(), Port: e.Port}
}

// Key is the identity of the service in the kernel, of a group that of its first one.
func (v *Virtual) Key() plan.ServiceKey {
	if len(v.Ends) > 0 {
		return v.keyOf(v.Ends[0])
	}
	return plan.ServiceKey{Protocol: uint8(v.Protocol.Val), Addr: v.Addr.Unmap(), Port: v.Port}
}

// Wants is Want for each of the services.
func (v *Virtual) Wants(s VirtualState) (list []plan.Service) {
	for _, key := range v.Keys() {
		list = append(list, v.WantOf(s, key))
	}
	return list
}

// Wholes gives, for each service of the virtual server, the service with all its real servers.
func (v *Virtual) Wholes() (list []plan.Service) {
	for _, key := range v.Keys() {
		list = append(list, v.WholeOf(key))
	}
	return list
}

// Want is the service that the kernel shall have in state s, in normal form.
//
// A server that is down is absent, or has weight 0 with inhibit_on_failure. One that an
// operator drains is there with weight 0 also without a quorum, and one that is off is
// absent. With a grace one that fails stays with weight 0 until that is over, and so does one
// that is up while the sorry server stands in.
// While the quorum is lost and a sorry server is declared, the servers that are
// up are treated as if they were down, and the sorry server stands in with
// weight 1. With sorry_server_inhibit it is there at all times, with weight 0
// while it is not needed, as keepalived has it.
func (v *Virtual) Want(s VirtualState) plan.Service { return v.WantOf(s, v.Key()) }

// WantOf is Want for the service under one key.
func (v *Virtual) WantOf(s VirtualState, key plan.ServiceKey) plan.Service {
	w := v.service(key)
	sorry := v.SorryInUse(s)
	w.Destinations = v.room()
	for i := range v.Servers {
		r := &v.Servers[i]
		d := v.destination(r, key)
		switch {
		case s.Servers[i].Order.Mode == Off:
			continue
		case s.Servers[i].Order.Mode == Drain:
			d.Weight = 0 // whatever its checks say: what it serves shall end by itself
		case s.Servers[i].Up() && !sorry:
			d.Weight = uint32(v.InForce(s, i))
		case r.Inhibit.Val, s.Servers[i].Kept, s.Servers[i].Up() && v.Grace() > 0:
			d.Weight = 0
		default:
			continue
		}
		w.Destinations = append(w.Destinations, d)
	}
	if sorry || v.SorryInhibit && v.Virtual.Sorry.Written {
		w.Destinations = v.standIn(w.Destinations, key, sorry)
	}
	return w.AsNormal()
}

// Full says whether Want in state s is Whole: every server is up with its configured
// weight, and there is no sorry server.
func (v *Virtual) Full(s VirtualState) bool {
	return !v.Virtual.Sorry.Written && !slices.ContainsFunc(s.Servers, func(server ServerState) bool {
		return server.Order.Mode != NoOrder || server.Share > 0 || slices.ContainsFunc(server.Checks, func(h Health) bool { return !h.Up || h.Asked.Written })
	})
}

// Whole is the service with every destination it can ever have: what is ours in
// the kernel whatever the checks say.
func (v *Virtual) Whole() plan.Service { return v.WholeOf(v.Key()) }

// WholeOf gives the service under one key with all its real servers, healthy or not.
func (v *Virtual) WholeOf(key plan.ServiceKey) plan.Service {
	w := v.service(key)
	w.Destinations = v.room()
	for i := range v.Servers {
		w.Destinations = append(w.Destinations, v.destination(&v.Servers[i], key))
	}
	if v.Virtual.Sorry.Written {
		w.Destinations = v.standIn(w.Destinations, key, true)
	}
	return w.AsNormal()
}

// room is for every destination that the service can have.
func (v *Virtual) room() []plan.Destination {
	n := len(v.Servers)
	if v.Virtual.Sorry.Written {
		n++
	}
	return make([]plan.Destination, 0, n)
}

// standIn adds the sorry server. Where it is one of the real servers too, the
// one that takes connections stays.
func (v *Virtual) standIn(ds []plan.Destination, key plan.ServiceKey, inUse bool) []plan.Destination {
	sorry := v.destination(&model.Real{
		Addr: v.Virtual.Sorry.Val.Addr, Port: v.Virtual.Sorry.Val.Port, Method: v.SorryMethod, ServerOptions: &model.ServerOptions{},
	}, key)
	if inUse {
		sorry.Weight = 1
		return append([]plan.Destination{sorry}, ds...) // the first of a key stays
	}
	return append(ds, sorry)
}

func (v *Virtual) service(key plan.ServiceKey) plan.Service {
	w := plan.Service{Key: key, Scheduler: v.Scheduler.Val}
	for _, word := range v.SchedFlags {
		if of := model.SchedulerOf(word); of == "" || of == w.Scheduler {
			w.Flags |= schedFlags[word]
		}
	}
	if v.OnePacket && v.Protocol.Val == model.UDP {
		w.Flags |= plan.OnePacket
	}
	if seconds := v.Persistence.Val.Duration().Seconds(); seconds > 0 {
		w.Timeout = uint32(max(1, seconds))
	}
	if v.Granularity.Val.IsValid() {
		w.Netmask = v.Granularity.Val
	}
	if w.Timeout > 0 {
		w.Flags |= plan.Persistent
		w.Engine = v.Engine.Val
	}
	return w
}

// destination is the server as the kernel knows it, with its configured weight.
// Direct routing and tunnels cannot change the port: it is the service's. A server of a
// mark or a group whose port is not written has none.
func (v *Virtual) destination(r *model.Real, key plan.ServiceKey) plan.Destination {
	d := plan.Destination{
		Addr: r.Addr.Unmap(), Port: r.Port, Method: methods[r.Method.Val.Way()], Wrap: wrapOf(r.Method.Val),
		Weight: uint32(max(0, r.Weight.Val)), Upper: r.Upper.Val, Lower: r.Lower.Val,
	}
	if d.Port == 0 && len(v.Ends) == 0 || d.Method != plan.Masquerade {
		d.Port = key.Port
	}
	return d
}

// wrapOf is how packets are wrapped on their way by that method.
func wrapOf(m model.Method) plan.Wrap {
	kind, sum, port := m.Wrap()
	return plan.Wrap{Kind: plan.WrapKind(kind), Sum: plan.WrapSum(sum), Port: port}
}

// Destination is server i as the kernel knows it in the service under one key.
func (v *Virtual) Destination(i int, key plan.ServiceKey) plan.Destination {
	return v.destination(&v.Servers[i], key)
}

// End is how server i is named in the kernel, in the service under one key.
func (v *Virtual) End(i int, key plan.ServiceKey) netip.AddrPort {
	return v.destination(&v.Servers[i], key).End()
}

package cards

import "holdfast/engine/conf"

// The questions of the inner side of a pair for NAT.
const (
	gatewayField   = "gateway"
	innerField     = "inner-interface"
	innerVRIDField = "inner-vrid"
)

// natCard is a service whose servers answer through the pair: the address of the service
// and the gateway of the servers move together.
var natCard = Card{
	Name: "nat",
	Fields: []Field{
		whichNode, virtual, outside, {Name: gatewayField, Kind: Address, Need: true}, {Name: innerField, Kind: Interface},
		webPort, realServers, {Name: pathField, Kind: Word}, routerID, {Name: innerVRIDField, Kind: VRID}, secret,
	},
	write: func(w *writer) {
		out, in := w.prefix(addressField).Addr(), w.prefix(gatewayField).Addr()
		if out == in {
			w.refuse(refuse(AddressTwice, gatewayField, "Value", in.String()))
			return
		}
		if out.Is4() != in.Is4() {
			w.refuse(refuse(OtherFamily, gatewayField, "Value", in.String(), "Address", out.String()))
			return
		}
		for _, field := range []string{addressField, gatewayField} {
			if addr := w.prefix(field).Addr(); w.holder(addr) != "" {
				w.refuse(refuse(AddressTwice, field, "Value", addr.String()))
			}
		}
		if len(w.faults) > 0 {
			return
		}
		outer, ok := w.router(addressField, interfaceField, vridField)
		inner, both := w.router(gatewayField, innerField, innerVRIDField)
		if !ok || !both {
			return
		}
		w.block(func() {
			w.block(func() {
				w.line(conf.Quote(outer.name))
				w.line(conf.Quote(inner.name))
			}, "group")
		}, "vrrp_sync_group", w.free("VG_"))
		w.writeRouter(outer)
		w.writeRouter(inner)
		check := w.tcpCheck
		if path := w.answers[pathField]; path != "" {
			check = w.webCheck(path)
		}
		w.writeService(service{port: w.answers[portField], scheduler: "wrr", method: methodNAT, servers: w.servers(), check: check})
	},
}

package kernel

import (
	"holdfast/engine/plan"
)

// commands is the netlink command of each verb.
var commands = map[plan.Verb]uint8{
	plan.AddService:        cmdNewService,
	plan.EditService:       cmdSetService,
	plan.DeleteService:     cmdDelService,
	plan.AddDestination:    cmdNewDest,
	plan.EditDestination:   cmdSetDest,
	plan.DeleteDestination: cmdDelDest,
	plan.StartDaemon:       cmdNewDaemon,
	plan.StopDaemon:        cmdDelDaemon,
	plan.SetTimeouts:       cmdSetConfig,
}

// op writes the attributes of one operation.
func (e *encoder) op(o *plan.Op) {
	switch o.Verb {
	case plan.StartDaemon, plan.StopDaemon:
		e.nest(attrDaemon, func(e *encoder) { e.daemon(o) })
		return
	case plan.SetTimeouts:
		e.timeouts(o.Timeouts)
		return
	case plan.AddService, plan.EditService:
		e.nest(attrService, func(e *encoder) { e.service(o.Service.Normal()) })
	default:
		e.nest(attrService, func(e *encoder) { e.key(o.Service.Key) })
	}
	switch o.Verb {
	case plan.AddDestination, plan.EditDestination:
		e.nest(attrDest, func(e *encoder) { e.destination(o.Destination) })
	case plan.DeleteDestination:
		e.nest(attrDest, func(e *encoder) { e.end(o.Destination) })
	}
}

func (e *encoder) key(k plan.ServiceKey) {
	addr := k.Addr.Unmap()
	e.u16(svcFamily, familyOf(addr))
	if k.Mark != 0 {
		e.u32(svcMark, k.Mark)
		return
	}
	e.u16(svcProtocol, uint16(k.Protocol))
	e.address(svcAddr, addr)
	e.port(svcPort, k.Port)
}

// service writes all that the kernel wants to know of a new or changed service.
func (e *encoder) service(v plan.Service) {
	e.key(v.Key)
	e.text(svcScheduler, v.Scheduler)
	// The flags, and which of them are meant: all but the kernel's own.
	e.bytes(svcFlags, native.AppendUint32(native.AppendUint32(nil, v.Flags), ^uint32(flagHashed)))
	e.u32(svcTimeout, v.Timeout)
	e.u32(svcNetmask, maskWord(v))
	if v.Engine != "" {
		e.text(svcEngine, v.Engine)
	}
}

// end writes what names a destination. Without its family (Linux 3.18) the
// kernel would take an IPv6 address of an IPv4 service for its first four bytes.
func (e *encoder) end(d plan.Destination) {
	addr := d.Addr.Unmap()
	e.u16(destFamily, familyOf(addr))
	e.address(destAddr, addr)
	e.port(destPort, d.Port)
}

func (e *encoder) destination(d plan.Destination) {
	e.end(d)
	e.u32(destMethod, uint32(d.Method))
	e.u32(destWeight, d.Weight)
	e.u32(destUpper, d.Upper)
	e.u32(destLower, d.Lower)
	if w := d.Wrap; d.Method == plan.Tunnel && w.Kind != plan.IPIP { // Linux 5.3
		e.bytes(destTunKind, []byte{byte(w.Kind)})
		if w.Kind == plan.GUE {
			e.port(destTunPort, w.Port)
		}
		e.u16(destTunFlags, uint16(w.Sum))
	}
}

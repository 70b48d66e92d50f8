package kernel

import (
	"bytes"
	"fmt"
	"net/netip"

	"holdfast/engine/plan"
)

// The commands and attributes of the daemons that copy connections (linux/ip_vs.h).
const (
	cmdNewDaemon = 9
	cmdDelDaemon = 10
	cmdGetDaemon = 11

	attrDaemon = 3

	daemonState  = 1
	daemonLink   = 2
	daemonID     = 3
	daemonMaxLen = 4
	daemonGroup4 = 5
	daemonGroup6 = 6
	daemonPort   = 7
	daemonTTL    = 8
)

// Daemons lists the daemons that copy connections, whoever started them.
func (k *IPVS) Daemons() ([]plan.SyncDaemon, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var s plan.State
	err := k.list(cmdGetDaemon, func(*encoder) {}, func(body []byte) error {
		return nested(body, attrDaemon, func(value []byte) error {
			d, err := parseDaemon(value)
			s.Daemons = append(s.Daemons, d)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list daemons: %w", err)
	}
	return s.Normal().Daemons, nil
}

// daemon writes what the kernel wants to know of a daemon: to stop one, its state.
// Unlike all other ports of this family, that of the messages is in host order.
func (e *encoder) daemon(o *plan.Op) {
	d := o.Daemon.Normal()
	e.u32(daemonState, uint32(d.State))
	if o.Verb == plan.StopDaemon {
		return
	}
	e.text(daemonLink, d.Link)
	e.u32(daemonID, uint32(d.ID))
	if d.MaxLen > 0 {
		e.u16(daemonMaxLen, d.MaxLen)
	}
	switch {
	case d.Group.Is4():
		e.bytes(daemonGroup4, d.Group.AsSlice())
	case d.Group.Is6():
		e.bytes(daemonGroup6, d.Group.AsSlice())
	}
	if d.Port > 0 {
		e.u16(daemonPort, d.Port)
	}
	if d.TTL > 0 {
		e.bytes(daemonTTL, []byte{d.TTL})
	}
}

// end puts a request into the datagram that the kernel always refuses, since it stops
// no daemon, and gives its number. A daemon that is stopped before its thread ran once
// ends with EINTR, which netlink answers with nothing at all.
func (k *IPVS) end() uint32 {
	return k.own.add(k.family, cmdDelDaemon, 0, func(e *encoder) { e.nest(attrDaemon, func(*encoder) {}) })
}

func parseDaemon(b []byte) (d plan.SyncDaemon, err error) {
	err = attributes(b, func(kind uint16, v []byte) {
		switch {
		case kind == daemonLink:
			d.Link = string(bytes.TrimRight(v, "\x00"))
		case kind == daemonGroup4 && len(v) == 4, kind == daemonGroup6 && len(v) == 16:
			d.Group, _ = netip.AddrFromSlice(v)
		case kind == daemonTTL && len(v) == 1:
			d.TTL = v[0]
		case kind == daemonMaxLen && len(v) == 2:
			d.MaxLen = native.Uint16(v)
		case kind == daemonPort && len(v) == 2:
			d.Port = native.Uint16(v)
		case len(v) != 4:
		case kind == daemonState:
			d.State = plan.SyncState(native.Uint32(v))
		case kind == daemonID:
			d.ID = uint8(native.Uint32(v))
		}
	})
	return d, err
}

package kernel

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"
	"unique"

	"holdfast/engine/plan"

	"github.com/moby/ipvs"
	"golang.org/x/sys/unix"
)

// Read gives the whole table, sorted.
func (k *IPVS) Read() ([]plan.Service, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []plan.Service
	err := k.services(func(v plan.Service, _ plan.Counters) { list = append(list, v) })
	if err != nil {
		return nil, err
	}
	return k.whole(list)
}

// ReadSome gives what the table has under these keys, sorted.
func (k *IPVS) ReadSome(keys []plan.ServiceKey) ([]plan.Service, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []plan.Service
	for _, key := range keys {
		v, err := k.service(key)
		switch {
		case errors.Is(err, unix.ESRCH):
		case err != nil:
			return nil, fmt.Errorf("read service %s: %w", key, err)
		default:
			service := serviceOf(v)
			if service.Flags&plan.Persistent != 0 {
				if service.Engine, err = k.engine(key); err != nil {
					return nil, err
				}
			}
			list = append(list, service)
		}
	}
	return k.whole(list)
}

// whole gives services, which it may change, with their destinations.
func (k *IPVS) whole(list []plan.Service) ([]plan.Service, error) {
	var room []plan.Destination // for those of one service, as it is not known how many come
	for i := range list {
		room = room[:0]
		err := k.destinations(list[i].Key, func(d plan.Destination, _ DestinationStats) { room = append(room, d) })
		if err != nil {
			return nil, err
		}
		list[i].Destinations = slices.Clone(room)
		if plan.MindsOrder(list[i].Scheduler) {
			list[i].Order = plan.OrderOf(room)
		}
	}
	return plan.State{Services: list}.AsNormal().Services, nil
}

// services lists them, without their destinations.
func (k *IPVS) services(each func(plan.Service, plan.Counters)) error {
	err := k.list(cmdGetService, func(*encoder) {}, func(body []byte) error {
		return nested(body, attrService, func(value []byte) error {
			v, counters, err := parseService(value)
			if v.Key.Addr.IsValid() {
				each(v, counters)
			}
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("list services: %w", err)
	}
	return nil
}

// service asks moby for one service. When no answer comes moby waits for ever;
// closing its socket under it is the only way to get out, and spoils the door.
func (k *IPVS) service(key plan.ServiceKey) (*ipvs.Service, error) {
	guard := time.AfterFunc(patience, k.moby.Close)
	defer guard.Stop()
	addr := key.Addr.Unmap()
	return k.moby.GetService(&ipvs.Service{
		AddressFamily: familyOf(addr), Protocol: uint16(key.Protocol), Address: addr.AsSlice(), Port: key.Port, FWMark: key.Mark,
	})
}

func serviceOf(v *ipvs.Service) plan.Service {
	addr, _ := netip.AddrFromSlice(v.Address)
	key := plan.ServiceKey{Protocol: uint8(v.Protocol), Addr: addr, Port: v.Port}
	if v.FWMark != 0 {
		key = plan.MarkKey(v.FWMark, v.AddressFamily == unix.AF_INET6)
	}
	return plan.Service{
		Key:       key,
		Scheduler: v.SchedName,
		Flags:     v.Flags &^ flagHashed,
		Timeout:   v.Timeout,
		Netmask:   maskOf(v.AddressFamily, v.Netmask),
	}
}

// destinations lists those of one service. The kernel has no list of all of
// them, and carries out one list at a time on a socket.
func (k *IPVS) destinations(key plan.ServiceKey, each func(plan.Destination, DestinationStats)) error {
	err := k.list(cmdGetDest,
		func(e *encoder) { e.nest(attrService, func(e *encoder) { e.key(key) }) },
		func(body []byte) error {
			return nested(body, attrDest, func(value []byte) error {
				d, stats, err := parseDestination(value)
				if err == nil {
					each(d, stats)
				}
				return err
			})
		})
	if err != nil {
		return fmt.Errorf("list destinations of %s: %w", key, err)
	}
	return nil
}

// list carries out one dump.
func (k *IPVS) list(cmd uint8, fill func(*encoder), each func(body []byte) error) error {
	return k.exchange(cmd, unix.NLM_F_DUMP, fill, each)
}

// ask carries out one request that has one answer.
func (k *IPVS) ask(cmd uint8, fill func(*encoder), take func(body []byte) error) error {
	return k.exchange(cmd, 0, fill, take)
}

// exchange carries out one request and hands on each answer to it. That of a dump ends by
// itself, any other has one.
func (k *IPVS) exchange(cmd uint8, flags uint16, fill func(*encoder), each func(body []byte) error) error {
	k.own.begin()
	seq := k.own.add(k.family, cmd, flags, fill)
	if err := k.own.send(); err != nil {
		return err
	}
	var broken error
	err := k.own.receive(func(got uint32, body []byte, errno unix.Errno) bool {
		switch {
		case got != seq: // left over from a request given up
			return false
		case body != nil:
			broken = errors.Join(broken, each(body))
			return flags != unix.NLM_F_DUMP
		case errno != 0:
			broken = errno
		}
		return true
	})
	return errors.Join(err, broken)
}

// nested gives the value of the attribute of that kind.
func nested(body []byte, kind uint16, take func(value []byte) error) error {
	var inner error
	err := attributes(body, func(k uint16, value []byte) {
		if k == kind {
			inner = take(value)
		}
	})
	return errors.Join(err, inner)
}

func parseService(b []byte) (v plan.Service, c plan.Counters, err error) {
	var addr []byte
	var inner error
	family, mark, mask := uint16(0), uint32(0), uint32(0)
	err = attributes(b, func(kind uint16, value []byte) {
		switch {
		case kind == svcAddr:
			addr = value
		case kind == svcStats64:
			inner = parseCounters(&c, value)
		case kind == svcScheduler:
			v.Scheduler = nameOf(value)
		case kind == svcEngine:
			v.Engine = nameOf(value)
		case kind == svcFlags && len(value) == 8: // and which of them are meant
			v.Flags = native.Uint32(value) &^ flagHashed
		case kind == svcPort && len(value) == 2:
			v.Key.Port = binary.BigEndian.Uint16(value)
		case kind == svcFamily && len(value) == 2:
			family = native.Uint16(value)
		case kind == svcProtocol && len(value) == 2:
			v.Key.Protocol = uint8(native.Uint16(value))
		case len(value) != 4:
		case kind == svcMark:
			mark = native.Uint32(value)
		case kind == svcTimeout:
			v.Timeout = native.Uint32(value)
		case kind == svcNetmask:
			mask = native.Uint32(value)
		}
	})
	if v.Key.Addr = addrOf(family, addr); mark != 0 {
		v.Key = plan.MarkKey(mark, family == unix.AF_INET6)
	}
	v.Netmask = maskOf(family, mask)
	return v, c, errors.Join(err, inner)
}

// nameOf is the name of a scheduler or of a persistence engine. Thousands of services
// share those of a few.
func nameOf(b []byte) string {
	return unique.Make(string(bytes.TrimRight(b, "\x00"))).Value()
}

func parseDestination(b []byte) (d plan.Destination, s DestinationStats, err error) {
	var addr []byte
	family, inner := uint16(0), error(nil)
	err = attributes(b, func(kind uint16, v []byte) {
		switch {
		case kind == destAddr:
			addr = v
		case kind == destStats64:
			inner = parseCounters(&s.Counters, v)
		case kind == destPort && len(v) == 2:
			d.Port = binary.BigEndian.Uint16(v)
		case kind == destFamily && len(v) == 2:
			family = native.Uint16(v)
		case kind == destTunPort && len(v) == 2:
			d.Wrap.Port = binary.BigEndian.Uint16(v)
		case kind == destTunFlags && len(v) == 2:
			d.Wrap.Sum = plan.WrapSum(native.Uint16(v))
		case kind == destTunKind && len(v) == 1:
			d.Wrap.Kind = plan.WrapKind(v[0])
		case len(v) != 4:
		case kind == destMethod:
			d.Method = plan.Method(native.Uint32(v) & methodMask)
		case kind == destWeight:
			d.Weight = native.Uint32(v)
		case kind == destUpper:
			d.Upper = native.Uint32(v)
		case kind == destLower:
			d.Lower = native.Uint32(v)
		case kind == destActive:
			s.Active = native.Uint32(v)
		case kind == destInactive:
			s.Inactive = native.Uint32(v)
		case kind == destPersistent:
			s.Persistent = native.Uint32(v)
		}
	})
	d.Addr = addrOf(family, addr)
	return d, s, errors.Join(err, inner)
}

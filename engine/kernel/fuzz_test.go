package kernel

import (
	"testing"
	"time"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// Whatever bytes come, the readers give an answer or an error.

func FuzzPacketFromTheWire(f *testing.F) {
	f.Add([]byte{0x45, 0xc0, 0, 28, 0, 1, 0, 0, 255, 112, 0, 0, 192, 0, 2, 1, 224, 0, 0, 18, 0x21, 51, 100, 0, 0, 1, 0, 0})
	f.Add([]byte{0x4f, 0xc0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, ok := parsePacket(b); ok && len(p.Payload) > len(b)-ipHeader {
			t.Errorf("%d bytes of payload in a packet of %d", len(p.Payload), len(b))
		}
		if p, ok := parseSealed(b); ok && len(p.Payload) > 0 && len(p.Headers)+len(p.Payload) != len(b) {
			t.Errorf("%d bytes of headers and %d of payload in a sealed packet of %d", len(p.Headers), len(p.Payload), len(b))
		}
	})
}

func FuzzStamp(f *testing.F) {
	f.Add([]byte{32, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 35, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		now := time.Now()
		empty := now.Add(-time.Second)
		if at := stamped(b, empty, now); at.After(now) || at.Before(empty) {
			t.Errorf("stamped %v, read at %v", at, now)
		}
	})
}

func FuzzNetlinkBodies(f *testing.F) {
	var e encoder
	v := wholeHouse()[0]
	e.op(&plan.Op{Verb: plan.AddService, Service: v})
	f.Add([]byte(e))
	e = nil
	e.op(&plan.Op{Verb: plan.AddDestination, Service: v, Destination: v.Destinations[2]})
	f.Add([]byte(e))
	e = nil
	e.op(&plan.Op{Verb: plan.StartDaemon, Daemon: plan.SyncDaemon{State: plan.SyncMaster, Link: "eth0", TTL: 3}})
	f.Add([]byte(e))
	e = nil
	e.u32(unix.IFA_BROADCAST, 7)
	f.Add(append(make([]byte, unix.SizeofIfInfomsg), e...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, ok := parseLink(b); ok && l.Name == "" {
			t.Error("a link without a name")
		}
		if a, ok := parseAddress(b); ok && !a.prefix.IsValid() {
			t.Error("an address that is none")
		}
		for _, kind := range []uint16{attrService, attrDest, attrDaemon} {
			err := nested(b, kind, func(value []byte) error {
				_, _, err := parseDestination(value)
				if _, err := parseDaemon(value); err != nil {
					return err
				}
				if _, _, err := parseService(value); err != nil {
					return err
				}
				return err
			})
			if err != nil && len(b) == 0 {
				t.Error("nothing at all is no error")
			}
		}
	})
}

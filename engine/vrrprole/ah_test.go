package vrrprole

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
)

// signedBy are the words for an authentication header.
func signedBy(key string) string {
	return "authentication {\nauth_type AH\nauth_pass " + key + "\n}"
}

// sequences are those of the headers that were sent on a wire.
func sequences(wire *kernel.Wire) (list []byte) {
	for _, p := range wire.Seen() {
		list = append(list, p.Headers[len(p.Headers)-13])
	}
	return list
}

func TestAPairWithAuthenticationHeadersCountsTogether(t *testing.T) {
	for name, words := range map[string][2]string{
		"group": {"", ""},
		"peers": {peers("192.0.2.2"), peers("192.0.2.1 min_ttl 255")},
	} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100, signedBy("abcd1234"), words[0])))
			time.Sleep(10 * time.Second)
			b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(150, signedBy("abcd1234"), words[1])))
			time.Sleep(20 * time.Second)
			a.is("VI_1", "BACKUP")
			b.is("VI_1", "MASTER") // it went on from what it heard
			b.stop(control.Release)
			time.Sleep(5 * time.Second)
			a.is("VI_1", "MASTER")
			for i, seq := range sequences(wire) {
				if i > 0 && seq <= sequences(wire)[i-1] {
					t.Errorf("%s: sequence %d comes after %d", name, seq, sequences(wire)[i-1])
				}
			}
			if told := append(a.sayings(), b.sayings()...); len(told) > 0 {
				t.Errorf("%s: told %q", name, told)
			}
			a.stop(control.Release)
		})
	}
}

func TestAWrongKeyAndARepeatedPacketAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		twin := newTwinLink(t, wire, "192.0.2.2/24")
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(50, signedBy("abcd1234"))))
		b := sit(t, twin, configFrom(t, pairText(100, signedBy("other"))))
		time.Sleep(10 * time.Second)
		if told := fmt.Sprint(a.sayings()); !strings.Contains(told, code.PacketAuthFailed+" 192.0.2.2") {
			t.Errorf("told %s", told)
		}
		b.stop(control.Release)
		time.Sleep(30 * time.Second)
		c := sit(t, twin, configFrom(t, pairText(100, signedBy("abcd1234"))))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "BACKUP")
		last := wire.Seen()[len(wire.Seen())-1]
		c.stop(control.Release)
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		v, err := twin.OpenAH("eth0", last.Dst)
		if err != nil {
			t.Fatal(err)
		}
		again := append(last.Headers[20:44:44], last.Payload...)
		if err := v.Send(kernel.Header{Src: last.Src, Dst: last.Dst, TTL: last.TTL, ID: uint16(last.Headers[4])<<8 | uint16(last.Headers[5])}, again); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
		a.is("VI_1", "MASTER")
		if told := fmt.Sprint(a.sayings()); !strings.Contains(told, code.PacketReplayed+" 192.0.2.2") {
			t.Errorf("told %s", told)
		}
		a.stop(control.Release)
	})
}

// A process that goes on where the last one ended is heard by those who drop what is
// not new.
func TestASequenceOutlivesTheProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		twin, dir := newTwinLink(t, wire, "192.0.2.1/24"), t.TempDir()
		cfg := configFrom(t, pairText(100, signedBy("abcd1234")))
		a := sitIn(t, dir, cfg, twinOptions(twin))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		a.stop(control.Handoff)
		before := sequences(wire)
		b := sitIn(t, dir, cfg, twinOptions(twin))
		time.Sleep(3 * time.Second)
		b.is("VI_1", "MASTER")
		if after := sequences(wire); len(after) < len(before)+2 || after[len(before)] != before[len(before)-1]+1 {
			t.Errorf("sequences %v go on as %v", before, after[len(before):])
		}
		b.stop(control.Release)
	})
}

package vrrprole

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

const signingKey = "0123456789abcdef0123456789abcdef"

// hmacBy are the words for signed adverts.
func hmacBy(key string, more ...string) string {
	return "auth_hmac {\nkey 7 " + key + "\nactive_key 7\n" + strings.Join(more, "\n") + "\n}"
}

// signedWire says how many packets on a wire have a trailer, and whether their stamps grow.
func signedWire(wire *kernel.Wire) (signed int, grows bool) {
	last := map[netip.Addr]string{}
	grows = true
	for _, p := range wire.Seen() {
		if len(p.Payload) < vrrp.TrailerLen+12 && !p.Src.Is6() {
			continue
		}
		signed++
		stamp := string(p.Payload[len(p.Payload)-24:][:8])
		grows = grows && stamp > last[p.Src]
		last[p.Src] = stamp
	}
	return signed, grows
}

func TestAPairThatSignsElectsAndPreempts(t *testing.T) {
	for name, words := range map[string][2]string{
		"group, version 2":    {hmacBy(signingKey), hmacBy(signingKey)},
		"group, version 3":    {"version 3\nadvert_int 0.1\n" + hmacBy(signingKey), "version 3\nadvert_int 0.1\n" + hmacBy(signingKey)},
		"peers, version 3":    {"version 3\n" + peers("192.0.2.2") + hmacBy(signingKey), "version 3\n" + peers("192.0.2.1") + hmacBy(signingKey)},
		"no window":           {hmacBy(signingKey, "anti_replay monotonic"), hmacBy(signingKey, "anti_replay monotonic")},
		"two keys":            {hmacBy(signingKey, "key 8 x"+signingKey), "auth_hmac {\nkey 7 " + signingKey + "\nkey 8 x" + signingKey + "\nactive_key 8\n}"},
		"one signs no advert": {hmacBy(signingKey, "mode permissive"), hmacBy(signingKey, "mode receive-only")},
		"one does not know":   {hmacBy(signingKey, "mode permissive"), ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100, words[0])))
			time.Sleep(10 * time.Second)
			a.is("VI_1", "MASTER")
			b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(150, words[1])))
			time.Sleep(20 * time.Second)
			a.is("VI_1", "BACKUP")
			b.is("VI_1", "MASTER")
			b.stop(control.Release)
			time.Sleep(5 * time.Second)
			a.is("VI_1", "MASTER")
			if told := append(a.sayings(), b.sayings()...); len(told) > 0 {
				t.Errorf("%s: told %q", name, told)
			}
			if signed, grows := signedWire(wire); signed < 12 || !grows {
				t.Errorf("%s: %d adverts are signed, stamps grow: %v", name, signed, grows)
			}
			a.stop(control.Release)
		})
	}
}

func TestWhatIsWrongWithASignatureIsToldAndCounted(t *testing.T) {
	counter := func(s control.VRRPStats) map[string]uint64 {
		return map[string]uint64{code.PacketUnsigned: s.Unsigned, code.PacketUnknownKey: s.UnknownKey, code.PacketHMACFailed: s.InvalidHMAC}
	}
	for want, words := range map[string]string{
		code.PacketUnsigned:   "",
		code.PacketUnknownKey: "auth_hmac {\nkey 9 " + signingKey + "\nactive_key 9\n}",
		code.PacketHMACFailed: hmacBy("x" + signingKey),
	} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(50, hmacBy(signingKey))))
			b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(100, words)))
			time.Sleep(10 * time.Second)
			a.is("VI_1", "MASTER")
			b.is("VI_1", "MASTER")
			if told := fmt.Sprint(a.sayings()); !strings.Contains(told, want+" 192.0.2.2") {
				t.Errorf("told %s, want %s", told, want)
			}
			in := a.status().Instances[0]
			if in.Signing == nil || in.Signing.Active != 7 || in.Signing.Window != 5 || in.Signing.Mode != "enforce" {
				t.Errorf("signing %+v", in.Signing)
			}
			for code, n := range counter(in.Stats) {
				if (n > 3) != (code == want) {
					t.Errorf("%s is counted %d times, want %s only", code, n, want)
				}
			}
			b.stop(control.Release)
			a.stop(control.Release)
		})
	}
}

// What was captured is refused inside of the window, since it is not new, and behind it
// for its age; without a window it is not new at any time.
func TestACapturedAdvertThatIsSentAgainChangesNothing(t *testing.T) {
	for name, row := range map[string]struct {
		words, want string
		wait        time.Duration
	}{
		"at once":                   {"anti_replay time", code.PacketReplayed, 3500 * time.Millisecond},
		"later":                     {"anti_replay time", code.PacketStale, time.Minute},
		"later, without a window":   {"anti_replay monotonic", code.PacketReplayed, time.Hour},
		"later, with a long window": {"time_window 300", code.PacketReplayed, 4 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			twin := newTwinLink(t, wire, "192.0.2.2/24")
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(50, hmacBy(signingKey, row.words))))
			b := sit(t, twin, configFrom(t, pairText(100, hmacBy(signingKey, row.words))))
			time.Sleep(10 * time.Second)
			a.is("VI_1", "BACKUP")
			last := wire.Seen()[len(wire.Seen())-1]
			b.stop(control.Release)
			time.Sleep(row.wait)
			a.is("VI_1", "MASTER")
			v, err := twin.OpenVRRP("eth0", last.Dst)
			if err != nil {
				t.Fatal(err)
			}
			if err := v.Send(kernel.Header{Src: last.Src, Dst: last.Dst, TTL: last.TTL}, last.Payload); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
			a.is("VI_1", "MASTER")
			if told := fmt.Sprint(a.sayings()); !strings.Contains(told, row.want+" 192.0.2.2") {
				t.Errorf("%s: told %s, want %s", name, told, row.want)
			}
			if s := a.status().Instances[0].Stats; s.Replayed+s.Stale != 1 || (s.Stale == 1) != (row.want == code.PacketStale) {
				t.Errorf("%s: %+v", name, s)
			}
			a.stop(control.Release)
		})
	}
}

// With a new key on both, one after the other, no router becomes master beside another.
func TestAKeyIsChangedWithoutABreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		both := "auth_hmac {\nkey 7 " + signingKey + "\nkey 8 x" + signingKey + "\nactive_key %d\n}"
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(150, hmacBy(signingKey))))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(100, hmacBy(signingKey))))
		time.Sleep(10 * time.Second)
		for _, words := range []string{fmt.Sprintf(both, 7), fmt.Sprintf(both, 8), "auth_hmac {\nkey 8 x" + signingKey + "\nactive_key 8\n}"} {
			for priority, s := range map[int]*seat{150: a, 100: b} {
				planned := s.apply(configFrom(t, pairText(priority, words)))
				if lines := fmt.Sprint(planned.Changes); !strings.Contains(lines, "auth_hmac: ") || strings.Contains(lines, signingKey) {
					t.Errorf("changes %s", lines)
				}
				time.Sleep(5 * time.Second)
				a.is("VI_1", "MASTER")
				b.is("VI_1", "BACKUP")
			}
		}
		if told := append(a.sayings(), b.sayings()...); len(told) > 0 {
			t.Errorf("told %q", told)
		}
		b.stop(control.Release)
		a.stop(control.Release)
	})
}

// A process that goes on is heard also where the clock was set back meanwhile.
func TestAStampOutlivesTheProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		twin, dir := newTwinLink(t, wire, "192.0.2.1/24"), t.TempDir()
		cfg := configFrom(t, pairText(100, hmacBy(signingKey, "anti_replay monotonic")))
		a := sitIn(t, dir, cfg, twinOptions(twin))
		time.Sleep(10 * time.Second)
		a.stop(control.Handoff)
		slots := readRecord(dir)
		if len(slots) != 1 || vrrp.Stamp(slots[0].Stamp) < vrrp.StampOf(time.Now().Add(-2*time.Second)) {
			t.Errorf("%+v", slots)
		}
		b := sitIn(t, dir, cfg, twinOptions(twin))
		time.Sleep(3 * time.Second)
		b.is("VI_1", "MASTER")
		b.stop(control.Release)
	})
}

func TestAKeyThatIsNotThereIsToldAndNothingIsSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100, "auth_hmac {\nkey 7 file:/no/such/key\nactive_key 7\n}")))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		if held := a.status().Instances[0].Held; len(held) != 1 || held[0].Code != code.NoSigningKey {
			t.Errorf("held %+v", held)
		}
		if signed, _ := signedWire(wire); signed > 0 {
			t.Errorf("%d adverts are signed", signed)
		}
		a.stop(control.Release)
	})
}

package vrrprole

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// sayings are the codes of notices in the journal, each with the address it is about.
func (s *seat) sayings() (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries {
		if e.Kind == "notice" && e.Facts["from"] != "" {
			list = append(list, strings.TrimSpace(e.Facts["code"]+" "+e.Facts["from"]+" "+e.Facts["vrid"]))
		}
	}
	return list
}

// sentBy are the priorities that an address advertised on a wire from an instant on.
func sentBy(wire *kernel.Wire, from string, since time.Time) (list []uint8) {
	for _, p := range wire.Seen() {
		if p.Src.String() == from && !p.At.Before(since) {
			list = append(list, p.Payload[2])
		}
	}
	return list
}

func TestNoFrameIsSentBeforeTheStartupDelayIsOver(t *testing.T) {
	down := 3*time.Second + vrrp.Skew(100)
	for words, want := range map[string]struct{ priority, first string }{
		"vrrp_startup_delay 20":                            {"", (20*time.Second + down).String()},
		"vrrp_startup_delay 20|state MASTER":               {"", (20*time.Second + time.Second + vrrp.Skew(255)).String()},
		"vrrp_startup_delay 20|priority 255":               {"", (20 * time.Second).String()},
		"vrrp_startup_delay 20\nvrrp_delay_after_boot 0.1": {"", (20*time.Second + down).String()},
		"vrrp_delay_after_boot 0.001":                      {"", down.String()},
	} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			global, instance, _ := strings.Cut(words, "|")
			if !strings.Contains(instance, "priority") {
				instance += "\npriority 100"
			}
			text := "global_defs {\n" + global + "\n}\n" + strings.Replace(pairText(0, instance), "priority 0\n", "", 1)
			twin, began := newTwinLink(t, wire, "192.0.2.1/24"), time.Now()
			a := sit(t, twin, configFrom(t, text))
			time.Sleep(19 * time.Second)
			if n := len(twin.Announced()); strings.Contains(global, "startup") && (n > 0 || len(wire.Seen()) > 0) {
				t.Errorf("%q: %d frames and %d announcements before the delay is over", words, len(wire.Seen()), n)
			}
			time.Sleep(time.Minute)
			a.is("VI_1", "MASTER")
			if got := wire.Seen()[0].At.Sub(began); got.String() != want.first {
				t.Errorf("%q: the first advert after %v, want %s", words, got, want.first)
			}
			a.stop(control.Release)
		})
	}
}

func TestTheStartupDelayCountsForAnApplyAndNotAfterAResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		twin := newTwinLink(t, wire, "192.0.2.1/24")
		owner := func(delay string) string {
			return "global_defs {\nvrrp_startup_delay " + delay + "\n}\n" + pairText(255)
		}
		dir, opt := t.TempDir(), twinOptions(twin)
		a := sitIn(t, dir, configFrom(t, owner("20")), opt)
		a.twin = twin
		time.Sleep(10 * time.Second)
		if planned := a.apply(configFrom(t, owner("40"))); len(planned.Operations) > 0 {
			t.Errorf("an apply in the delay does %v", planned.Lines)
		}
		time.Sleep(29 * time.Second)
		a.is("VI_1", "BACKUP")
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		a.stop(control.Handoff)
		sent := len(wire.Seen())
		b := sitIn(t, dir, configFrom(t, owner("40")), opt)
		b.twin = twin
		time.Sleep(3 * time.Second)
		b.is("VI_1", "MASTER")
		if len(wire.Seen())-sent < 2 {
			t.Error("a role that goes on waits for the startup delay")
		}
		b.stop(control.Release)
	})
}

func TestAnAdvertOfLowerPriorityIsAnsweredUnlessItIsNotToBe(t *testing.T) {
	for words, want := range map[string]int{"": 1, "lower_prio_no_advert": 0, "lower_prio_no_advert no": 1} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			twin := newTwinLink(t, wire, "192.0.2.1/24")
			a := sit(t, twin, configFrom(t, pairText(100, words)))
			time.Sleep(10*time.Second + 300*time.Millisecond)
			a.is("VI_1", "MASTER")
			announced, now := len(twin.Announced()), time.Now()
			hearFrom(t, wire, "192.0.2.9", 50, vip)
			time.Sleep(time.Millisecond)
			if got := sentBy(wire, "192.0.2.1", now); len(got) != want {
				t.Errorf("%q: %v were sent in answer, want %d", words, got, want)
			}
			if len(twin.Announced()) == announced {
				t.Errorf("%q: no gratuitous ARP", words)
			}
			a.stop(control.Release)
		})
	}
}

func TestAnOwnerThatIgnoresAdvertsYieldsToNobody(t *testing.T) {
	for words, want := range map[string]string{"": "BACKUP", "owner_ignore_adverts": "MASTER"} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(255, words)))
			time.Sleep(2 * time.Second)
			hearFrom(t, wire, "192.0.2.9", 255, vip)
			time.Sleep(time.Millisecond)
			a.is("VI_1", want)
			a.stop(control.Release)
		})
	}
}

func TestTheAddressesOfTheMasterAreNotComparedWhereTheTextSaysSo(t *testing.T) {
	for words, want := range map[string][]string{
		"":                    {code.PacketOtherPair + " 192.0.2.9"},
		"skip_check_adv_addr": nil,
	} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(50, words)))
			time.Sleep(time.Millisecond)
			hearFrom(t, wire, "192.0.2.9", 100, vip) // the master, by then
			time.Sleep(time.Millisecond)
			hearFrom(t, wire, "192.0.2.9", 100, "192.0.2.77/32")
			time.Sleep(time.Millisecond)
			if got := a.sayings(); !slices.Equal(got, want) {
				t.Errorf("%q: told %q, want %q", words, got, want)
			}
			hearFrom(t, wire, "192.0.2.8", 100, "192.0.2.77/32") // who is not
			time.Sleep(time.Millisecond)
			if got := a.sayings(); len(got) != 1 {
				t.Errorf("%q: of another router told %q", words, got)
			}
			a.stop(control.Release)
		})
	}
}

// An empty list shows no other pair, and no second master either.
func TestAnAdvertWithoutAddressesIsToldAsThatAndNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(50)))
		for range 10 {
			hearFrom(t, wire, "192.0.2.9", 100)
			time.Sleep(time.Second)
		}
		a.is("VI_1", "MASTER")
		if got, want := slices.Compact(a.sayings()), []string{code.PacketNoAddresses + " 192.0.2.9"}; !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
		if list := a.status().Instances[0].Incidents; len(list) == 0 || list[0].Code != code.AdvertsNotCounted {
			t.Errorf("incidents %+v, want first %s", list, code.AdvertsNotCounted)
		}
		a.stop(control.Release)
	})
}

func TestAPairWithTheChecksumOfRFC9568(t *testing.T) {
	for words, want := range map[string]string{"v3_checksum_as_v2": "BACKUP", "": "MASTER"} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100, "version 3\nv3_checksum_as_v2")))
			b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(90, "version 3", words)))
			time.Sleep(10 * time.Second)
			a.is("VI_1", "MASTER")
			b.is("VI_1", want)
			if vrrp.Checksum(wire.Seen()[0].Payload) != 0 {
				t.Error("the checksum covers more than the packet")
			}
			if told := fmt.Sprint(b.sayings()); (want == "MASTER") != strings.Contains(told, code.PacketPlainChecksum) {
				t.Errorf("%q: told %s", words, told)
			}
			a.stop(control.Release)
			b.stop(control.Release)
		})
	}
}

func TestUnknownVRIDsAreToldOnceWhereTheTextAsksForIt(t *testing.T) {
	for words, want := range map[string][]string{"": nil, "log_unknown_vrids": {code.UnknownVRID + " 192.0.2.9 77"}} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, "global_defs {\n"+words+"\n}\n"+pairText(100)))
			b := sit(t, newTwinLink(t, wire, "192.0.2.9/24"), configOf(instance("VI_1", 77, 100, "192.0.2.177/32")))
			time.Sleep(20 * time.Second)
			a.is("VI_1", "MASTER")
			if got := a.sayings(); !slices.Equal(got, want) {
				t.Errorf("%q: told %q, want %q", words, got, want)
			}
			a.stop(control.Release)
			b.stop(control.Release)
		})
	}
}

// hearFrom sends an advert to the group on a wire.
func hearFrom(t *testing.T, wire *kernel.Wire, from string, priority uint8, prefixes ...string) {
	t.Helper()
	twin := newTwinLink(t, wire, from+"/24")
	v, err := twin.OpenVRRP("eth0", vrrp.Group4)
	if err != nil {
		t.Fatal(err)
	}
	src := netip.MustParseAddr(from)
	w := vrrp.AdvertParams{Version: 2, VRID: 51, Interval: time.Second}
	for _, p := range prefixes {
		w.Addrs = append(w.Addrs, netip.MustParsePrefix(p).Addr())
	}
	if err := v.Send(kernel.Header{Src: src, Dst: vrrp.Group4, TTL: 255}, w.Advert(priority).Append(nil, src, vrrp.Group4)); err != nil {
		t.Fatal(err)
	}
	v.Close()
}

// twinOptions are those of a role on a twin.
func twinOptions(twin *kernel.Twin) Options {
	return Options{
		OpenNet:  func() (Net, error) { return twin, nil },
		OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) },
		OpenAH:   func(link string, group netip.Addr) (Wire, error) { return twin.OpenAH(link, group) },
		Lacks:    func() []string { return nil },
		Wake:     NewTimer,
	}
}

// apply makes a configuration the running one.
func (s *seat) apply(cfg model.Config) control.Planned {
	s.t.Helper()
	p, err := s.role.Apply(context.Background(), cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

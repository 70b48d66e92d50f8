package vrrprole

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/state"
	"holdfast/engine/vrrp"
)

// pairText is one side of a pair that speaks to peers; words go into its instance.
func pairText(priority int, words ...string) string {
	return fmt.Sprintf("vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\npriority %d\nvirtual_ipaddress {\n%s\n}\n%s\n}\n",
		priority, vip, strings.Join(words, "\n"))
}

func peers(list ...string) string { return "unicast_peer {\n" + strings.Join(list, "\n") + "\n}" }

// destinations are where the packets on a wire went, each once.
func destinations(wire *kernel.Wire) []string {
	var list []string
	for _, p := range wire.Seen() {
		if to := p.Src.String() + " " + p.Dst.String(); !slices.Contains(list, to) {
			list = append(list, to)
		}
	}
	return list
}

func TestAPairOfPeersElectsItsMasterWithoutTheGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100, peers("192.0.2.1", "192.0.2.2", "192.0.2.9"))))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(90, peers("192.0.2.1"))))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		b.is("VI_1", "BACKUP")
		if got := destinations(wire); !slices.Equal(got, []string{"192.0.2.1 192.0.2.2", "192.0.2.1 192.0.2.9"}) {
			t.Errorf("adverts went %q: to each peer, and not to oneself", got)
		}
		if got := a.status().Instances[0].Peers; len(got) != 3 || got[1].Address != "192.0.2.2" || got[1].Unreachable != "" {
			t.Errorf("the status names %+v", got)
		}
		a.stop(control.Release)
		time.Sleep(vrrp.Skew(90) + time.Millisecond)
		b.is("VI_1", "MASTER")
		b.stop(control.Release)
	})
}

func TestTheTTLAndTheSourceOfAdvertsToPeers(t *testing.T) {
	for words, want := range map[string]string{
		"":                           "192.0.2.1 ttl 255",
		"unicast_ttl 17":             "192.0.2.1 ttl 17",
		"unicast_src_ip 192.0.2.5":   "192.0.2.5 ttl 255",
		"unicast_src_ip 203.0.113.7": "203.0.113.7 ttl 255", // on another interface, as with keepalived
		"mcast_src_ip 192.0.2.5":     "192.0.2.5 ttl 255",
	} {
		synctest.Test(t, func(t *testing.T) {
			wire, twin := kernel.NewWire(), kernel.NewTwin()
			twin.Plug("eth0", wire)
			twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 1500, Addrs: []netip.Prefix{
				netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("192.0.2.5/24")}})
			twin.SetLink(kernel.Link{Name: "eth1", Up: true, Running: true, MTU: 1500, Addrs: []netip.Prefix{netip.MustParsePrefix("203.0.113.7/24")}})
			a := sit(t, twin, configFrom(t, pairText(100, peers("192.0.2.2"), words)))
			time.Sleep(5 * time.Second)
			p := wire.Seen()[0]
			if got := fmt.Sprintf("%s ttl %d", p.Src, p.TTL); got != want {
				t.Errorf("%q: %s, want %s", words, got, want)
			}
			a.stop(control.Release)
		})
	}
}

func TestWhichVersionAnInstanceSpeaks(t *testing.T) {
	for words, want := range map[string]string{
		"": "2 1s 1", "version 3\nadvert_int 0.25": "3 250ms 0", "advert_int 0.25": "2 1s 1",
		"version 2\n|vrrp_version 3": "2 1s 1", "|vrrp_version 3": "3 1s 0",
	} {
		instance, global, _ := strings.Cut(words, "|")
		r, _ := wordOf(t, global, instance+"\nauthentication {\nauth_type PASS\nauth_pass a\n}")
		if got := fmt.Sprintf("%d %v %d", r.wire.Version, r.wire.Interval, r.wire.AuthType); got != want {
			t.Errorf("%q: %s, want %s", words, got, want)
		}
	}
	for global, group := range map[string]netip.Addr{"": vrrp.Group6, "vrrp_mcast_group6 ff02::9": netip.MustParseAddr("ff02::9")} {
		six := configFrom(t, "global_defs {\n"+global+"\n}\nvrrp_instance V {\ninterface eth0\nvirtual_router_id 7\nvirtual_ipaddress {\nfd00::7\n}\n}\n")
		if r := newTeams(six)[0].routers[0]; r.wire.Version != 3 || r.key.group != group {
			t.Errorf("IPv6: version %d to %s", r.wire.Version, r.key.group)
		}
	}
}

func TestPairsOfIPv6ElectTheirMaster(t *testing.T) {
	for name, row := range map[string][]string{
		"group":                 {"", "", "fe80::1 ff02::12 255"},
		"peers":                 {"unicast_src_ip fd00::1\n" + peers("fd00::2"), "unicast_src_ip fd00::2\n" + peers("fd00::1"), "fd00::1 fd00::2 64"},
		"peers on the link":     {peers("fe80::2"), peers("fe80::1"), "fe80::1 fe80::2 64"},
		"peers, version 2, TTL": {"unicast_ttl 9\n" + peers("fe80::2"), peers("fe80::1"), "fe80::1 fe80::2 9"},
	} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			side := func(host, priority int, words string) *seat {
				twin := kernel.NewTwin()
				twin.Plug("eth0", wire)
				twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 1500, Addrs: []netip.Prefix{
					netip.MustParsePrefix(fmt.Sprintf("192.0.2.%d/24", host)), netip.MustParsePrefix(fmt.Sprintf("fd00::%d/64", host)), netip.MustParsePrefix(fmt.Sprintf("fe80::%d/64", host))}})
				text := strings.Replace(pairText(priority, words), vip, "fd00::100/64", 1)
				if strings.Contains(name, "version 2") {
					text = strings.Replace(text, "{\n", "{\nversion 2\n", 1) // before an address: behind one it is passed over
				}
				return sit(t, twin, configFrom(t, text))
			}
			a, b := side(1, 100, row[0]), side(2, 90, row[1])
			time.Sleep(10 * time.Second)
			a.is("VI_1", "MASTER")
			b.is("VI_1", "BACKUP")
			p := wire.Seen()[0]
			if got := fmt.Sprintf("%s %s %d", p.Src, p.Dst, p.TTL); got != row[2] {
				t.Errorf("%s: %s, want %s", name, got, row[2])
			}
			if v := p.Payload[0] >> 4; (v == 2) != strings.Contains(name, "version 2") {
				t.Errorf("%s: version %d", name, v)
			}
			a.stop(control.Release)
			time.Sleep(time.Second)
			b.is("VI_1", "MASTER")
			b.stop(control.Release)
		})
	}
}

func TestAnInstanceWithoutTheSourceItIsToHaveIsAtFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, configFrom(t, pairText(100, peers("192.0.2.2"), "unicast_src_ip 192.0.2.7")))
		time.Sleep(5 * time.Second)
		a.is("VI_1", "FAULT")
		if h := a.status().Instances[0].Held; len(h) != 1 || h[0].Code != "no-address" {
			t.Errorf("held: %v", h)
		}
		a.stop(control.Release)
	})
}

func TestUnicastFaultNoPeerIsAFaultWhereNobodyIsNamed(t *testing.T) {
	for words, want := range map[string]string{
		"unicast_fault_no_peer":                        "FAULT no-peers",
		"unicast_fault_no_peer\n" + peers("192.0.2.2"): "MASTER ",
		"unicast_ttl 9":                                "MASTER ",
	} {
		synctest.Test(t, func(t *testing.T) {
			a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configFrom(t, pairText(100, words)))
			time.Sleep(5 * time.Second)
			s := a.status().Instances[0]
			got := s.State + " "
			for _, h := range s.Held {
				got += h.Code
			}
			if got != want {
				t.Errorf("%q: %s, want %s", words, got, want)
			}
			a.stop(control.Release)
		})
	}
}

// stranger sends an advert of priority 200 for VRID 51 on a wire.
func stranger(t *testing.T, wire *kernel.Wire, from, to string, ttl int) {
	t.Helper()
	twin := newTwinLink(t, wire, from+"/24")
	v, err := twin.OpenVRRP("eth0", netip.IPv4Unspecified())
	if err != nil {
		t.Fatal(err)
	}
	src, dst := netip.MustParseAddr(from), netip.MustParseAddr(to)
	w := vrrp.AdvertParams{Version: 2, VRID: 51, Interval: time.Second, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.100")}}
	if err := v.Send(kernel.Header{Src: src, Dst: dst, TTL: ttl}, w.Advert(200).Append(nil, src, dst)); err != nil {
		t.Fatal(err)
	}
	v.Close()
}

// The words check_unicast_src, vrrp_check_unicast_src, min_ttl and max_ttl.
func TestWhoseAdvertsAreHeard(t *testing.T) {
	plain, check := peers("192.0.2.2"), "check_unicast_src\n"
	for name, row := range map[string]struct {
		global, words, from, to string
		ttl                     int
		why                     string // "": the master yields; "-": nothing is told
	}{
		"anybody":                    {"", plain, "192.0.2.3", "192.0.2.1", 255, ""},
		"anybody through a router":   {"", plain, "192.0.2.3", "192.0.2.1", 3, ""},
		"to another address of ours": {"", plain, "192.0.2.2", "192.0.2.5", 255, "-"},
		"to the group":               {"", plain, "192.0.2.2", "224.0.0.18", 255, "packet-multicast"},
		"a stranger, checked":        {"", check + plain, "192.0.2.3", "192.0.2.1", 255, "packet-not-peer"},
		"a stranger, all checked":    {"vrrp_check_unicast_src", plain, "192.0.2.3", "192.0.2.1", 255, "packet-not-peer"},
		"a peer, checked":            {"", check + plain, "192.0.2.2", "192.0.2.1", 3, ""},
		"a stranger beside a limit":  {"", peers("192.0.2.2 min_ttl 250"), "192.0.2.3", "192.0.2.1", 255, "packet-not-peer"},
		"below min_ttl":              {"", peers("192.0.2.2 min_ttl 250"), "192.0.2.2", "192.0.2.1", 249, "packet-peer-ttl"},
		"at min_ttl":                 {"", peers("192.0.2.2 min_ttl 250"), "192.0.2.2", "192.0.2.1", 250, ""},
		"above max_ttl":              {"", peers("192.0.2.2 max_ttl 64"), "192.0.2.2", "192.0.2.1", 65, "packet-peer-ttl"},
		"the other peer has none":    {"", peers("192.0.2.3 max_ttl 64", "192.0.2.2"), "192.0.2.2", "192.0.2.1", 65, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			wire, twin := kernel.NewWire(), kernel.NewTwin()
			twin.Plug("eth0", wire)
			twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 1500, Addrs: []netip.Prefix{
				netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("192.0.2.5/24")}})
			a := sit(t, twin, configFrom(t, "global_defs {\n"+row.global+"\n}\n"+pairText(100, row.words)))
			time.Sleep(5 * time.Second)
			stranger(t, wire, row.from, row.to, row.ttl)
			time.Sleep(time.Millisecond)
			s := a.status().Instances[0]
			told := ""
			for _, c := range s.Complaints {
				told += c.Code
			}
			if row.why == "-" && (s.State != "MASTER" || told != "") || row.why == "" && (s.State != "BACKUP" || told != "") ||
				row.why != "" && row.why != "-" && (s.State != "MASTER" || told != row.why) {
				t.Errorf("%s: %s, told is %q", name, s.State, told)
			}
			a.stop(control.Release)
		})
	}
}

func TestAnUnreachablePeerIsNoFaultAndNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		twin := newTwinLink(t, wire, "192.0.2.1/24")
		a := sit(t, twin, configFrom(t, pairText(100, peers("192.0.2.9", "192.0.2.2"))), func(o *Options) {
			o.OpenWire = func(link string, group netip.Addr) (Wire, error) {
				v, err := twin.OpenVRRP(link, group)
				return halfWire{v, netip.MustParseAddr("192.0.2.9")}, err
			}
		})
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(90, peers("192.0.2.1"))))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		b.is("VI_1", "BACKUP")
		if p := a.status().Instances[0].Peers; !strings.Contains(p[0].Unreachable, "unreachable") || p[1].Unreachable != "" {
			t.Errorf("the status says %+v", p)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

// halfWire has no way to one peer.
type halfWire struct {
	Wire
	lost netip.Addr
}

func (w halfWire) Send(h kernel.Header, payload []byte) error {
	if h.Dst == w.lost {
		return fmt.Errorf("send: %w", os.NewSyscallError("sendto", errUnreachable))
	}
	return w.Wire.Send(h, payload)
}

var errUnreachable = fmt.Errorf("network is unreachable")

func TestAReloadThatChangesPeersMovesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100, peers("192.0.2.2"))))
		time.Sleep(5 * time.Second)
		for _, list := range []string{peers("192.0.2.2", "192.0.2.3"), peers("192.0.2.3"), peers("192.0.2.3 min_ttl 9") + "\nunicast_src_ip 192.0.2.1"} {
			next := configFrom(t, pairText(100, list))
			said, err := a.role.Plan(t.Context(), next)
			if err != nil || len(said.Changes) == 0 || len(said.Operations) > 0 {
				t.Errorf("%s: %v: %+v", list, err, said)
			}
			if _, err := a.role.Apply(t.Context(), next); err != nil {
				t.Fatal(err)
			}
			from := len(wire.Seen())
			time.Sleep(2 * time.Second)
			for _, p := range wire.Seen()[from:] {
				if !strings.Contains(list, p.Dst.String()) {
					t.Errorf("%s: an advert to %s", list, p.Dst)
				}
			}
		}
		if got := a.changes("VI_1"); len(got) != 2 {
			t.Errorf("it moved: %q", got)
		}
		a.stop(control.Release)
	})
}

// keepalived 2.2.7 resigns and begins anew, each time.
func TestAReloadFromTheGroupToPeersAndBackIsAnotherRouter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100)))
		time.Sleep(5 * time.Second)
		last := []string{"224.0.0.18", "192.0.2.2", "224.0.0.18"}
		for i, words := range []string{peers("192.0.2.2"), ""} {
			from := len(wire.Seen())
			if _, err := a.role.Apply(t.Context(), configFrom(t, pairText(100, words))); err != nil {
				t.Fatal(err)
			}
			a.is("VI_1", "BACKUP")
			if a.holds(vip) {
				t.Error("the address stayed")
			}
			goodbye := wire.Seen()[from:]
			if p := goodbye[len(goodbye)-1]; p.Payload[2] != 0 || p.Dst.String() != last[i] {
				t.Errorf("priority %d to %s", p.Payload[2], p.Dst)
			}
			time.Sleep(5 * time.Second)
			a.is("VI_1", "MASTER")
			seen := wire.Seen()
			if p := seen[len(seen)-1]; p.Dst.String() != last[i+1] {
				t.Errorf("adverts go to %s", p.Dst)
			}
		}
		a.stop(control.Release)
	})
}

func TestTheSourceIsAnnouncedOnceWhenAFaultEnds(t *testing.T) {
	for words, want := range map[string]int{peers("192.0.2.2"): 1, "": 0} {
		synctest.Test(t, func(t *testing.T) {
			twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
			a := sit(t, twin, configFrom(t, pairText(100, words)))
			time.Sleep(time.Second)
			twin.SetLink(kernel.Link{Name: "eth0", Up: true, MTU: 1500})
			time.Sleep(time.Second)
			twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 1500, Addrs: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}})
			time.Sleep(time.Second)
			a.is("VI_1", "BACKUP")
			if got := len(twin.Announced()); got != want {
				t.Errorf("%q: %d announcements", words, got)
			}
			a.stop(control.Release)
		})
	}
}

func TestRoutersOfOneNumberThatDifferInTheirPeersAreTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		second := strings.NewReplacer("VI_1", "VI_2", vip, "192.0.2.101/32").Replace(pairText(100, peers("192.0.2.3")))
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100, peers("192.0.2.2"))+second))
		time.Sleep(5 * time.Second)
		stranger(t, wire, "192.0.2.3", "192.0.2.1", 255)
		time.Sleep(time.Millisecond)
		a.is("VI_1", "MASTER")
		if c := a.status().Instances[1].Complaints; len(c) != 1 {
			t.Errorf("the second did not hear its peer: %+v", c) // of other addresses than its own
		}
		a.stop(control.Release)
	})
}

func TestAMasterOfPeersIsResumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire, dir := kernel.NewWire(), t.TempDir()
		twin := newTwinLink(t, wire, "192.0.2.1/24")
		opt := Options{OpenNet: func() (Net, error) { return twin, nil }, Lacks: func() []string { return nil }, Wake: NewTimer,
			OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) }}
		cfg := configFrom(t, pairText(100, peers("192.0.2.2")))
		a := sitIn(t, dir, cfg, opt)
		time.Sleep(5 * time.Second)
		a.stop(control.Handoff)
		b := sitIn(t, dir, cfg, opt)
		time.Sleep(time.Millisecond)
		b.is("VI_1", "MASTER")
		if got := b.changes("VI_1"); len(got) > 0 {
			t.Errorf("it began anew: %q", got)
		}
		b.stop(control.Release)
	})
}

// An upgrade finds the record of the version before, and takes no address away.
func TestARecordOfVersion1IsTakenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		cfg := configFrom(t, pairText(100))
		team := newTeams(cfg)[0]
		r := team.routers[0]
		r.state, r.sent = vrrp.State{Role: vrrp.Master, Since: time.Now(), Priority: 100, Holder: netip.MustParseAddr("192.0.2.1")}, time.Now()
		b := version1(t, slotOf(r, state.ReadBootClock()))
		if err := os.WriteFile(filepath.Join(dir, "vrrp.record"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sitIn(t, dir, cfg, Options{OpenNet: func() (Net, error) { return twin, nil }, Lacks: func() []string { return nil }, Wake: NewTimer,
			OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) }})
		time.Sleep(time.Millisecond)
		a.is("VI_1", "MASTER")
		a.mu.Lock()
		if !slices.ContainsFunc(a.entries, func(e journal.Entry) bool { return e.Kind == journal.Started && e.Facts[journal.FactHow] == "resumed" }) {
			t.Error("it began anew")
		}
		a.mu.Unlock()
		a.stop(control.Release)
	})
}

// version1 is a slot as version 1 wrote it.
func version1(t *testing.T, s recordSlot) []byte {
	t.Helper()
	s.Version, s.Boot, s.Sum = recordVersion1, bootMark(), 0
	b := func() []byte {
		text, err := binary.Append(nil, binary.LittleEndian, &s)
		if err != nil {
			t.Fatal(err)
		}
		return text[:recordLengths[recordVersion1]]
	}
	s.Sum = crc32.ChecksumIEEE(b())
	return append(b(), make([]byte, slotSize-recordLengths[recordVersion1])...)
}

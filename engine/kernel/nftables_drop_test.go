package kernel

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"holdfast/engine/plan"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

func drop(addr string) plan.Op {
	return plan.Op{Verb: plan.AddDrop, Drop: plan.Drop{Addr: netip.MustParseAddr(addr), Link: "near"}.Normal()}
}

func accept(addr string) plan.Op {
	o := drop(addr)
	o.Verb = plan.DeleteDrop
	return o
}

func TestDropsAreAddedOnceAndReadBack(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		all := []string{"192.0.2.100", "192.0.2.101", "2001:db8::100", "fe80::100"}
		var want []plan.Drop
		for _, a := range all {
			apply(t, w, drop(a))
			want = append(want, drop(a).Drop)
		}
		got, err := w.Drops(nil)
		must(t, err)
		if !slices.Equal(got, want) {
			t.Errorf("dropped are %v, want %v", got, want)
		}
		for _, o := range []plan.Op{drop("192.0.2.100"), drop("fe80::100"), accept("192.0.2.102"), accept("fe80::102")} {
			if done, err := w.Apply(context.Background(), plan.Plan{o}); err != nil || len(done) > 0 {
				t.Errorf("%s: done %v, %v", o, done, err)
			}
		}
		for _, a := range all {
			apply(t, w, accept(a))
		}
		if got, err := w.Drops(nil); err != nil || len(got) > 0 {
			t.Errorf("still dropped: %v, %v", got, err)
		}
	})
}

func TestManyDropsAreChangedAtOnceAndThoseThatAreThereAreLeftOut(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		apply(t, w, drop("10.1.0.7"))
		var on, off plan.Plan
		for i := range 2 * maxDrops {
			o := drop(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}).String())
			on = append(on, o)
			o.Verb = plan.DeleteDrop
			off = append(off, o)
		}
		if done, err := w.Apply(context.Background(), on); err != nil || len(done) != len(on)-1 {
			t.Errorf("added %d of %d beside one: %v", len(done), len(on), err)
		}
		if all, err := w.Drops(nil); err != nil || len(all) != len(on) {
			t.Errorf("%d are dropped: %v", len(all), err)
		}
		apply(t, w, off...)
		if all, err := w.Drops(nil); err != nil || len(all) > 0 {
			t.Errorf("%d are still dropped: %v", len(all), err)
		}
	})
}

func ourTables() (list []string) {
	for _, n := range nftablesNames(unix.NFT_MSG_GETTABLE, unix.NFTA_TABLE_NAME, unix.NFTA_TABLE_NAME) {
		list = append(list, n.table)
	}
	return list
}

func TestTheTableStaysUntilItsLastUserHasGone(t *testing.T) {
	w := kernelWorld(t)
	link, unlink := plan.Op{Verb: plan.AddLink, Link: virtual}, plan.Op{Verb: plan.DeleteLink, Link: virtual}
	both := func(when string) {
		t.Helper()
		drops, err := w.Drops(nil)
		must(t, err)
		if links, _ := (nftTable{unix.NFPROTO_IPV4, macvlanTable}).mapped(); len(links) != 1 || len(drops) != 1 {
			t.Errorf("%s: %v are mapped, %v dropped", when, links, drops)
		}
	}
	apply(t, w, link, drop("192.0.2.100"))
	both("the macvlan first")
	apply(t, w, unlink)
	apply(t, w, link)
	both("the macvlan made anew")
	apply(t, w, accept("192.0.2.100"))
	apply(t, w, drop("192.0.2.100"))
	both("the drop made anew")
	apply(t, w, unlink, accept("192.0.2.100"))
	if left := ourTables(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	makeTable(t, unix.NFPROTO_IPV4, "filter")
	apply(t, w, drop("192.0.2.100"), drop("2001:db8::100"), accept("192.0.2.100"), accept("2001:db8::100"))
	if left := ourTables(); !slices.Equal(left, []string{"ip filter"}) {
		t.Errorf("beside another's: %q", left)
	}
}

// chainsOf are the chains of drops with their priorities, and how many rules count.
func chainsOf(t *testing.T, table string) (chains map[string]int32, counted int) {
	t.Helper()
	read := func(get int, of uint16, each func(body []byte)) {
		req := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_NFTABLES<<8|get, unix.NLM_F_DUMP)
		req.AddData(&nl.Nfgenmsg{NfgenFamily: unix.NFPROTO_UNSPEC})
		msgs, err := req.Execute(unix.NETLINK_NETFILTER, 0)
		must(t, err)
		for _, m := range msgs {
			if body := m[nl.SizeofNfgenmsg:]; unix.ByteSliceToString(inner(body, of)) == table {
				each(body)
			}
		}
	}
	chains = map[string]int32{}
	read(unix.NFT_MSG_GETCHAIN, unix.NFTA_CHAIN_TABLE, func(body []byte) {
		priority := inner(inner(body, unix.NFTA_CHAIN_HOOK), unix.NFTA_HOOK_PRIORITY)
		chains[unix.ByteSliceToString(inner(body, unix.NFTA_CHAIN_NAME))] = int32(binary.BigEndian.Uint32(priority))
	})
	read(unix.NFT_MSG_GETRULE, unix.NFTA_RULE_TABLE, func(body []byte) {
		counted += bytes.Count(inner(body, unix.NFTA_RULE_EXPRESSIONS), []byte("counter\x00"))
	})
	return chains, counted
}

func TestAPreparedTableHasItsFormAndStaysWhileItIsWanted(t *testing.T) {
	w := kernelWorld(t)
	form := DropTable{Name: "ha", Priority: -160, Counters: true, IPv4: true}
	must(t, w.PrepareDrops(form))
	if got := ourTables(); !slices.Equal(got, []string{"ip ha"}) {
		t.Fatalf("the tables are %q", got)
	}
	if chains, counted := chainsOf(t, "ha"); !maps.Equal(chains, map[string]int32{dropIn: -160, dropOut: -160}) || counted != 2 {
		t.Errorf("the chains are %v, %d rules count", chains, counted)
	}
	on := drop("192.0.2.100")
	on.Drop.Table = "ha"
	off := on
	off.Verb = plan.DeleteDrop
	apply(t, w, on)
	form.Priority, form.Counters = 5, false
	must(t, w.PrepareDrops(form))
	if chains, counted := chainsOf(t, "ha"); !maps.Equal(chains, map[string]int32{dropIn: 5, dropOut: 5}) || counted != 0 {
		t.Errorf("made anew: the chains are %v, %d rules count", chains, counted)
	}
	if got, err := w.Drops([]plan.Drop{on.Drop}); err != nil || !slices.Equal(got, []plan.Drop{on.Drop}) {
		t.Errorf("dropped are %v: %v", got, err)
	}
	if left := KeepalivedTables([]string{"ha"}); len(left) > 0 {
		t.Errorf("taken for keepalived's: %q", left)
	}
	apply(t, w, off)
	if got := ourTables(); !slices.Equal(got, []string{"ip ha"}) {
		t.Errorf("behind the last drop the tables are %q", got)
	}
	apply(t, w, on)
	must(t, w.PrepareDrops(DropTable{Priority: beforeFilter, IPv6: true})) // a change of the name
	if got := ourTables(); !slices.Equal(got, []string{"ip ha", "ip6 holdfast"}) {
		t.Errorf("with another name the tables are %q", got)
	}
	apply(t, w, off)
	must(t, w.PrepareDrops(DropTable{}))
	if got := ourTables(); len(got) > 0 {
		t.Errorf("left: %q", got)
	}
}

func TestATableOfKeepalivedIsNotMadeAnewAndNotRemoved(t *testing.T) {
	w := kernelWorld(t)
	makeTable(t, unix.NFPROTO_IPV4, "ha")
	makeSet(t, unix.NFPROTO_IPV4, "ha", "vips")
	if err := w.PrepareDrops(DropTable{Name: "ha", Priority: beforeFilter, IPv4: true}); !errors.Is(err, unix.EEXIST) {
		t.Errorf("prepared: %v", err)
	}
	must(t, w.PrepareDrops(DropTable{}))
	if left := KeepalivedTables([]string{"ha"}); !slices.Equal(left, []string{"ip ha"}) {
		t.Errorf("left are %q", left)
	}
}

// The verdicts are those that keepalived 2.2.7 was seen to give under no_accept.
func TestWhatComesToAnAddressThatIsNotAcceptedIsDropped(t *testing.T) {
	w := kernelWorld(t)
	own := map[bool]string{false: "192.0.2.1", true: "2001:db8::1"}
	apply(t, w, add(near("2001:db8::1/64")), add(near("192.0.2.100/24")), add(near("2001:db8::100/64")), add(near("fe80::100/64")))
	for _, limit := range []string{"ipv4/icmp_ratelimit", "ipv6/icmp/ratelimit"} {
		must(t, os.WriteFile("/proc/sys/net/"+limit, []byte("0"), 0)) // every closed port says so
	}
	w.beyond(func() {
		must(t, os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte("0 0"), 0))
		far, err := netlink.LinkByName("far")
		must(t, err)
		must(t, netlink.AddrAdd(far, &netlink.Addr{IPNet: &net.IPNet{IP: net.ParseIP("2001:db8::2"), Mask: net.CIDRMask(64, 128)}, Flags: unix.IFA_F_NODAD}))
	})
	all := []string{"192.0.2.100", "2001:db8::100", "fe80::100"}
	for _, dropped := range []bool{false, true, false} {
		for _, a := range all {
			ip := netip.MustParseAddr(a)
			target := ip
			if ip.IsLinkLocalUnicast() {
				target = ip.WithZone("far")
			}
			if dropped {
				apply(t, w, drop(a))
			}
			for _, kind := range []string{"echo", "udp", "tcp"} {
				w.beyond(func() {
					if answered := probeBoth(t, kind, target, netip.MustParseAddr(own[ip.Is6()]), !dropped); answered == dropped {
						t.Errorf("%s to %s, dropped %v: answered %v", kind, a, dropped, answered)
					}
				})
			}
			w.beyond(func() { // ARP and neighbour discovery go on
				far, err := netlink.LinkByName("far")
				must(t, err)
				list, err := netlink.NeighList(far.Attrs().Index, netlink.FAMILY_ALL)
				must(t, err)
				if !slices.ContainsFunc(list, func(n netlink.Neigh) bool { return n.IP.Equal(ip.AsSlice()) && len(n.HardwareAddr) == 6 }) {
					t.Errorf("far has not found %s: %v", a, list)
				}
				for _, n := range list { // asked for anew the next time
					must(t, netlink.NeighDel(&n))
				}
			})
			if dropped {
				apply(t, w, accept(a))
			}
		}
	}
}

// probeBoth asks a virtual address, and then the host's own, which always answers; it
// says whether the virtual one answered, until the own one has, or for as long as an
// answer is due. A closed port answers too.
func probeBoth(t *testing.T, kind string, virtual, own netip.Addr, due bool) bool {
	t.Helper()
	asked, ownAsked := ask(t, kind, virtual), ask(t, kind, own)
	defer asked.Close()
	defer ownAsked.Close()
	if !ownAsked.answered(10 * time.Second) {
		t.Errorf("%s: %s did not answer", kind, own)
	}
	wait := time.Duration(0)
	if due {
		wait = 10 * time.Second
	}
	return asked.answered(wait)
}

// question is a socket from which something was asked.
type question struct{ fd int }

func (q question) Close() { unix.Close(q.fd) }

// answered says whether an answer, be it an error, is there within a time.
func (q question) answered(within time.Duration) bool {
	n, _ := unix.Poll([]unix.PollFd{{Fd: int32(q.fd), Events: unix.POLLIN | q.writable()}}, int(within/time.Millisecond))
	return n > 0
}

// writable is POLLOUT for a stream, which is writable when it is connected.
func (q question) writable() int16 {
	if kind, _ := unix.GetsockoptInt(q.fd, unix.SOL_SOCKET, unix.SO_TYPE); kind == unix.SOCK_STREAM {
		return unix.POLLOUT
	}
	return 0
}

// ask sends an echo request, a datagram or a SYN to a host, of which port 9 is closed.
func ask(t *testing.T, kind string, to netip.Addr) question {
	t.Helper()
	domain, icmp, message := unix.AF_INET, unix.IPPROTO_ICMP, byte(8)
	if to.Is6() {
		domain, icmp, message = unix.AF_INET6, unix.IPPROTO_ICMPV6, 128
	}
	of := map[string][2]int{"echo": {unix.SOCK_DGRAM, icmp}, "udp": {unix.SOCK_DGRAM, 0}, "tcp": {unix.SOCK_STREAM, 0}}[kind]
	fd, err := unix.Socket(domain, of[0]|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, of[1])
	must(t, err)
	var at unix.Sockaddr
	if to.Is4() {
		at = &unix.SockaddrInet4{Port: 9, Addr: to.As4()}
	} else {
		six := &unix.SockaddrInet6{Port: 9, Addr: to.As16()}
		if to.Zone() != "" {
			far, err := net.InterfaceByName(to.Zone())
			must(t, err)
			six.ZoneId = uint32(far.Index)
		}
		at = six
	}
	if err := unix.Connect(fd, at); err != unix.EINPROGRESS {
		must(t, err)
	}
	if kind != "tcp" {
		_, err := unix.Write(fd, []byte{message, 0, 0, 0, 0, 0, 0, 1})
		must(t, err)
	}
	return question{fd}
}

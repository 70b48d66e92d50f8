package interop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/test/lab"

	"golang.org/x/sys/unix"
)

// What a client sees of an address: accepted, it answers an echo request and says that a
// port is closed; dropped, it does neither. Its hardware address is told in any case.
const (
	accepted = "echo refused neighbour"
	dropped  = "silent neighbour"
)

// unacceptedCase is one instance with the addresses that it holds.
type unacceptedCase struct {
	name, words string
	addrs       []string
	want        string
}

// unacceptedCases are an instance for each way to say it, version and family. Strict mode
// has no version 2 of IPv6 and makes it version 3.
func unacceptedCases() (list []unacceptedCase) {
	for _, way := range []string{"accept", "no_accept", "strict_mode", "strict_mode\naccept", "no_accept\npriority 255"} {
		for _, version := range []string{"2", "3"} {
			for _, six := range []bool{false, true} {
				n := len(list) + 1
				c := unacceptedCase{name: fmt.Sprintf("V%d", n), words: "version " + version + "\n" + way, want: dropped}
				c.addrs = []string{fmt.Sprintf("192.0.2.%d", 100+n)}
				if six {
					c.addrs = []string{fmt.Sprintf("fe80::1:%d", n), fmt.Sprintf("2001:db8::1:%d", n)}
				}
				if way == "accept" || strings.HasSuffix(way, "255") || way == "strict_mode\naccept" && (version == "3" || six) {
					c.want = accepted
				}
				list = append(list, c)
			}
		}
	}
	return list
}

func unacceptedConfig(cases []unacceptedCase, priority int) string {
	var b strings.Builder
	for i, c := range cases {
		words := c.words
		if !strings.Contains(words, "priority") {
			words += fmt.Sprintf("\npriority %d", priority)
		} else if priority < 100 {
			words = strings.Replace(words, "255", "50", 1)
		}
		fmt.Fprintf(&b, "vrrp_instance %s {\ninterface eth0\nvirtual_router_id %d\n%s\nvirtual_ipaddress {\n%s\n}\n}\n", c.name, i+1, words, strings.Join(c.addrs, "\n"))
	}
	return b.String()
}

// seenBy tells what a node sees of an address. It waits for an answer as long as one is
// to be expected, and for silence a moment.
func seenBy(t *testing.T, n *lab.Node, addr string, answers bool) string {
	limit := 300 * time.Millisecond
	if answers {
		limit = 20 * time.Second
	}
	ip := netip.MustParseAddr(addr)
	if ip.IsLinkLocalUnicast() {
		ip = ip.WithZone("eth0")
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var seen []string
	if echoes(t, n, ip, limit) {
		seen = append(seen, "echo")
	}
	conn, err := n.Dial(ctx, "tcp", netip.AddrPortFrom(ip, 81).String())
	switch {
	case err == nil:
		conn.Close()
		seen = append(seen, "connected")
	case errors.Is(err, unix.ECONNREFUSED):
		seen = append(seen, "refused")
	}
	if len(seen) == 0 {
		seen = append(seen, "silent")
	}
	if strings.Contains(n.Run("ip", "neigh", "show", "to", ip.WithZone("").String(), "dev", "eth0"), "lladdr") {
		seen = append(seen, "neighbour")
	}
	return strings.Join(seen, " ")
}

// echoes says whether an address answers an echo request.
func echoes(t *testing.T, n *lab.Node, ip netip.Addr, limit time.Duration) (answered bool) {
	err := n.Do(func() error {
		family, protocol, reply, skip := unix.AF_INET, unix.IPPROTO_ICMP, byte(0), 20
		request := []byte{8, 0, 0xf7, 0xff, 0, 0, 0, 0} // its sum is that of the type
		if ip.Is6() {
			family, protocol, reply, skip = unix.AF_INET6, unix.IPPROTO_ICMPV6, 129, 0
			request = []byte{128, 0, 0, 0, 0, 0, 0, 0} // the kernel fills the sum in
		}
		fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocol)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		var to unix.Sockaddr = &unix.SockaddrInet4{Addr: [4]byte(ip.AsSlice()[:4])}
		if ip.Is6() {
			link := uint32(0)
			if ip.Zone() != "" {
				index, err := indexOf(ip.Zone())
				if err != nil {
					return err
				}
				link = index
			}
			to = &unix.SockaddrInet6{Addr: ip.As16(), ZoneId: link}
		}
		if err := unix.Connect(fd, to); err != nil {
			return err
		}
		step := unix.NsecToTimeval(int64(100 * time.Millisecond))
		if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &step); err != nil {
			return err
		}
		answer := make([]byte, 1500)
		for until := time.Now().Add(limit); time.Now().Before(until) && !answered; {
			if _, err := unix.Write(fd, request); err != nil && !errors.Is(err, unix.EHOSTUNREACH) {
				return err
			}
			got, err := unix.Read(fd, answer)
			answered = err == nil && got > skip && answer[skip] == reply
		}
		return nil
	})
	if err != nil {
		t.Errorf("echo to %s: %v", ip, err)
	}
	return answered
}

func indexOf(link string) (uint32, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	r, err := unix.NewIfreq(link)
	if err != nil {
		return 0, err
	}
	err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, r)
	return r.Uint32(), err
}

// droppedOn are the addresses in the sets of both programs on a node, but link-local
// ones: keepalived has those by the number of the interface.
func droppedOn(t *testing.T, n *lab.Node) (list []string) {
	err := n.Do(func() error {
		door, err := kernel.OpenNet()
		if err != nil {
			return err
		}
		defer door.Close()
		drops, err := door.Drops([]plan.Drop{{Table: "keepalived"}})
		for _, d := range drops {
			if !d.Addr.IsLinkLocalUnicast() {
				list = append(list, d.Addr.String())
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	slices.Sort(list)
	return list
}

func TestWhatAClientSeesOfAnAddressThatIsNotAccepted(t *testing.T) {
	t.Parallel()
	cases := unacceptedCases()
	want := map[string]string{}
	var sets []string
	for _, c := range cases {
		for _, a := range c.addrs {
			if want[a] = c.want; c.want == dropped && !strings.HasPrefix(a, "fe80") {
				sets = append(sets, a)
			}
		}
	}
	slices.Sort(sets)
	for _, programs := range [][2]lab.Program{{keepalived(), lab.Holdfast()}, {lab.Holdfast(), keepalived()}} {
		t.Run("of "+programs[0].Name+" beside "+programs[1].Name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2", "c"}})
			for i, name := range []string{"d1", "d2", "c"} {
				l.Node(name).Run("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=0", "net.ipv6.conf.eth0.accept_dad=0", "net.ipv6.conf.eth0.disable_ipv6=0")
				l.Node(name).Run("ip", "address", "add", fmt.Sprintf("2001:db8::%d/64", i+1), "dev", "eth0", "nodad")
			}
			master, backup, client := l.Node("d1"), l.Node("d2"), l.Node("c")
			master.Direct(programs[0], unacceptedConfig(cases, 100))
			backup.Direct(programs[1], unacceptedConfig(cases, 50))
			for until := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
				held := master.Addresses()
				lacking := slices.DeleteFunc(slices.Collect(maps.Keys(want)), func(a string) bool { return slices.Contains(held, netip.MustParseAddr(a)) })
				if len(lacking) == 0 {
					break
				}
				if time.Now().After(until) {
					t.Fatalf("the master does not hold %q", lacking)
				}
			}
			var mu sync.Mutex // guards got
			got := map[string]string{}
			var wg sync.WaitGroup
			for a, w := range want {
				wg.Go(func() {
					seen := seenBy(t, client, a, w == accepted)
					for until := time.Now().Add(20 * time.Second); seen != w && time.Now().Before(until); {
						seen = seenBy(t, client, a, w == accepted) // keepalived drops what it holds a moment later
					}
					mu.Lock()
					defer mu.Unlock()
					got[a] = seen
				})
			}
			wg.Wait()
			for a, w := range want {
				if got[a] != w {
					t.Errorf("%s: %s, want %s", a, got[a], w)
				}
			}
			list := droppedOn(t, master)
			for until := time.Now().Add(20 * time.Second); !slices.Equal(list, sets) && time.Now().Before(until); list = droppedOn(t, master) {
				time.Sleep(50 * time.Millisecond)
			}
			if !slices.Equal(list, sets) {
				t.Errorf("the master drops %q, want %q", list, sets)
			}
			if list := droppedOn(t, backup); len(list) > 0 {
				t.Errorf("the backup drops %q", list)
			}
		})
	}
}

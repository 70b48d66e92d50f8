package kernel

import (
	"context"
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"

	"holdfast/engine/plan"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// door is what Net and Twin have in common.
type door interface {
	Links() ([]Link, error)
	Addresses() ([]plan.Address, error)
	OurAddresses() ([]plan.Address, error)
	Apply(context.Context, plan.Plan) (plan.Plan, error)
	Watch(context.Context, func(any)) error
	Routes([]plan.Route) ([]plan.Route, error)
	Rules([]plan.Rule) ([]plan.Rule, error)
	WatchRoutes(context.Context, func(RoutesGone)) error
	Announce(string, netip.Addr) error
	Setting(link, name string) (int, error)
	Drops([]plan.Drop) ([]plan.Drop, error)
	PrepareDrops(DropTable) error
}

// socket is what VRRP and TwinVRRP have in common.
type socket interface {
	Send(Header, []byte) error
	Receive(func(Packet)) error
	Waiting(func(Packet))
	Close()
}

// world is a host with a link "near", joined by a cable to a link "far" of
// another host. Both are up, near has 192.0.2.1/24 and far 192.0.2.2/24.
type world struct {
	door
	plug       func(running bool)                                  // the cable at the far end
	stranger   func(t *testing.T, a plan.Address, remove bool)     // another program's hand on near's host
	remove     func()                                              // the link near goes
	here, over func(link string, group netip.Addr) (socket, error) // sockets on either host
	// within runs f where Watch has to be called from.
	within func(f func())
	beyond func(f func()) // on far's host
}

var (
	nearAddr = netip.MustParseAddr("192.0.2.1")
	farAddr  = netip.MustParseAddr("192.0.2.2")
	group    = netip.MustParseAddr("224.0.0.18")
)

// inBothWorlds runs the test on the twin and on the kernel.
func inBothWorlds(t *testing.T, test func(t *testing.T, w world)) {
	t.Run("twin", func(t *testing.T) { test(t, twinWorld()) })
	t.Run("kernel", func(t *testing.T) { test(t, kernelWorld(t)) })
}

func twinWorld() world {
	near, far, wire := NewTwin(), NewTwin(), NewWire()
	l := Link{
		Name: "near", MAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, MTU: 1500, Up: true, Running: true,
		Addrs: []netip.Prefix{netip.PrefixFrom(nearAddr, 24)},
	}
	near.SetLink(l)
	far.SetLink(Link{Name: "far", MTU: 1500, Up: true, Running: true})
	near.Plug("near", wire)
	far.Plug("far", wire)
	open := func(host *Twin) func(string, netip.Addr) (socket, error) {
		return func(link string, group netip.Addr) (socket, error) {
			v, err := host.OpenVRRP(link, group)
			if err != nil {
				return nil, err
			}
			return v, nil
		}
	}
	return world{
		door: near,
		plug: func(running bool) {
			l.Running = running
			near.SetLink(l)
		},
		stranger: func(t *testing.T, a plan.Address, remove bool) {
			act := near.AddAddress
			if remove {
				act = near.DeleteAddress
			}
			if err := act(a); err != nil {
				t.Fatal(err)
			}
		},
		remove: func() { near.RemoveLink("near") },
		here:   open(near),
		over:   open(far),
		within: func(f func()) { f() },
	}
}

// kernelWorld makes two network namespaces of its own with a veth pair between.
// The test's thread is in the first one and is thrown away afterwards.
func kernelWorld(t *testing.T) world {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test makes network namespaces and has to run as root")
	}
	runtime.LockOSThread() // never unlocked: the thread ends with the test
	farNS := newNamespace(t)
	nearNS := newNamespace(t)
	veth := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "near", MTU: 1500}, PeerName: "far", PeerNamespace: netlink.NsFd(farNS)}
	must(t, netlink.LinkAdd(veth))
	setUp(t, "near", nearAddr)
	inside(t, farNS, func() { setUp(t, "far", farAddr); awaitCarrier(t, "far") })
	awaitCarrier(t, "near")
	n, err := OpenNet()
	must(t, err)
	t.Cleanup(n.Close)
	open := func(ns int) func(string, netip.Addr) (socket, error) {
		return func(link string, group netip.Addr) (s socket, err error) {
			inside(t, ns, func() {
				var v *VRRP
				if v, err = OpenVRRP(link, group); err == nil {
					s = v
				}
			})
			return s, err
		}
	}
	return world{
		door: n,
		plug: func(running bool) {
			inside(t, farNS, func() {
				far, err := netlink.LinkByName("far")
				must(t, err)
				if running {
					must(t, netlink.LinkSetUp(far))
				} else {
					must(t, netlink.LinkSetDown(far))
				}
			})
		},
		stranger: func(t *testing.T, a plan.Address, remove bool) {
			inside(t, nearNS, func() {
				l, err := netlink.LinkByName(a.Link)
				must(t, err)
				prefix := &net.IPNet{IP: a.Prefix.Addr().AsSlice(), Mask: net.CIDRMask(a.Prefix.Bits(), a.Prefix.Addr().BitLen())}
				act := netlink.AddrAdd
				if remove {
					act = netlink.AddrDel
				}
				must(t, act(l, &netlink.Addr{IPNet: prefix, Broadcast: net.IPv4zero}))
			})
		},
		remove: func() {
			inside(t, nearNS, func() { must(t, netlink.LinkDel(veth)) })
		},
		here:   open(nearNS),
		over:   open(farNS),
		within: func(f func()) { inside(t, nearNS, f) },
		beyond: func(f func()) { inside(t, farNS, f) },
	}
}

// newNamespace puts the thread into a namespace of its own.
func newNamespace(t testing.TB) int {
	t.Helper()
	must(t, unix.Unshare(unix.CLONE_NEWNET))
	fd, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	must(t, err)
	t.Cleanup(func() { unix.Close(fd) })
	lo, err := netlink.LinkByName("lo")
	must(t, err)
	must(t, netlink.LinkSetUp(lo))
	return fd
}

// inside runs f on a thread in that namespace and waits for it. f may end the
// test's goroutine only through its own errors.
func inside(t *testing.T, ns int, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and ends with its thread
		if err := unix.Setns(ns, unix.CLONE_NEWNET); err != nil {
			t.Error(err)
			return
		}
		f()
	}()
	<-done
}

func setUp(t *testing.T, link string, ip netip.Addr) {
	l, err := netlink.LinkByName(link)
	must(t, err)
	must(t, netlink.AddrAdd(l, &netlink.Addr{
		IPNet:     &net.IPNet{IP: ip.AsSlice(), Mask: net.CIDRMask(24, 32)},
		Broadcast: net.IPv4zero,
	}))
	must(t, netlink.LinkSetUp(l))
}

// awaitCarrier waits until the kernel lets packets through: it opens the queue of
// a link some time after the cable is whole.
func awaitCarrier(t *testing.T, link string) {
	t.Helper()
	for limit := time.Now().Add(5 * time.Second); time.Now().Before(limit); time.Sleep(time.Millisecond) {
		l, err := netlink.LinkByName(link)
		must(t, err)
		if l.Attrs().RawFlags&unix.IFF_RUNNING != 0 {
			return
		}
	}
	t.Fatalf("%s has no carrier", link)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// toGroup is how an advert goes to the group.
func toGroup(src netip.Addr) Header { return Header{Src: src, Dst: group, TTL: 255} }

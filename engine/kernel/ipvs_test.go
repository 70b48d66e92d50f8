package kernel

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"holdfast/engine/plan"

	"github.com/google/go-cmp/cmp"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"
)

func TestGuestTableIsReadBackAsItWasWritten(t *testing.T) {
	onBothTables(t, func(t *testing.T, k table) {
		expectTable(t, k, nil)
		fill(t, k, wholeHouse()...)
		expectTable(t, k, wholeHouse())
		fill(t, k)
		expectTable(t, k, nil)
	})
}

func TestGuestSomeServicesAreReadAsTheWholeTableHasThem(t *testing.T) {
	onBothTables(t, func(t *testing.T, k table) {
		fill(t, k, wholeHouse()...)
		whole, err := k.Read()
		must(t, err)
		for _, v := range whole {
			absent := v.Key
			absent.Port += 7
			some, err := k.ReadSome([]plan.ServiceKey{absent, v.Key})
			must(t, err)
			if d := cmp.Diff([]plan.Service{v}, some, equalTables); d != "" {
				t.Errorf("%s (-whole +some):\n%s", v.Key, d)
			}
		}
		expectTable(t, k, wholeHouse()) // the door is in step after what it asked for was not there
	})
}

func TestGuestEveryStateIsReachedFromEveryOther(t *testing.T) {
	onBothTables(t, func(t *testing.T, k table) {
		var have []plan.Service
		rapid.Check(t, func(t *rapid.T) {
			want := randomTable(t)
			p := plan.Diff(plan.State{Services: have}, plan.State{Services: want})
			done, err := k.Apply(context.Background(), p)
			if err != nil || len(done) != len(p) {
				t.Fatalf("done %d of %d: %v", len(done), len(p), err)
			}
			expectTable(t, k, want)
			have = want
		})
	})
}

func TestGuestRefusedOperationIsNamedAndTheOthersAreCarriedOut(t *testing.T) {
	onBothTables(t, func(t *testing.T, k table) {
		web, absent := service(6, "192.0.2.100:80", "wrr"), service(6, "192.0.2.200:80", "wrr")
		here, there := server("192.0.2.33:80", plan.DirectRoute, 1), server("192.0.2.34:80", plan.DirectRoute, 1)
		crossed := there
		crossed.Lower = 5
		bad := plan.Plan{
			{Verb: plan.AddDestination, Service: absent, Destination: here},
			{Verb: plan.EditService, Service: absent},
			{Verb: plan.EditDestination, Service: web, Destination: there},
			{Verb: plan.AddDestination, Service: web, Destination: crossed},
			{Verb: plan.AddAddress},
		}
		why := []error{unix.ESRCH, unix.ESRCH, unix.ENOENT, unix.ERANGE, nil}
		if _, isTwin := k.(*Twin); !isTwin {
			why[4] = unix.EOPNOTSUPP // a Twin is both doors in one: there it is ENODEV
		}
		p := plan.Plan{{Verb: plan.AddService, Service: web}}
		p = append(p, bad...)
		p = append(p, plan.Op{Verb: plan.AddDestination, Service: web, Destination: here})
		done, err := k.Apply(context.Background(), p)
		if len(done) != 2 {
			t.Errorf("done %d, want 2", len(done))
		}
		refused := all(err)
		if len(refused) != len(bad) {
			t.Fatalf("%d refusals, want %d: %v", len(refused), len(bad), err)
		}
		for i, e := range refused {
			if e.Op.String() != bad[i].String() || why[i] != nil && !errors.Is(e, why[i]) {
				t.Errorf("got %v, want %v: %v", e, bad[i], why[i])
			}
		}
		web.Destinations = []plan.Destination{here}
		expectTable(t, k, []plan.Service{web})
	})
}

// all takes a joined error apart.
func all(err error) (list []*OpError) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	for _, e := range joined.Unwrap() {
		var one *OpError
		if errors.As(e, &one) {
			list = append(list, one)
		}
	}
	return list
}

func TestGuestUnknownSchedulerIsRefused(t *testing.T) {
	k := kernelTable(t)
	_, err := k.Apply(context.Background(), plan.Plan{{Verb: plan.AddService, Service: service(6, "192.0.2.100:80", "sundial")}})
	if !errors.Is(err, unix.ENOENT) {
		t.Errorf("%v", err)
	}
}

func TestGuestAddingWhatIsThereMakesItAsWished(t *testing.T) {
	onBothTables(t, func(t *testing.T, k table) {
		fill(t, k, service(6, "192.0.2.100:80", "rr", server("192.0.2.33:80", plan.DirectRoute, 1)))
		want := service(6, "192.0.2.100:80", "wlc", server("192.0.2.33:80", plan.Tunnel, 9))
		done, err := k.Apply(t.Context(), plan.Diff(plan.State{}, plan.State{Services: []plan.Service{want}}))
		if err != nil || len(done) != 2 || done[0].Verb != plan.EditService || done[1].Verb != plan.EditDestination {
			t.Errorf("done %v, want two edits: %v", done, err)
		}
		expectTable(t, k, []plan.Service{want})
	})
}

func TestGuestDeletingWhatIsGoneIsNoError(t *testing.T) {
	onBothTables(t, func(t *testing.T, k table) {
		web, d := service(6, "192.0.2.100:80", "rr"), server("192.0.2.33:80", plan.DirectRoute, 1)
		done, err := k.Apply(t.Context(), plan.Plan{
			{Verb: plan.DeleteService, Service: web},
			{Verb: plan.DeleteDestination, Service: web, Destination: d},
			{Verb: plan.AddService, Service: web},
			{Verb: plan.DeleteDestination, Service: web, Destination: d},
		})
		if err != nil || len(done) != 1 || done[0].Verb != plan.AddService {
			t.Errorf("done %v, want only the addition: %v", done, err)
		}
	})
}

func TestGuestPlanLongerThanABatchKeepsItsOrder(t *testing.T) {
	onBothTables(t, func(t *testing.T, k table) {
		want := manyServices(3, 2*batch)
		fill(t, k, want...)
		expectTable(t, k, want)
	})
}

// TestGuestLinesDoWhatApplyDoes types a plan's lines into the real ipvsadm.
func TestGuestLinesDoWhatApplyDoes(t *testing.T) {
	k := kernelTable(t)
	program := ipvsadm(t)
	have := []plan.Service(nil)
	small := wholeHouse()[:3]
	small[0].Scheduler, small[0].Timeout, small[0].Destinations = "lc", 0, small[0].Destinations[1:]
	small[2].Destinations = []plan.Destination{server("[2001:db8::44]:80", plan.Tunnel, 4)}
	for _, want := range [][]plan.Service{wholeHouse(), small, nil} {
		for _, o := range plan.Diff(plan.State{Services: have}, plan.State{Services: want}) {
			words := strings.Fields(o.String())
			out, err := exec.Command(program, words[1:]...).CombinedOutput()
			if err != nil || len(out) > 0 {
				t.Errorf("%s: %v: %s", o, err, out)
			}
		}
		expectTable(t, k, want)
		have = want
	}
}

func TestGuestServiceByFirewallMarkIsReadAndCounted(t *testing.T) {
	k := kernelTable(t)
	program := ipvsadm(t)
	for _, line := range []string{"-A -f 7 -s rr", "-a -f 7 -r 192.0.2.33:0 -g -w 1", "-A -f 7 -6 -s rr"} {
		if out, err := exec.Command(program, strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", line, err, out)
		}
	}
	mark := plan.Service{Key: plan.MarkKey(7, false), Scheduler: "rr", Destinations: []plan.Destination{server("192.0.2.33:0", plan.DirectRoute, 1)}}
	six := plan.Service{Key: plan.MarkKey(7, true), Scheduler: "rr"}
	expectTable(t, k, []plan.Service{mark, six})
	stats, err := k.Stats()
	must(t, err)
	if _, counted := stats[mark.Key].Destinations[netip.MustParseAddrPort("192.0.2.33:0")]; !counted || len(stats) != 2 {
		t.Errorf("counted %+v", stats)
	}
	some, err := k.ReadSome([]plan.ServiceKey{six.Key})
	if err != nil || len(some) != 1 || some[0].Key != six.Key {
		t.Errorf("%+v, %v", some, err)
	}
}

// TestGuestOneWeightIsOneMessage listens to all netlink traffic of the namespace
// while one weight of a large table changes.
func TestGuestOneWeightIsOneMessage(t *testing.T) {
	k := kernelTable(t)
	have := manyServices(1000, 1)
	fill(t, k, have...)
	want := plan.State{Services: have}.Normal()
	want.Services[500].Destinations[0].Weight = 7
	p := plan.Diff(plan.State{Services: have}, want)

	must(t, netlink.LinkAdd(&netlink.GenericLink{LinkAttrs: netlink.LinkAttrs{Name: "nlmon"}, LinkType: "nlmon"}))
	l, err := netlink.LinkByName("nlmon")
	must(t, err)
	must(t, netlink.LinkSetUp(l))
	tap, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, int(networkOrder(unix.ETH_P_ALL)))
	must(t, err)
	defer unix.Close(tap)
	must(t, unix.Bind(tap, &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL), Ifindex: l.Attrs().Index}))
	write(t, k, p)

	var commands []uint8
	for buf := make([]byte, 1<<16); ; {
		n, _, err := unix.Recvfrom(tap, buf, 0)
		if err != nil {
			break
		}
		for b := buf[:n]; len(b) >= unix.SizeofNlMsghdr; {
			length := int(native.Uint32(b))
			if length < unix.SizeofNlMsghdr || length > len(b) {
				break
			}
			if native.Uint16(b[4:]) == k.family {
				commands = append(commands, b[unix.SizeofNlMsghdr])
			}
			b = b[min(align(length), len(b)):]
		}
	}
	if len(commands) != 1 || commands[0] != cmdSetDest {
		t.Errorf("the kernel saw the commands %v, want only %d", commands, cmdSetDest)
	}
	expectTable(t, k, want.Services)
}

func TestGuestConnectionsAreCounted(t *testing.T) {
	k := kernelTable(t)
	lo, err := netlink.LinkByName("lo")
	must(t, err)
	must(t, netlink.AddrAdd(lo, &netlink.Addr{IPNet: &net.IPNet{IP: net.IPv4(192, 0, 2, 100), Mask: net.CIDRMask(32, 32)}}))
	behind, err := net.Listen("tcp", "127.0.0.2:8080")
	must(t, err)
	defer behind.Close()
	web := service(6, "192.0.2.100:80", "rr", server("127.0.0.2:8080", plan.Masquerade, 1))
	fill(t, k, web)
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0) // on this thread, so in its namespace
	must(t, err)
	defer unix.Close(fd)
	must(t, unix.Connect(fd, &unix.SockaddrInet4{Addr: [4]byte{192, 0, 2, 100}, Port: 80}))
	// The kernel adds its counters up every two seconds.
	var sum ServiceStats
	var d DestinationStats
	for limit := time.Now().Add(10 * time.Second); sum.Connections == 0 && time.Now().Before(limit); time.Sleep(100 * time.Millisecond) {
		stats, err := k.Stats()
		must(t, err)
		sum = stats[web.Key]
		d = sum.Destinations[netip.MustParseAddrPort("127.0.0.2:8080")]
	}
	if sum.Connections != 1 || d.Connections != 1 || d.Active != 1 || d.Inactive != 0 || sum.InPackets < 2 || sum.InBytes == 0 {
		t.Errorf("service %+v\ndestination %+v", sum.Counters, d)
	}
}

// TestGuestBulkApply prints how fast a table of 1,000 services with 10 servers
// each is made, changed and read. It fails only where batches have no effect.
func TestGuestBulkApply(t *testing.T) {
	k := kernelTable(t)
	want := manyServices(1000, 10)
	p := plan.Diff(plan.State{}, plan.State{Services: want})
	speed := func(what string, n int, f func()) time.Duration {
		start := time.Now()
		f()
		took := time.Since(start)
		t.Logf("%s: %d in %v, %.0f a second", what, n, took.Round(time.Millisecond), float64(n)/took.Seconds())
		return took
	}
	speed("operations from nothing", len(p), func() { write(t, k, p) })
	var have []plan.Service
	speed("destinations read", 10000, func() {
		var err error
		have, err = k.Read()
		must(t, err)
	})
	next := plan.State{Services: want}.Normal()
	for i := range next.Services {
		for j := range next.Services[i].Destinations {
			next.Services[i].Destinations[j].Weight = 9
		}
	}
	var edits plan.Plan
	speed("destinations compared", 10000, func() { edits = plan.Diff(plan.State{Services: have}, next) })
	speed("weights changed", len(edits), func() { write(t, k, edits) })
	// The best of several tries is the kernel's; the others are also what else ran.
	few := edits[:200]
	bulk, single := time.Hour, time.Hour
	for range 10 {
		bulk = min(bulk, speed("weights changed in a batch", len(few), func() { write(t, k, few) }))
		single = min(single, speed("weights changed one by one", len(few), func() {
			for i := range few {
				write(t, k, few[i:i+1])
			}
		}))
	}
	if bulk*3 > single {
		t.Errorf("%v in a batch is no gain over %v one by one", bulk, single)
	}
	expectTable(t, k, next.Services)
}

func manyServices(services, servers int) []plan.Service {
	list := make([]plan.Service, services)
	for i := range list {
		v := service(6, "10.0.0.0:80", "wrr")
		v.Key.Addr = netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
		for j := range servers {
			v.Destinations = append(v.Destinations, plan.Destination{
				Addr: netip.AddrFrom4([4]byte{10, 1, byte(j >> 8), byte(j)}), Port: 80, Method: plan.DirectRoute, Weight: 1,
			})
		}
		list[i] = v
	}
	return list
}

func TestOpenWithoutIPVSSaysSo(t *testing.T) {
	k, err := OpenIPVS(Modprobe)
	if err == nil {
		k.Close()
		return // this kernel has it
	}
	if !errors.Is(err, ErrNoIPVS) {
		t.Errorf("%v", err)
	}
}

// randomTable is a random state that the kernel takes. What is wished has destinations
// in the order of their addresses, whatever the order in which they came.
func randomTable(t *rapid.T) []plan.Service {
	var s plan.State
	for _, o := range rapid.SliceOfN(rapid.Custom(randomAdd), 0, 30).Draw(t, "table") {
		if next, err := s.With(o); err == nil {
			s = next
		}
	}
	for i := range s.Services {
		s.Services[i].Order = nil
	}
	return s.Services
}

func randomAdd(t *rapid.T) plan.Op {
	ends := []string{"192.0.2.100:80", "192.0.2.100:443", "192.0.2.101:80", "[2001:db8::100]:80"}
	v := service(
		rapid.SampledFrom([]uint8{6, 17, 132}).Draw(t, "protocol"),
		rapid.SampledFrom(ends).Draw(t, "service"),
		rapid.SampledFrom([]string{"rr", "wrr", "lc", "wlc", "sh", "mh"}).Draw(t, "scheduler"),
	)
	if rapid.Bool().Draw(t, "a service") {
		v.Flags = rapid.SampledFrom([]uint32{0, plan.SchedFlag1, plan.SchedFlag2 | plan.SchedFlag1}).Draw(t, "flags")
		v.Timeout = rapid.SampledFrom([]uint32{0, 1, 360}).Draw(t, "timeout")
		if v.Timeout > 0 {
			bits := rapid.IntRange(1, v.Key.Addr.BitLen()).Draw(t, "granularity")
			word := uint32(bits)
			family := familyOf(v.Key.Addr)
			if family == unix.AF_INET {
				mask := net.CIDRMask(bits, 32)
				word = native.Uint32(mask)
			}
			v.Netmask = maskOf(family, word)
		}
		return plan.Op{Verb: plan.AddService, Service: v}
	}
	servers := []string{"192.0.2.33:80", "192.0.2.33:8080", "192.0.2.34:80"}
	if v.Key.Addr.Is6() {
		servers = []string{"[2001:db8::33]:80", "[2001:db8::34]:8080"}
	}
	d := server(
		rapid.SampledFrom(servers).Draw(t, "server"),
		rapid.SampledFrom([]plan.Method{plan.Masquerade, plan.Tunnel, plan.DirectRoute}).Draw(t, "method"),
		rapid.Uint32Range(0, 1<<31-1).Draw(t, "weight"),
	)
	d.Upper = rapid.Uint32Range(0, 10).Draw(t, "upper")
	d.Lower = rapid.Uint32Range(0, d.Upper).Draw(t, "lower")
	return plan.Op{Verb: plan.AddDestination, Service: v, Destination: d}
}

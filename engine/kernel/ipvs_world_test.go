package kernel

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"holdfast/engine/plan"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// table is what IPVS and Twin have in common.
type table interface {
	Read() ([]plan.Service, error)
	ReadSome(keys []plan.ServiceKey) ([]plan.Service, error)
	Apply(context.Context, plan.Plan) (plan.Plan, error)
	Timeouts() (plan.Timeouts, error)
	Stats() (map[plan.ServiceKey]ServiceStats, error)
}

// onBothTables runs the test on the twin and on the kernel's IPVS.
func onBothTables(t *testing.T, test func(t *testing.T, k table)) {
	t.Run("twin", func(t *testing.T) { test(t, NewTwin()) })
	t.Run("kernel", func(t *testing.T) { test(t, kernelTable(t)) })
}

// kernelTable gives the empty table of a namespace of its own. In the guest it
// has to be there; elsewhere the test is skipped on a kernel without IPVS.
func kernelTable(t testing.TB) *IPVS {
	t.Helper()
	runtime.LockOSThread() // never unlocked: the thread ends with the test
	newNamespace(t)
	k, err := OpenIPVS(Modprobe)
	if err != nil {
		if os.Getenv("UML_GUEST") == "" {
			t.Skipf("the guest runs this test: %v", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

// ipvsadm gives the program, which may be unpacked beside the checkout only.
func ipvsadm(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("ipvsadm"); err == nil {
		return path
	}
	path, err := filepath.Abs("../../.cache/peers/bin/ipvsadm")
	must(t, err)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("ipvsadm is neither installed nor unpacked: %v", err)
	}
	return path
}

var equalTables = cmp.Options{
	cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}),
	cmpopts.EquateEmpty(),
}

// failer is what a test of package testing and one of rapid have in common.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// expectTable reads the table and compares.
func expectTable(t failer, k table, want []plan.Service) {
	t.Helper()
	got, err := k.Read()
	if err != nil {
		t.Fatal(err)
	}
	want = plan.State{Services: want}.Normal().Services
	if d := cmp.Diff(want, got, equalTables); d != "" {
		t.Fatalf("the table (+) is not as wished (-):\n%s", d)
	}
}

func write(t failer, k table, p plan.Plan) {
	t.Helper()
	done, err := k.Apply(context.Background(), p)
	if err != nil || len(done) != len(p) {
		t.Fatalf("done %d of %d: %v", len(done), len(p), err)
	}
}

// fill makes the table hold exactly these services.
func fill(t failer, k table, want ...plan.Service) {
	t.Helper()
	have, err := k.Read()
	if err != nil {
		t.Fatal(err)
	}
	write(t, k, plan.Diff(plan.State{Services: have}, plan.State{Services: want}))
}

func service(protocol uint8, end, scheduler string, ds ...plan.Destination) plan.Service {
	at := netip.MustParseAddrPort(end)
	return plan.Service{
		Key:       plan.ServiceKey{Protocol: protocol, Addr: at.Addr(), Port: at.Port()},
		Scheduler: scheduler, Destinations: ds,
	}
}

func server(end string, m plan.Method, weight uint32) plan.Destination {
	at := netip.MustParseAddrPort(end)
	return plan.Destination{Addr: at.Addr(), Port: at.Port(), Method: m, Weight: weight}
}

// wholeHouse has one of everything.
func wholeHouse() []plan.Service {
	web := service(6, "192.0.2.100:80", "wrr",
		server("192.0.2.33:80", plan.DirectRoute, 1),
		server("192.0.2.34:80", plan.DirectRoute, 0),
		server("192.0.2.35:8080", plan.Masquerade, 70000))
	web.Destinations[2].Upper, web.Destinations[2].Lower = 100000, 90000
	web.Timeout, web.Netmask = 360, netip.MustParseAddr("255.255.240.0")
	six := service(6, "[2001:db8::100]:443", "sh", server("[2001:db8::33]:443", plan.DirectRoute, 1))
	six.Flags = plan.SchedFlag1 | plan.SchedFlag2
	six.Timeout, six.Netmask = 50, netip.MustParseAddr("ffff:ffff:ffff::")
	host := service(6, "[2001:db8::101]:80", "rr")
	host.Timeout = 60
	gue, gre := server("192.0.2.36:80", plan.Tunnel, 1), server("192.0.2.37:80", plan.Tunnel, 1)
	gue.Wrap = plan.Wrap{Kind: plan.GUE, Sum: plan.RemoteSum, Port: 6080}
	gre.Wrap = plan.Wrap{Kind: plan.GRE, Sum: plan.Sum}
	wrapped := service(6, "192.0.2.104:80", "rr", gue, gre)
	voice := service(17, "192.0.2.105:5060", "rr", server("192.0.2.33:5060", plan.Masquerade, 1))
	voice.Timeout, voice.Engine = 60, "sip"
	dns := service(17, "192.0.2.100:53", "rr", server("192.0.2.33:53", plan.Tunnel, 1))
	dns.Flags = plan.OnePacket
	mixed := service(17, "192.0.2.101:53", "wlc",
		server("[2001:db8::22]:53", plan.Tunnel, 5), server("192.0.2.33:53", plan.Tunnel, 5))
	hash := service(6, "192.0.2.102:80", "mh", server("192.0.2.33:80", plan.Masquerade, 3))
	hash.Flags = plan.SchedFlag2
	mark := service(6, "192.0.2.100:80", "rr", server("192.0.2.33:0", plan.DirectRoute, 2))
	mark.Key = plan.MarkKey(4294967295, false)
	mark6 := service(6, "192.0.2.100:80", "wrr", server("[2001:db8::33]:80", plan.Masquerade, 1), server("192.0.2.33:0", plan.Tunnel, 1))
	mark6.Key, mark6.Timeout, mark6.Netmask = plan.MarkKey(5, true), 60, netip.MustParseAddr("ffff:ffff:ffff::")
	mark4 := mark
	mark4.Key = plan.MarkKey(5, false)
	return []plan.Service{
		web, six, host, wrapped, voice, dns, mixed, hash,
		service(132, "192.0.2.100:80", "lc", server("192.0.2.33:80", plan.DirectRoute, 2147483647)),
		service(6, "192.0.2.103:80", "sed"), mark, mark6, mark4,
	}
}

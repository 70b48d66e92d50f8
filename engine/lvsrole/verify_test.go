package lvsrole

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kit"
	"holdfast/engine/plan"
	"holdfast/engine/verify"
)

// wire are a director and real servers on one link, each in a network namespace of its
// own. The test's thread is in that of the director.
type wire struct {
	t    *testing.T
	name string
}

const (
	directorAddress = "192.0.2.1"
	serviceAddress  = "192.0.2.100"
)

func newWire(t *testing.T) *wire {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test makes network namespaces and has to run as root")
	}
	runtime.LockOSThread() // never unlocked: the thread ends with the test
	w := &wire{t, fmt.Sprintf("v%d-%d", os.Getpid(), unix.Gettid())}
	w.namespace("sw")
	w.in("sw", "ip link add br0 type bridge && ip link set br0 up")
	w.host("director", directorAddress+"/24")
	w.enter("director")
	return w
}

// namespace makes one, and gives its full name.
func (w *wire) namespace(name string) {
	w.t.Helper()
	ns := w.name + name
	w.run("ip netns add " + ns + " && ip -n " + ns + " link set lo up")
	w.t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() })
}

// host makes a host on the link, with an address.
func (w *wire) host(name string, prefixes ...string) {
	w.t.Helper()
	w.namespace(name)
	w.run(fmt.Sprintf("ip -n %ssw link add p%s type veth peer name eth0 netns %s%s && ip -n %ssw link set p%s master br0 up", w.name, name, w.name, name, w.name, name))
	for _, p := range prefixes {
		nodad := ""
		if strings.Contains(p, ":") {
			nodad = " nodad"
		}
		w.in(name, "ip address add "+p+" dev eth0"+nodad)
	}
	w.in(name, "ip link set eth0 up")
}

func (w *wire) run(command string) {
	w.t.Helper()
	if said, err := exec.Command("sh", "-ec", command).CombinedOutput(); err != nil {
		w.t.Fatalf("%s: %v\n%s", command, err, said)
	}
}

// in runs a command on a host.
func (w *wire) in(name, command string) {
	w.t.Helper()
	w.run("exec ip netns exec " + w.name + name + " sh -ec '" + command + "'")
}

// enter puts the calling thread on a host.
func (w *wire) enter(name string) {
	w.t.Helper()
	f, err := os.Open("/run/netns/" + w.name + name)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	if err := unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
		w.t.Fatal(err)
	}
}

// listen has a host listen at an address until the test ends.
func (w *wire) listen(name, address string) {
	w.t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and ends with its thread
		w.enter(name)
		l, err := net.Listen("tcp", address)
		if err == nil {
			w.t.Cleanup(func() { l.Close() })
		}
		done <- err
	}()
	if err := <-done; err != nil {
		w.t.Fatal(err)
	}
}

// hardware is the hardware address of a host.
func (w *wire) hardware(name string) string {
	w.t.Helper()
	said, err := exec.Command("ip", "netns", "exec", w.name+name, "cat", "/sys/class/net/eth0/address").Output()
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimSpace(string(said))
}

// ready runs the kit's script on a host.
func (w *wire) ready(name string, service string) {
	w.t.Helper()
	text, err := kit.Script(kit.Service{Name: "tcp:" + service, Addresses: []netip.Addr{netip.MustParseAddr(service)},
		Ways: []kit.Way{{Method: plan.DirectRoute}}}, kit.Now, false, func(string) string { return "-" })
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command("unshare", "--mount", "sh", "-ec", "mount -t tmpfs tmpfs /var/lib; exec ip netns exec "+w.name+name+" sh -s")
	cmd.Stdin = strings.NewReader(text)
	if said, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("%v\n%s", err, said)
	}
}

// verdict asks one server.
func (w *wire) verdict(t verify.Target) control.Verdict {
	w.t.Helper()
	a := asking{target: t}
	a.target.Port = firstPort
	a.ask(w.t.Context())
	return a.verdict
}

func direct(server, service string) verify.Target {
	return verify.Target{Server: netip.MustParseAddr(server), Service: netip.MustParseAddrPort(service), TCP: true}
}

// Each of seven servers is wrong in its own way but the last.
func TestTheVerdictOnEachServerIsExact(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	servers := []struct {
		name, wants string
		set         func(name string)
	}{
		{"missing", code.AddressMissing, func(n string) { w.listen(n, ":80") }},
		{"on-eth0", code.AnswersARP, func(n string) {
			w.in(n, "sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2; ip address add "+serviceAddress+"/32 dev eth0")
			w.listen(n, ":80")
		}},
		{"talks", code.AnswersARP, func(n string) {
			w.in(n, "ip address add "+serviceAddress+"/32 dev lo")
			w.listen(n, ":80")
		}},
		{"deaf", code.NotListening, func(n string) {
			w.ready(n, serviceAddress)
			w.listen(n, "192.0.2.14:80")
		}},
		{"strict", code.ServerDrops, func(n string) { // our address is reached by another link there
			w.ready(n, serviceAddress)
			w.in(n, "ip link add other type bridge; ip link set other up; ip route add "+directorAddress+"/32 dev other; sysctl -qw net.ipv4.conf.all.rp_filter=1")
			w.listen(n, ":80")
		}},
		{"away", code.ServerUnreachable, func(n string) { w.in(n, "ip link set eth0 down") }},
		{"right", code.Ready, func(n string) {
			w.ready(n, serviceAddress)
			w.listen(n, ":80")
		}},
	}
	for i, s := range servers {
		address := fmt.Sprintf("192.0.2.1%d", i+1)
		w.host(s.name, address+"/24")
		s.set(s.name)
		got := w.verdict(direct(address, serviceAddress+":80"))
		if got.Code != s.wants || got.Good != (s.wants == code.Ready) || got.Reason != "" || got.Link != "eth0" {
			t.Errorf("%s: %+v", s.name, got)
		}
		if mac := w.hardware(s.name); got.MAC != mac && s.wants != code.ServerUnreachable {
			t.Errorf("%s has %s: %+v", s.name, mac, got)
		}
		if len(got.Others) > 2 || i == 0 && len(got.Others) > 0 {
			t.Errorf("%s: %+v", s.name, got)
		}
	}
	// The two that talk are named when another server is asked.
	others := w.verdict(direct("192.0.2.17", serviceAddress+":80")).Others
	if len(others) != 2 || !strings.Contains(fmt.Sprint(others), w.hardware("on-eth0")) || !strings.Contains(fmt.Sprint(others), w.hardware("talks")) {
		t.Errorf("others: %v", others)
	}
}

// A director that holds the address itself asks in its own name.
func TestTheMasterVerifiesAsABackupDoes(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	w.run("ip address add " + serviceAddress + "/32 dev eth0")
	w.host("right", "192.0.2.11/24")
	w.ready("right", serviceAddress)
	w.listen("right", ":80")
	if got := w.verdict(direct("192.0.2.11", serviceAddress+":80")); got.Code != code.Ready || len(got.Others) > 0 {
		t.Errorf("%+v", got)
	}
	for address, want := range map[string]string{directorAddress: code.ServerIsHere, "192.0.2.99": code.ServerUnreachable} {
		if got := w.verdict(direct(address, serviceAddress+":80")); got.Code != want {
			t.Errorf("%s: %+v", address, got)
		}
	}
	w.run("ip route add 198.51.100.0/24 via 192.0.2.11")
	if got := w.verdict(direct("198.51.100.7", serviceAddress+":80")); got.Code != code.BehindRouter {
		t.Errorf("%+v", got)
	}
	if got := w.verdict(verify.Target{Server: netip.MustParseAddr("192.0.2.11"), Service: netip.MustParseAddrPort(serviceAddress + ":0")}); got.Code != code.AddressThere || !got.Good {
		t.Errorf("of all ports: %+v", got)
	}
	if got := w.verdict(verify.Target{Server: netip.MustParseAddr("192.0.2.11"), Service: netip.MustParseAddrPort(serviceAddress + ":53"), UDP: true}); got.Code != code.NotListening {
		t.Errorf("of UDP: %+v", got)
	}
}

func TestServersOfIPv6AreVerifiedToo(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	w.run("ip address add 2001:db8::1/64 dev eth0 nodad")
	for name, want := range map[string]string{"missing": code.AddressMissing, "talks": code.AnswersARP, "deaf": code.NotListening, "right": code.Ready} {
		address := "2001:db8::" + fmt.Sprint(len(name))
		w.host(name, address+"/64")
		switch name {
		case "talks":
			w.in(name, "ip address add 2001:db8::100/128 dev eth0 nodad")
		case "deaf", "right":
			w.ready(name, "2001:db8::100")
		}
		if name != "deaf" {
			w.listen(name, ":80")
		}
		if got := w.verdict(direct(address, "[2001:db8::100]:80")); got.Code != want || got.MAC != w.hardware(name) {
			t.Errorf("%s: %+v", name, got)
		}
		w.in(name, "ip link set eth0 down")
	}
}

// A firewall that drops what comes for the service alone is told from an address that is
// missing, and a server that sends packets for it on, too.
func TestWhatIsDroppedIsToldFromWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	w.host("blackhole", "192.0.2.11/24")
	w.ready("blackhole", serviceAddress)
	w.listen("blackhole", ":80")
	w.in("blackhole", "ip rule add to "+directorAddress+"/32 ipproto tcp table 7; ip route add blackhole default table 7")
	if got := w.verdict(direct("192.0.2.11", serviceAddress+":80")); got.Code != code.ServerDrops {
		t.Errorf("%+v", got)
	}
	w.host("forwards", "192.0.2.12/24")
	w.in("forwards", "sysctl -qw net.ipv4.ip_forward=1; ip route add default via "+directorAddress)
	if got := w.verdict(direct("192.0.2.12", serviceAddress+":80")); got.Code != code.AddressMissing {
		t.Errorf("%+v", got)
	}
}

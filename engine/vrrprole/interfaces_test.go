package vrrprole

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
)

// What happens to an interface under a master, on real ones.

// shows waits until `ip ARGS` in a namespace shows a text, or does not.
func (l *lab) shows(ns, text string, want bool, args ...string) {
	l.t.Helper()
	var out []byte
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		out, _ = exec.Command("ip", append([]string{"-n", ns}, args...)...).CombinedOutput()
		if strings.Contains(string(out), text) == want {
			return
		}
	}
	l.t.Fatalf("ip %s shows %s: %v, want %v\n%s\n%s", strings.Join(args, " "), text, !want, want, out, l.nodes["a"].log.String())
}

// owner starts a as the owner of the addresses, master at once, and b beside it.
func owner(t *testing.T, more ...string) (*lab, *labNode, *labNode) {
	l := newLab(t)
	a, b := l.nodes["a"], l.nodes["b"]
	a.start(conf("MASTER", 255, more...))
	a.becomes("MASTER", 15*time.Second)
	a.has(true)
	b.start(conf("BACKUP", 90))
	b.becomes("BACKUP", 15*time.Second)
	return l, a, b
}

func TestARenamedInterfaceKeepsNoAddressOfOurs(t *testing.T) {
	l, a, b := owner(t)
	l.ip("-n", a.ns, "link", "set", "eth0", "down") // older kernels rename no link that is up
	a.becomes("FAULT", 15*time.Second)
	l.ip("-n", a.ns, "link", "set", "eth0", "up")
	a.becomes("MASTER", 15*time.Second)
	a.has(true)
	if out, err := exec.Command("ip", "-n", a.ns, "link", "set", "eth0", "name", "moved").CombinedOutput(); err != nil {
		t.Logf("this kernel renames only what is down: %s", out)
		return
	}
	a.becomes("FAULT", 15*time.Second)
	if h := a.status().Held; len(h) != 1 || h[0].Code != "no-interface" {
		t.Errorf("held: %v", h)
	}
	l.shows(a.ns, "192.0.2.100/32", false, "address", "show", "dev", "moved")
	l.shows(a.ns, "192.0.2.1/24", true, "address", "show", "dev", "moved")
	b.becomes("MASTER", 15*time.Second)
	l.ip("-n", a.ns, "link", "set", "moved", "name", "eth0")
	a.becomes("MASTER", 15*time.Second)
	a.has(true)
	b.has(false)
}

func TestAnInterfaceThatIsMadeAnewIsUsedAgain(t *testing.T) {
	l, a, b := owner(t, "}\nglobal_defs {\n dynamic_interfaces") // which is so in any case
	l.ip("-n", a.ns, "link", "del", "eth0")
	a.becomes("FAULT", 15*time.Second)
	b.becomes("MASTER", 15*time.Second)
	l.ip("-n", a.ns, "link", "add", "eth0", "type", "veth", "peer", "name", "a0", "netns", l.name+"sw")
	l.ip("-n", l.name+"sw", "link", "set", "a0", "master", "br0", "up")
	l.ip("-n", a.ns, "link", "set", "eth0", "up")
	l.ip("-n", a.ns, "address", "add", "192.0.2.1/24", "dev", "eth0")
	from := time.Now()
	l.first("a", from, 15*time.Second) // through a socket of its own
	a.has(true)
	b.becomes("BACKUP", 15*time.Second)
	b.has(false)
}

func TestAnInterfaceThatMovedToAnotherNamespaceIsGoneUntilItIsBack(t *testing.T) {
	l, a, b := owner(t)
	away := l.namespace("away")
	l.ip("-n", a.ns, "link", "set", "eth0", "netns", away)
	a.becomes("FAULT", 15*time.Second)
	if h := a.status().Held; len(h) != 1 || h[0].Code != "no-interface" {
		t.Errorf("held: %v", h)
	}
	l.shows(away, "192.0.2.100/32", false, "address", "show")
	b.becomes("MASTER", 15*time.Second)
	b.has(true)
	l.ip("-n", away, "link", "set", "eth0", "netns", a.ns)
	l.ip("-n", a.ns, "link", "set", "eth0", "up")
	l.ip("-n", a.ns, "address", "add", "192.0.2.1/24", "dev", "eth0")
	a.becomes("MASTER", 15*time.Second)
	a.has(true)
	b.has(false)
}

// As with keepalived nothing changes: what the link carries is its own.
func TestAMasterWhoseInterfaceIsEnslavedStaysMaster(t *testing.T) {
	l, a, _ := owner(t)
	l.ip("-n", a.ns, "link", "add", "br9", "type", "bridge")
	l.ip("-n", a.ns, "link", "set", "br9", "up")
	l.ip("-n", a.ns, "link", "set", "eth0", "master", "br9")
	l.first("a", time.Now().Add(time.Second), 15*time.Second)
	l.ip("-n", a.ns, "link", "set", "eth0", "nomaster")
	l.first("a", time.Now().Add(time.Second), 15*time.Second)
	if s := a.status(); s.State != "MASTER" || s.Stats.ReleasedMaster != 0 || !a.holds() {
		t.Errorf("%s, released %d times, it holds the address: %v", s.State, s.Stats.ReleasedMaster, a.holds())
	}
}

func TestWhatIsAnnouncedAfterAChangeOfMACBearsTheNewOne(t *testing.T) {
	l, a, b := owner(t, "garp_master_refresh 1")
	if out, err := exec.Command("ip", "netns", "exec", b.ns, "sysctl", "-qw", "net.ipv4.conf.all.arp_accept=1", "net.ipv4.conf.eth0.arp_accept=1").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	l.ip("-n", a.ns, "link", "set", "eth0", "address", "02:00:00:00:00:77")
	l.shows(b.ns, "02:00:00:00:00:77", true, "neighbour", "show", "192.0.2.100")
	if s := a.status(); s.State != "MASTER" || !a.holds() {
		t.Errorf("%s, it holds the address: %v", s.State, a.holds())
	}
}

func TestAnAdvertCarriesWhatTheMTUOfTheLinkAllows(t *testing.T) {
	l := newLab(t)
	a := l.nodes["a"]
	var text strings.Builder
	for i := range 12 {
		fmt.Fprintf(&text, "        192.0.2.%d/32\n", 100+i)
	}
	a.start(strings.Replace(conf("MASTER", 255), "        192.0.2.100/32\n", text.String(), 1))
	a.becomes("MASTER", 15*time.Second)
	for _, step := range []struct {
		mtu   string
		count byte
	}{{"1500", 12}, {"76", 10}, {"1500", 12}} {
		l.ip("-n", a.ns, "link", "set", "eth0", "mtu", step.mtu)
		for end := time.Now().Add(15 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			list := l.adverts(time.Time{})
			if n := len(list); n > 0 && list[n-1].Payload[3] == step.count {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("MTU %s: no advert with %d addresses\n%s", step.mtu, step.count, a.log.String())
			}
		}
	}
	s, err := control.Dial(filepath.Join(a.dir, "vrrp.sock")).Status(t.Context())
	if err != nil || s.Instances[0].State != "MASTER" || s.Instances[0].Stats.ReleasedMaster != 0 {
		t.Errorf("%+v, %v", s.Instances, err)
	}
}

package preview

import (
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

const previewed = `
vrrp_instance VI_1 {
    interface lo
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.100/24 label lo:1
        192.0.2.101 dev absent0 no_track
    }
}
vrrp_instance VI_2 {
    interface lo
    virtual_router_id 52
    virtual_ipaddress {
        192.0.2.102
    }
    virtual_ipaddress_excluded {
        192.0.2.103 dev absent1
    }
}
virtual_server 192.0.2.100 80 {
    lb_algo wrr
    lb_kind DR
    protocol TCP
    sorry_server 192.0.2.90 80
    real_server 192.0.2.33 80 {
        weight 3
    }
}
`

// emptyHost puts the thread into a network namespace of its own, with nothing
// but lo in it, which is up.
func emptyHost(t *testing.T) *kernel.Net {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test makes a network namespace and has to run as root")
	}
	runtime.LockOSThread() // never unlocked: the thread ends with the test
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Fatal(err)
	}
	door, err := kernel.OpenNet()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(door.Close)
	ip(t, "link", "set", "lo", "up") // with the address that the kernel gives it
	return door
}

func rehearsal(t *testing.T, runDir string) control.Planned {
	t.Helper()
	cfg, findings := model.Parse("test.conf", []byte(previewed), model.Facts{Node: "test"})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	p, err := Preview(model.Resolve(cfg), runDir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRehearsalListsWhatAMasterLacks(t *testing.T) {
	door := emptyHost(t)
	p := rehearsal(t, t.TempDir())
	want := []string{
		"ip address add 192.0.2.100/24 dev lo scope global label lo:1",
		"ipvsadm -A -t 192.0.2.100:80 -s wrr",
		"ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.33:80 -g -w 3",
	}
	if !slices.Equal(p.Lines, want) {
		t.Errorf("got  %q\nwant %q", p.Lines, want)
	}
	for _, name := range []string{"absent0", "absent1"} {
		if !slices.ContainsFunc(p.Held, func(h control.Blocked) bool { return h.Code == "no-interface" && h.Args["interface"] == name }) {
			t.Errorf("the missing %s is not held against the plan: %+v", name, p.Held)
		}
	}
	if _, err := door.Apply(context.Background(), p.Operations[:1]); err != nil {
		t.Fatal(err)
	}
	if again := rehearsal(t, t.TempDir()); !slices.Equal(again.Lines, want[1:]) {
		t.Errorf("with the address in place: %q", again.Lines)
	}
}

func TestRehearsalListsRoutesAndRulesThatAreNotThere(t *testing.T) {
	door := emptyHost(t)
	ip(t, "link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
	ip(t, "link", "set", "eth1", "up")
	ip(t, "link", "set", "eth0", "up")
	ip(t, "address", "add", "192.0.2.1/24", "dev", "eth0")
	cfg, findings := model.Parse("test.conf", []byte(`static_routes {
    198.51.100.0/24 dev eth0
    198.51.101.0/24 dev absent2
}
vrrp_instance V {
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.100
    }
    virtual_routes {
        198.51.102.0/24 dev eth0 src 192.0.2.100
    }
    virtual_rules {
        from 192.0.2.100 table 7 preference 9
    }
}
`), model.Facts{Node: "test"})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	want := []string{
		"ip address add 192.0.2.100/32 dev eth0 scope global",
		"ip route prepend 198.51.100.0/24 dev eth0 proto keepalived scope global",
		"ip route prepend 198.51.102.0/24 dev eth0 src 192.0.2.100 proto keepalived scope global",
		"ip rule add from 192.0.2.100/32 priority 9 protocol keepalived lookup 7",
	}
	p, err := Preview(model.Resolve(cfg), t.TempDir())
	if err != nil || !slices.Equal(p.Lines, want) {
		t.Fatalf("got  %q, %v\nwant %q", p.Lines, err, want)
	}
	if _, err := door.Apply(context.Background(), p.Operations); err != nil {
		t.Fatal(err)
	}
	if p, err := Preview(model.Resolve(cfg), t.TempDir()); err != nil || len(p.Lines) > 0 {
		t.Errorf("with all in place: %q, %v", p.Lines, err)
	}
}

func TestRehearsalDeletesOnlyWhatIsOurs(t *testing.T) {
	door := emptyHost(t)
	old := plan.Address{Link: "lo", Prefix: netip.MustParsePrefix("192.0.2.99/32")}
	if _, err := door.Apply(context.Background(), plan.Plan{{Verb: plan.AddAddress, Address: old}}); err != nil {
		t.Fatal(err)
	}
	runDir := t.TempDir()
	text, err := json.Marshal(plan.State{Addresses: []plan.Address{old}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(runDir, "vrrp.manifest"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	lines := rehearsal(t, runDir).Lines
	deletions := slices.DeleteFunc(lines, func(l string) bool { return !strings.Contains(l, " del ") })
	if want := []string{"ip address del 192.0.2.99/32 dev lo"}; !slices.Equal(deletions, want) {
		t.Errorf("got %q, want %q", deletions, want)
	}
}

func TestGuestRehearsalLeavesTheDestinationsOfOthersInOurServices(t *testing.T) {
	emptyHost(t)
	table, err := kernel.OpenIPVS(kernel.Modprobe)
	if err != nil && os.Getenv("UML_GUEST") == "" {
		t.Skipf("the guest runs this test: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out) // without any link that is up the kernel takes no destination
	}
	service := plan.Service{Key: plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}, Scheduler: "wrr"}
	for _, addr := range []string{"192.0.2.90", "192.0.2.200"} { // our sorry server, and a stranger's
		service.Destinations = append(service.Destinations, plan.Destination{
			Addr: netip.MustParseAddr(addr), Port: 80, Method: plan.DirectRoute, Weight: 1,
		})
	}
	if _, err := table.Apply(t.Context(), plan.Diff(plan.State{}, plan.State{Services: []plan.Service{service}})); err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(rehearsal(t, t.TempDir()).Lines, func(l string) bool { return !strings.HasPrefix(l, "ipvsadm") })
	want := []string{
		"ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.33:80 -g -w 3",
		"ipvsadm -d -t 192.0.2.100:80 -r 192.0.2.90:80",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got  %q\nwant %q", lines, want)
	}
}

func TestRehearsalLeavesOutWhatAnInstanceInFaultWouldHold(t *testing.T) {
	emptyHost(t)
	text := "vrrp_instance GONE {\n interface absent0\n virtual_router_id 7\n virtual_ipaddress {\n 192.0.2.7 dev lo\n }\n}\n"
	cfg, findings := model.Parse("test.conf", []byte(text), model.Facts{Node: "test"})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	p, err := Preview(model.Resolve(cfg), t.TempDir())
	if err != nil || len(p.Lines) > 0 {
		t.Errorf("%v, planned %q", err, p.Lines)
	}
	for object, code := range map[string]string{"absent0": "no-interface"} {
		if !slices.ContainsFunc(p.Held, func(h control.Blocked) bool { return h.Object == object && h.Code == code }) {
			t.Errorf("%s is not held back by %s: %+v", object, code, p.Held)
		}
	}
}

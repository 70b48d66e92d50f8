package preview

import (
	"context"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// previewOf is what the plan says of an instance on eth0 with these lines of addresses.
func previewOf(t *testing.T, lines string) control.Planned {
	t.Helper()
	text := "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\npriority 100\nvirtual_ipaddress {\n" + lines + "\n}\n}\n"
	cfg, findings := model.Parse("test.conf", []byte(text), model.Facts{Node: "test"})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	p, err := Preview(model.Resolve(cfg), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %q: %v: %s", args, err, out)
	}
}

// cable makes eth0, with a carrier.
func cable(t *testing.T) {
	t.Helper()
	ip(t, "link", "add", "eth0", "type", "veth", "peer", "name", "far0")
	ip(t, "link", "set", "far0", "up")
	ip(t, "link", "set", "eth0", "up")
	becomes(t, "state UP")
}

// becomes waits until the kernel says so of eth0.
func becomes(t *testing.T, state string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if out, _ := exec.Command("ip", "-oneline", "link", "show", "eth0").Output(); strings.Contains(string(out), state) {
			return
		}
	}
	t.Fatalf("eth0 is not in %s", state)
}

func codes(list []control.Blocked) (codes []string) {
	for _, b := range list {
		codes = append(codes, b.Code)
	}
	return codes
}

func TestAPlanTellsWhichAddressTheKernelWillRefuse(t *testing.T) {
	door := emptyHost(t)
	cable(t)
	ip(t, "address", "add", "192.0.2.1/24", "dev", "eth0")
	p := previewOf(t, "192.0.2.100/24 scope link")
	if !slices.Contains(codes(p.Held), "address-scope") {
		t.Errorf("held: %v", p.Held)
	}
	if _, err := door.Apply(context.Background(), p.Operations); err == nil {
		t.Error("the kernel took it")
	}
	if p := previewOf(t, "192.0.2.100/32 scope link"); slices.Contains(codes(p.Held), "address-scope") {
		t.Errorf("with another length: %v", p.Held)
	}
}

func TestAPlanTellsThatTheOnlyAddressOfAnInterfaceIsVirtual(t *testing.T) {
	emptyHost(t)
	cable(t)
	ip(t, "address", "add", "192.0.2.100/24", "dev", "eth0")
	if p := previewOf(t, "192.0.2.100/24"); !slices.Contains(codes(p.Held), "own-address") || len(p.Operations) > 0 {
		t.Errorf("held %v, to do %q", p.Held, p.Lines)
	}
	ip(t, "address", "add", "192.0.2.1/24", "dev", "eth0")
	if p := previewOf(t, "192.0.2.100/24"); slices.Contains(codes(p.Held), "own-address") {
		t.Errorf("beside another: %v", p.Held)
	}
}

func TestAPlanWarnsBeforeTheListOfAMastersAddressesChanges(t *testing.T) {
	door := emptyHost(t)
	cable(t)
	ip(t, "address", "add", "192.0.2.1/24", "dev", "eth0")
	if p := previewOf(t, "192.0.2.100/32"); len(p.Warnings) > 0 {
		t.Errorf("before the first start: %v", p.Warnings)
	}
	held := plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix("192.0.2.100/32")}
	if _, err := door.Apply(context.Background(), plan.Plan{{Verb: plan.AddAddress, Address: held}}); err != nil {
		t.Fatal(err)
	}
	if p := previewOf(t, "192.0.2.100/32"); len(p.Warnings) > 0 {
		t.Errorf("without a change: %v", p.Warnings)
	}
	if p := previewOf(t, "192.0.2.100/32\n192.0.2.101/32"); !slices.Equal(codes(p.Warnings), []string{"address-list-changes"}) {
		t.Errorf("one more: %v", p.Warnings)
	}
}

// As the router that starts on the text does: it would stay in FAULT.
func TestAPlanHoldsNoAddressWhereTheRouterCouldNotWork(t *testing.T) {
	emptyHost(t)
	cable(t)
	fault := func(want string) {
		t.Helper()
		if p := previewOf(t, "192.0.2.100/24"); !slices.Contains(codes(p.Held), want) || len(p.Operations) > 0 {
			t.Errorf("no %s: held %v, to do %q", want, p.Held, p.Lines)
		}
	}
	fault("no-address")
	ip(t, "address", "add", "192.0.2.1/24", "dev", "eth0")
	if p := previewOf(t, "192.0.2.100/24"); len(p.Operations) != 1 {
		t.Errorf("with an address: held %v, to do %q", p.Held, p.Lines)
	}
	ip(t, "link", "set", "far0", "down")
	becomes(t, "NO-CARRIER")
	fault("link-down")
}

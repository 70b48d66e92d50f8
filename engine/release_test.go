package engine

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/engine/state"
)

func TestOnlyWhatTheManifestNamesAndIsThereIsReleased(t *testing.T) {
	address := func(link, prefix string) plan.Address {
		return plan.Address{Link: link, Prefix: netip.MustParsePrefix(prefix)}
	}
	ours := []plan.Address{address("eth0", "192.0.2.100/32"), address("eth1", "192.0.2.101/32"), address("eth0", "192.0.2.102/32")}
	there := []plan.Address{address("eth0", "192.0.2.31/24"), address("eth0", "192.0.2.100/32"), address("eth0", "192.0.2.101/32"), address("eth0", "192.0.2.102/24")}
	got := leftAddresses(ours, there)
	want := plan.Plan{{Verb: plan.DeleteAddress, Address: there[1]}}
	if !slices.Equal(got.Lines(), want.Lines()) {
		t.Fatal(got.Lines())
	}
}

func TestOnlyDaemonsOfTheManifestThatRunAsTheyWereStartedAreStopped(t *testing.T) {
	daemon := func(state plan.SyncState, id uint8) plan.SyncDaemon {
		return plan.SyncDaemon{State: state, Link: "eth0", ID: id}
	}
	ours := []plan.SyncDaemon{daemon(plan.SyncMaster, 51), daemon(plan.SyncBackup, 51)}
	there := []plan.SyncDaemon{daemon(plan.SyncMaster, 51), daemon(plan.SyncBackup, 7)} // 7 is a stranger's
	there[0].MaxLen = 1472
	if got := leftDaemons(ours, there).Lines(); !slices.Equal(got, []string{"ipvsadm --stop-daemon master"}) {
		t.Fatal(got)
	}
}

func TestStrangersDestinationsKeepTheirService(t *testing.T) {
	key := func(a string) plan.ServiceKey {
		return plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr(a), Port: 80}
	}
	to := func(a string) plan.Destination {
		return plan.Destination{Addr: netip.MustParseAddr(a), Port: 80, Method: plan.DirectRoute, Weight: 1}
	}
	service := func(a string, to ...plan.Destination) plan.Service {
		return plan.Service{Key: key(a), Scheduler: "rr", Destinations: to}
	}
	ours := []plan.Service{
		service("192.0.2.100", to("192.0.2.33"), to("192.0.2.34")),
		service("192.0.2.101", to("192.0.2.33")),
		service("192.0.2.102", to("192.0.2.33")),
	}
	there := []plan.Service{
		service("192.0.2.100", to("192.0.2.33"), to("192.0.2.99")), // 99 is a stranger's
		service("192.0.2.101", to("192.0.2.33")),
		service("192.0.2.200", to("192.0.2.33")), // a stranger's
	}
	lines := leftServices(ours, there).Lines()
	slices.Sort(lines)
	want := []string{"ipvsadm -D -t 192.0.2.101:80", "ipvsadm -d -t 192.0.2.100:80 -r 192.0.2.33:80"}
	if !slices.Equal(lines, want) {
		t.Fatal(lines)
	}
}

// inNamespace runs f on a thread with a network of its own.
func inNamespace(t *testing.T, f func()) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the namespace ends with the thread
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			done <- err
			return
		}
		for _, line := range []string{"link add eth0 type veth peer name eth1", "link set eth0 up", "addr add 192.0.2.31/24 dev eth0", "addr add 192.0.2.102/32 dev eth0"} {
			if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
				done <- errors.New(line + ": " + string(out))
				return
			}
		}
		f()
		done <- nil
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestReleaseTakesOurAddressAndLeavesTheOperators(t *testing.T) {
	dir := t.TempDir()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	manifest := plan.State{Addresses: []plan.Address{
		{Link: "eth0", Prefix: netip.MustParsePrefix("192.0.2.100/32")},
		{Link: "eth0", Prefix: netip.MustParsePrefix("192.0.2.102/32")}, // set by hand: it lacks our mark
	}}
	text, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "vrrp.manifest")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	inNamespace(t, func() {
		door, err := kernel.OpenNet()
		if err != nil {
			t.Error(err)
			return
		}
		defer door.Close()
		if _, err := door.OurAddresses(); err != nil {
			t.Error("this kernel keeps no marks:", err)
			return
		}
		if _, err := door.Apply(context.Background(), plan.Plan{{Verb: plan.AddAddress, Address: manifest.Addresses[0]}}); err != nil {
			t.Error(err)
			return
		}
		if err := ReleaseLeft(context.Background(), "vrrp", dir, log); err != nil {
			t.Error(err)
			return
		}
		eth0, err := net.InterfaceByName("eth0")
		if err != nil {
			t.Error(err)
			return
		}
		addrs, err := eth0.Addrs()
		if err != nil {
			t.Error(err)
			return
		}
		var left []string
		for _, a := range addrs {
			if strings.HasPrefix(a.String(), "192.") {
				left = append(left, a.String())
			}
		}
		slices.Sort(left)
		if !slices.Equal(left, []string{"192.0.2.102/32", "192.0.2.31/24"}) {
			t.Error(left)
		}
	})
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("the manifest is still there:", err)
	}
}

func TestReleaseTakesOurRoutesAndRulesAndLeavesTheOperators(t *testing.T) {
	dir := t.TempDir()
	route := func(words string) plan.Route {
		r, err := plan.ParseRoute(words)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	rule := func(words string) plan.Rule {
		r, err := plan.ParseRule(words)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	ours := plan.State{Routes: []plan.Route{route("blackhole 198.51.100.0/24"), route("blackhole 198.51.101.0/24")}, Rules: []plan.Rule{rule("table 7 preference 9")}}
	byHand := plan.State{Routes: []plan.Route{route("blackhole 198.51.100.0/24 protocol 4")}, Rules: []plan.Rule{rule("table 8 preference 9")}}
	if err := state.ManifestOf(dir, "vrrp").Write(ours); err != nil {
		t.Fatal(err)
	}
	inNamespace(t, func() {
		door, err := kernel.OpenNet()
		if err != nil {
			t.Error(err)
			return
		}
		defer door.Close()
		there := plan.State{Routes: append(ours.Routes[:1:1], byHand.Routes...), Rules: append(ours.Rules, byHand.Rules...)}
		if _, err := door.Apply(context.Background(), plan.Diff(plan.State{}, there)); err != nil {
			t.Error(err)
			return
		}
		if err := ReleaseLeft(context.Background(), "vrrp", dir, slog.New(slog.DiscardHandler)); err != nil {
			t.Error(err)
			return
		}
		routes, err := door.Routes(append(ours.Routes, byHand.Routes...))
		rules, alsoErr := door.Rules(append(ours.Rules, byHand.Rules...))
		if err != nil || alsoErr != nil || !slices.Equal(routes, byHand.Routes) || !slices.Equal(rules, byHand.Rules) {
			t.Errorf("%v, %v, %v, %v", routes, rules, err, alsoErr)
		}
	})
}

func TestNothingIsReleasedWhileARoleLives(t *testing.T) {
	s := newStage(t)
	s.start()
	err := ReleaseLeft(context.Background(), "vrrp", s.dir, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if !errors.Is(err, state.ErrRunning) {
		t.Fatal(err)
	}
}

// A role sets what a macvlan needs of its parent; what somebody else set since stays.
func TestReleaseOfMacvlansPutsBackOnlyWhatIsAsItWasSet(t *testing.T) {
	left := plan.State{Links: []plan.Link{{Name: "vrrp.51", Parent: "eth0"}}, Settings: []plan.Setting{
		{Link: "eth0", Name: plan.ARPAnnounce}, {Link: "eth0", Name: plan.ARPIgnore}, {Link: "eth1", Name: plan.ARPIgnore}}}
	p := leftLinks(left, func(link, name string) (int, error) {
		if link == "eth1" {
			return 0, unix.ENODEV
		}
		return 2, nil
	})
	if got := p.Lines(); !slices.Equal(got, []string{"ip link del dev vrrp.51", "sysctl -w net.ipv4.conf.eth0.arp_announce=0"}) {
		t.Errorf("%q", got)
	}
}

func TestReleaseTakesOurDropsAndLeavesTheOthers(t *testing.T) {
	dir := t.TempDir()
	drop := func(addr string) plan.Drop { return plan.Drop{Addr: netip.MustParseAddr(addr), Link: "eth0"}.Normal() }
	ours := plan.State{Drops: []plan.Drop{drop("192.0.2.100"), drop("192.0.2.101"), drop("fe80::100")}} // the second one is not there
	other := drop("192.0.2.102")
	if err := state.ManifestOf(dir, "vrrp").Write(ours); err != nil {
		t.Fatal(err)
	}
	inNamespace(t, func() {
		door, err := kernel.OpenNet()
		if err != nil {
			t.Error(err)
			return
		}
		defer door.Close()
		there := plan.State{Drops: []plan.Drop{ours.Drops[0], ours.Drops[2], other}}
		if _, err := door.Apply(context.Background(), plan.Diff(plan.State{}, there)); err != nil {
			t.Error(err)
			return
		}
		if err := ReleaseLeft(context.Background(), "vrrp", dir, slog.New(slog.DiscardHandler)); err != nil {
			t.Error(err)
			return
		}
		if left, err := door.Drops(nil); err != nil || !slices.Equal(left, []plan.Drop{other}) {
			t.Errorf("left are %v: %v", left, err)
		}
	})
}

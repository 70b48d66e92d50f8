package parent_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/test/lab"
)

// What follows was reported of keepalived by its users, and has to go well here.

// instance is what the router says of its one instance; empty while it does not answer.
func (h *house) instance() control.InstanceStatus {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if st, err := h.client("vrrp").Status(ctx); err == nil && len(st.Instances) == 1 {
		return st.Instances[0]
	}
	return control.InstanceStatus{}
}

// All processes are killed, and the text names another address before the next start.
func TestAnAddressThatAKillLeftIsSwappedForThatOfTheNextText(t *testing.T) {
	t.Parallel()
	h, first := master(t)
	h.node.KillAll()
	first.Wait(5 * time.Second)
	if !h.node.Holds(virtual) {
		t.Fatal("the kill took the address along; this test shows nothing")
	}
	other := netip.MustParseAddr("192.0.2.101")
	h.write(strings.Replace(config("one", priority), virtual.String(), other.String(), 1))
	h.start("second")
	h.until("the new address is held, and the old one gone", func() bool { return h.node.Holds(other) && !h.node.Holds(virtual) })
}

// A container may lack rights, or run as somebody else than root.
func TestWithoutItsRightsTheRouterSaysWhichAndSendsNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		without []string // arguments of setpriv
		codes   []string
	}{
		"net_admin": {[]string{"--bounding-set=-net_admin", "--inh-caps=-net_admin"}, []string{"no-net-admin"}},
		"net_raw":   {[]string{"--bounding-set=-net_raw", "--inh-caps=-net_raw"}, []string{"no-net-raw"}},
		"both": {[]string{"--bounding-set=-net_admin,-net_raw", "--inh-caps=-net_admin,-net_raw"},
			[]string{"no-net-admin", "no-net-raw"}},
		"nobody": {[]string{"--reuid=65534", "--regid=65534", "--clear-groups"}, []string{"no-net-admin", "no-net-raw"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.run = filepath.Join(h.lab.Dir, "own", "run")
			for _, dir := range []string{h.lab.Dir, filepath.Dir(h.run)} {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chown(filepath.Dir(h.run), 65534, 65534); err != nil {
				t.Fatal(err)
			}
			argv := append(append([]string{"setpriv"}, c.without...),
				binary, "run", "-f", h.file, "--run-dir", h.run, "--state-dir", h.run+"/state", "--node", "d1")
			h.node.Start("lacking", lab.Setting{Env: []string{"TMPDIR=" + h.lab.Dir}}, argv...)
			h.until("the router is at fault and names a right that is missing", func() bool {
				in := h.instance()
				foreign := slices.ContainsFunc(in.Held, func(one control.Blocked) bool { return !slices.Contains(c.codes, one.Code) })
				return in.State == "FAULT" && len(in.Held) > 0 && !foreign
			})
			if sent := h.wire.Adverts(h.node.Addr, h.began); len(sent) > 0 || h.node.Holds(virtual) {
				t.Errorf("%d adverts, address held: %v", len(sent), h.node.Holds(virtual))
			}
		})
	}
}

// A container that is killed leaves files that name its processes; the next one has
// the same numbers for others.
func TestAContainerThatWasKilledStartsAgainUnderTheSameNumbers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for round := range 4 {
		outer := h.node.Start(fmt.Sprintf("container%d", round), lab.Setting{Env: []string{"TMPDIR=" + h.lab.Dir}},
			"unshare", "--fork", "--pid", "--mount-proc", binary, "run", "-f", h.file, "--run-dir", h.run, "--node", "d1")
		h.until("the router is master again", func() bool { return h.instance().State == "MASTER" && h.node.Holds(virtual) })
		first := 0
		for pid := range children(t, outer.PID()) {
			first = pid
		}
		if first == 0 {
			t.Fatal("the first process of the container is not there")
		}
		if err := syscall.Kill(first, syscall.SIGKILL); err != nil { // and with it all of its namespace
			t.Fatal(err)
		}
		outer.Wait(10 * time.Second)
		if h.instance().State != "" {
			t.Fatal("a router outlived its container")
		}
	}
}

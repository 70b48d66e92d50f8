package parent_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/state"
	"holdfast/test/lab"
)

// seat is how a parent is started: the command, and its directories below the lab's.
type seat struct{ command, data, state, run string }

func (h *house) sit(name string, s seat) *lab.Process {
	h.Helper()
	args := []string{binary, s.command, "--run-dir", h.lab.Dir + "/" + s.run, "--state-dir", h.lab.Dir + "/" + s.state, "--node", "d1"}
	if s.command == "run" {
		args = append(args, "-f", h.file)
	} else {
		args = append(args, "--data", h.lab.Dir+"/"+s.data, "--listen", "127.0.0.1:0")
	}
	return h.node.Start(name, lab.Setting{}, args...)
}

func TestSecondParentOfAnyDirectoryOrRouterIsRefusedByNameOfTheFirst(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"serve", "run"} {
		t.Run("beside "+first, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.node.Run("ip", "link", "set", "lo", "up")
			h.seed(h.lab.Dir + "/state1")
			p := h.sit("first", seat{first, "data1", "state1", "run1"})
			h.run = h.lab.Dir + "/run1"
			h.wire.Expect("the first advert", h.began, 20*time.Second, h.advert(priority))
			for _, c := range []struct {
				shared string
				seat
				removed bool // the first one's run directory is removed before
			}{
				{"data", seat{"serve", "data1", "state2", "run2"}, false},
				{"state", seat{"serve", "data2", "state1", "run3"}, false},
				{"state", seat{"run", "", "state1", "run4"}, false},
				{"run", seat{"serve", "data3", "state3", "run1"}, false},
				{"run", seat{"run", "", "state4", "run1"}, false},
				{"", seat{"serve", "data5", "state5", "run5"}, false},
				{"", seat{"run", "", "state6", "run6"}, false},
				{"run", seat{"run", "", "state7", "run1"}, true},
				{"run", seat{"serve", "data8", "state8", "run1"}, true},
			} {
				if c.shared == "data" && first == "run" {
					continue // it has none
				}
				if c.removed {
					h.must(os.RemoveAll(h.run))
				}
				if c.state != "state1" {
					h.seed(h.lab.Dir + "/" + c.state)
				}
				name := fmt.Sprintf("second-%s-%s-%v", c.command, c.run, c.removed)
				second := h.sit(name, c.seat)
				if code := second.Wait(10 * time.Second); code != 1 {
					t.Errorf("%s: code %d", name, code)
				}
				out := second.Output()
				want := []string{"process " + strconv.Itoa(p.PID()), h.lab.Dir + "/" + map[string]string{"data": "data1", "state": "state1", "run": "run1"}[c.shared]}
				if c.shared == "" {
					want = []string{"process ", h.run, "virtual router 51 on eth0"}
				}
				for _, w := range want {
					if !strings.Contains(out, w) {
						t.Errorf("%s: %q is not in:\n%s", name, w, out)
					}
				}
				if strings.Contains(out, "--run-dir") {
					t.Errorf("%s suggests what makes it worse:\n%s", name, out)
				}
				if _, err := os.Stat(h.lab.Dir + "/" + c.data + "/web"); c.command == "serve" && c.data != "data1" && err == nil {
					t.Errorf("%s touched a database", name)
				}
			}
			if p.Ended() || !h.node.Holds(virtual) {
				t.Error("the first one lost something")
			}
			if n := len(h.node.Find("vrrp")); n != 1 {
				t.Errorf("%d vrrp processes", n)
			}
		})
	}
}

func TestTextWithARouterOfAnotherHouseIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.node.Run("ip", "link", "set", "lo", "up")
	h.sit("first", seat{"run", "", "state1", "run1"})
	h.wire.Expect("the first advert", h.began, 20*time.Second, h.advert(priority))
	other := strings.Replace(config("two", priority), "virtual_router_id 51", "virtual_router_id 52", 1)
	other = strings.Replace(other, "192.0.2.100", "192.0.2.101", 1)
	for _, role := range control.Roles {
		h.must(state.SaveText(h.lab.Dir+"/state2", role, other))
	}
	h.sit("second", seat{"serve", "data2", "state2", "run2"})
	h.run = h.lab.Dir + "/run2"
	h.until("another router beside it is served", func() bool { _, err := h.client("vrrp").Status(t.Context()); return err == nil })
	_, err := h.client("vrrp").Apply(t.Context(), control.ApplyRequest{Text: config("two", priority)})
	if err == nil || !strings.Contains(err.Error(), h.lab.Dir+"/run1") {
		t.Error(err)
	}
}

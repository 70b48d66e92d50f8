package lvsrole

import (
	"slices"
	"strings"
	"testing"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// grouped is a virtual server of a group with these lines; more goes into its block.
func grouped(lines, more string) string {
	return "virtual_server_group web {\n" + lines + "\n}\n" + strings.Replace(brisk(more), "virtual_server 192.0.2.100 80", "virtual_server group web", 1)
}

// linesOf is the table, as lines.
func (w *world) linesOf() []string {
	return plan.Diff(plan.State{}, plan.State{Services: w.table()}).Lines()
}

func TestAVirtualServerGroupIsAServiceForEachOfItsLines(t *testing.T) {
	w := newWorld(t)
	p := w.boot(configOf(t, grouped("192.0.2.100 80\n192.0.2.110-111 81\nfwmark 7 inet", "")), w.options())
	want := []string{
		"ipvsadm -A -f 7 -s wrr", "ipvsadm -a -f 7 -r 192.0.2.33:0 -g -w 1", "ipvsadm -a -f 7 -r 192.0.2.34:0 -g -w 2",
		"ipvsadm -A -t 192.0.2.100:80 -s wrr", "ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.33:80 -g -w 1", "ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.34:80 -g -w 2",
		"ipvsadm -A -t 192.0.2.110:81 -s wrr", "ipvsadm -a -t 192.0.2.110:81 -r 192.0.2.33:81 -g -w 1", "ipvsadm -a -t 192.0.2.110:81 -r 192.0.2.34:81 -g -w 2",
		"ipvsadm -A -t 192.0.2.111:81 -s wrr", "ipvsadm -a -t 192.0.2.111:81 -r 192.0.2.33:81 -g -w 1", "ipvsadm -a -t 192.0.2.111:81 -r 192.0.2.34:81 -g -w 2",
	}
	eventually(t, "all services", func() bool { return slices.Equal(w.linesOf(), want) })
	s := p.status().Virtuals
	if len(s) != 1 || s[0].Name != "tcp:group:web" || !slices.Equal(s[0].Wanted, want) {
		t.Errorf("status %+v", s)
	}
	eventually(t, "it is installed", func() bool { return p.status().Virtuals[0].Installed })
	p.stop(control.Release)
	if left := w.linesOf(); len(left) > 0 {
		t.Errorf("left %q", left)
	}
}

func TestAReloadTouchesOnlyTheLinesOfAGroupThatChange(t *testing.T) {
	w := newWorld(t)
	p := w.boot(configOf(t, grouped("192.0.2.100 80\n192.0.2.101 80", "")), w.options())
	w.breakDown(firstServer, "connection refused")
	eventually(t, "one server in both", func() bool {
		return len(w.table()) == 2 && poolOf(w.table()[0]) == "192.0.2.34=2" && poolOf(w.table()[1]) == "192.0.2.34=2"
	})
	// The first line leaves: the state is that of the group, not of its first address.
	next := configOf(t, grouped("192.0.2.101 80\n192.0.2.102 80", ""))
	want := []string{
		"ipvsadm -A -t 192.0.2.102:80 -s wrr", "ipvsadm -a -t 192.0.2.102:80 -r 192.0.2.34:80 -g -w 2",
		"ipvsadm -D -t 192.0.2.100:80",
	}
	planned, err := p.role.Plan(t.Context(), next)
	if err != nil || !slices.Equal(planned.Lines, want) {
		t.Errorf("planned %q, %v", planned.Lines, err)
	}
	done := p.apply(next)
	if !slices.Equal(done.Lines, want) || len(done.Changes) == 0 {
		t.Errorf("done %q, changes %q", done.Lines, done.Changes)
	}
	if s := p.status().Virtuals[0]; s.Servers[0].State != "DOWN" {
		t.Errorf("the server is %s", s.Servers[0].State)
	}
	if same := p.apply(configOf(t, grouped("192.0.2.101 80\n192.0.2.102 80", ""))); len(same.Operations) > 0 {
		t.Errorf("the same text does %q", same.Lines)
	}
	p.stop(control.Release)
}

func TestTheSorryServerOfAGroupIsInEachOfItsServices(t *testing.T) {
	w := newWorld(t)
	p := w.boot(configOf(t, grouped("192.0.2.100 80\nfwmark 7", "")), w.options())
	w.breakDown(firstServer, "connection refused")
	w.breakDown(otherServer, "connection refused")
	eventually(t, "the sorry server alone", func() bool {
		return slices.Equal(w.linesOf(), []string{
			"ipvsadm -A -f 7 -s wrr", "ipvsadm -a -f 7 -r 127.0.0.1:0 -g -w 1",
			"ipvsadm -A -t 192.0.2.100:80 -s wrr", "ipvsadm -a -t 192.0.2.100:80 -r 127.0.0.1:80 -g -w 1",
		})
	})
	p.stop(control.Release)
}

func TestAVirtualServerOfAMarkHasItsFamily(t *testing.T) {
	marked := func(head, server string) string {
		return head + "\nlvs_sched rr\nlvs_method NAT\nreal_server " + server + " {\n}\n}\n"
	}
	for text, want := range map[string][]string{
		marked("virtual_server fwmark 5 {", "192.0.2.33 80"):                     {"ipvsadm -A -f 5 -s rr", "ipvsadm -a -f 5 -r 192.0.2.33:80 -m -w 1"},
		marked("virtual_server fwmark 5 {", "192.0.2.33"):                        {"ipvsadm -A -f 5 -s rr", "ipvsadm -a -f 5 -r 192.0.2.33:0 -m -w 1"},
		marked("virtual_server fwmark 5 inet6 {", "fd00::33 80"):                 {"ipvsadm -A -f 5 -6 -s rr", "ipvsadm -a -f 5 -6 -r [fd00::33]:80 -m -w 1"},
		marked("virtual_server fwmark 5 {\nip_family inet6", "fd00::33 80"):      {"ipvsadm -A -f 5 -6 -s rr", "ipvsadm -a -f 5 -6 -r [fd00::33]:80 -m -w 1"},
		marked("virtual_server fwmark 5 {\npersistence_timeout 60", "192.0.2.3"): {"ipvsadm -A -f 5 -s rr -p 60", "ipvsadm -a -f 5 -r 192.0.2.3:0 -m -w 1"},
	} {
		w := newWorld(t)
		p := w.boot(configOf(t, text), w.options())
		eventually(t, text, func() bool { return slices.Equal(w.linesOf(), want) })
		p.stop(control.Release)
	}
}

func TestTheNextRunKnowsTheServicesOfAGroup(t *testing.T) {
	w := newWorld(t)
	cfg := configOf(t, grouped("192.0.2.100 80\n192.0.2.101 80", ""))
	p := w.boot(cfg, w.options())
	eventually(t, "both services", func() bool { return len(w.linesOf()) == 6 })
	p.crash()
	before := len(w.twin.Applied())
	p = w.boot(cfg, w.options())
	eventually(t, "they are installed", func() bool { return p.status().Virtuals[0].Installed })
	if n := len(w.twin.Applied()) - before; n > 0 {
		t.Errorf("%d operations, want none", n)
	}
	if planned := p.apply(model.Config{}); len(planned.Operations) != 2 {
		t.Errorf("without the text: %q", planned.Lines)
	}
	p.stop(control.Release)
}

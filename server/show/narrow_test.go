package show

import (
	"io"
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
)

// mixed is a node on which some things are as they should be and some are not.
func mixed() Status {
	server := func(name, state string) control.ServerStatus { return control.ServerStatus{Name: name, State: state} }
	drained := control.ServerStatus{Name: "192.0.2.34:80", State: "DRAINED", Order: &control.OrderStatus{Mode: "drain"}}
	return Status{
		VRRP: &control.Status{Role: "vrrp", Instances: []control.InstanceStatus{
			{Name: "VI_1", State: "MASTER", Addresses: []string{"192.0.2.100/24"}},
			{Name: "VI_2", State: "FAULT", Group: "VG"},
			{Name: "VI_3", State: "BACKUP", Incidents: []control.Incident{{Severity: "unknown"}}},
			{Name: "VI_4", State: "MASTER", Incidents: []control.Incident{{Severity: "error"}}},
		}, Scripts: []control.ScriptStatus{{Name: "good", State: "OK"}, {Name: "bad", State: "FAILED"}}},
		LVS: &control.Status{Role: "lvs", Strangers: []string{"-A -t 198.51.100.1:80"}, Virtuals: []control.VirtualStatus{
			{Name: "tcp:192.0.2.100:80", QuorumUp: true, Servers: []control.ServerStatus{server("192.0.2.31:80", "UP"), server("192.0.2.32:80", "DOWN"), drained}},
			{Name: "tcp:192.0.2.101:80", QuorumUp: false, Servers: []control.ServerStatus{server("192.0.2.41:80", "UP")}},
			{Name: "tcp:192.0.2.102:80", QuorumUp: true, Servers: []control.ServerStatus{server("192.0.2.51:80", "UP"), server("192.0.2.52:80", "UNCHECKED")}},
		}},
	}
}

// named are the names in a status, those of real servers behind that of their service.
func named(s Status) string {
	var all []string
	for _, in := range s.VRRP.Instances {
		all = append(all, in.Name)
	}
	for _, sc := range s.VRRP.Scripts {
		all = append(all, sc.Name)
	}
	for _, v := range s.LVS.Virtuals {
		all = append(all, v.Name)
		for _, r := range v.Servers {
			all = append(all, r.Name)
		}
	}
	return strings.Join(all, " ")
}

func TestStatusShowsWhatIsNotAsItShouldBe(t *testing.T) {
	all := mixed()
	unwell := Unwell(all)
	if got, want := named(unwell), "VI_2 VI_4 bad tcp:192.0.2.100:80 192.0.2.32:80 tcp:192.0.2.101:80 192.0.2.41:80"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if Fine(unwell) {
		t.Error("all is well")
	}
	if named(all) != named(mixed()) {
		t.Error("the status itself was changed")
	}
	for what, change := range map[string]func(*Status){
		"nothing is wrong":       func(*Status) {},
		"a role is silent":       func(s *Status) { s.Silent = map[string]string{"lvs": "gone"} },
		"a role is blocked":      func(s *Status) { s.LVS.Held = []control.Blocked{{Code: "no-ipvs"}} },
		"a change is to be kept": func(s *Status) { s.VRRP.Pending = &control.Pending{Until: time.Now()} },
	} {
		s := Status{VRRP: &control.Status{Instances: mixed().VRRP.Instances[:1]}, LVS: &control.Status{Virtuals: mixed().LVS.Virtuals[2:]}}
		change(&s)
		if got := Fine(Unwell(s)); got != (what == "nothing is wrong") {
			t.Errorf("%s: fine %v", what, got)
		}
	}
}

func TestStatusOfANameShowsWhatItIsPartOf(t *testing.T) {
	for name, want := range map[string]string{
		"192.0.2.100":   "VI_1 tcp:192.0.2.100:80 192.0.2.31:80 192.0.2.32:80 192.0.2.34:80",
		"vg":            "VI_2",
		"BAD":           "bad",
		"192.0.2.32:80": "tcp:192.0.2.100:80 192.0.2.32:80",
	} {
		narrow, found := Narrowed(mixed(), name)
		if got := named(narrow); !found || got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
	if _, found := Narrowed(mixed(), "nobody"); found {
		t.Error("something is found of nobody")
	}
	for _, lang := range []string{"en", "zh-CN"} {
		e := &Env{Lang: lang, Out: io.Discard}
		if text := StatusText(e, Unwell(mixed()), time.Now()); strings.Contains(text, "198.51.100.1") || !strings.Contains(text, "VI_2") {
			t.Errorf("%s:\n%s", lang, text)
		}
	}
}

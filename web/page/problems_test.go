package page

import (
	"slices"
	"strings"
	"testing"

	"holdfast/assets"
	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/web/live"
)

func TestARefusedRouterNeedsAttention(t *testing.T) {
	s := live.Snapshot{VRRP: live.Side{Status: control.Status{Instances: []control.InstanceStatus{{Name: "VI_1", State: "MASTER",
		Complaints: []control.Complaint{{Code: "packet-auth-failed", From: "192.0.2.9"}}}}}}}
	list := problemsOf(s)
	if len(list) != 1 || list[0].State != "CONFLICT" || list[0].Complaint == nil {
		t.Fatalf("got %+v", list)
	}
	for lang, want := range map[string]string{"en": "192.0.2.9 bears another auth_pass", "zh-CN": "来自 192.0.2.9 的通告的 auth_pass"} {
		if got := (words{lang: lang}).complaint(*list[0].Complaint); !strings.Contains(got, want) {
			t.Errorf("%s: %s", lang, got)
		}
	}
	if h := headlineOf(s, list); h.Code != "problem-CONFLICT" {
		t.Errorf("the headline is %s", h.Code)
	}
}

func TestWhatHoldsBothRolesBackIsToldOfTheSameOneEachTime(t *testing.T) {
	held := []control.Blocked{{Code: "no-net-admin"}}
	s := live.Snapshot{
		VRRP: live.Side{Status: control.Status{Held: held, Instances: []control.InstanceStatus{{Name: "VI_1", State: "MASTER", Held: held}}}},
		LVS:  live.Side{Status: control.Status{Held: held}},
	}
	for range 50 {
		if got := problemsOf(s); len(got) != 1 || got[0].Object != "vrrp" {
			t.Fatalf("got %+v", got)
		}
	}
}

func TestWhatHoldsOneThingBackIsToldOfEach(t *testing.T) {
	held := func(code string, objects ...string) (list []control.Blocked) {
		for _, o := range objects {
			list = append(list, control.Blocked{Object: o, Code: code})
		}
		return list
	}
	s := live.Snapshot{
		VRRP: live.Side{Status: control.Status{Held: append(held(code.NotifyNotRun, "VI_1"), held(code.KernelRefused, "eth0")...),
			Instances: []control.InstanceStatus{{Name: "VI_1", State: "MASTER", Held: held(code.KernelRefused, "VI_1")}}}},
		LVS: live.Side{Status: control.Status{Held: held(code.NotifyNotRun, "tcp:192.0.2.100:80", "tcp:192.0.2.101:80")}},
	}
	var got []string
	for _, p := range problemsOf(s) {
		got = append(got, p.Held.Code+" "+p.Object)
	}
	slices.Sort(got)
	want := []string{"kernel-refused VI_1", "kernel-refused eth0", "notify-not-run VI_1", "notify-not-run tcp:192.0.2.100:80", "notify-not-run tcp:192.0.2.101:80"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestARoleThatRunsAnotherTextIsTheFirstSentence(t *testing.T) {
	for _, c := range code.Texts {
		s := live.Snapshot{
			VRRP: live.Side{Status: control.Status{Instances: []control.InstanceStatus{{Name: "VI_1", State: "FAULT"}}}},
			LVS:  live.Side{Status: control.Status{Held: []control.Blocked{{Code: c, Args: map[string]string{"hash": "0123456789", "previous": "9876543210", "Object": "lvs"}}}}},
		}
		list := problemsOf(s)
		if h := headlineOf(s, list); h.Code != "problem-OFF-TEXT" || h.Tone != "error" || h.Args["Object"] != "lvs" {
			t.Errorf("%s: %+v", c, h)
		}
		for _, lang := range assets.Langs {
			for _, id := range []string{"ui.state.OFF-TEXT", "ui.headline.problem-OFF-TEXT", "held." + c} {
				if said := assets.Text(lang, id, list[0].Held.Args); strings.Contains(said, "no value") || strings.HasPrefix(said, "[") {
					t.Error(lang, said)
				}
			}
		}
	}
}

func TestEachRoleThatRunsAnotherTextIsListed(t *testing.T) {
	held := []control.Blocked{{Code: code.TextDamaged}}
	s := live.Snapshot{VRRP: live.Side{Status: control.Status{Held: held}}, LVS: live.Side{Status: control.Status{Held: held}}}
	if got := problemsOf(s); len(got) != 2 {
		t.Fatalf("got %+v", got)
	}
}

func TestRolesThatRunDifferentTextsAreTheFirstSentence(t *testing.T) {
	down := []control.VirtualStatus{{Name: "tcp:192.0.2.100:80", State: "DOWN"}}
	s := live.Snapshot{VRRP: live.Side{Status: control.Status{Hash: "one"}}, LVS: live.Side{Status: control.Status{Hash: "two", Virtuals: down}}}
	if h := headlineOf(s, problemsOf(s)); h.Code != "problem-SPLIT" || h.Tone != "error" || h.Link != "/changes" {
		t.Errorf("different: %+v", h)
	}
	s.LVS.Status.Pending = &control.Pending{Hash: "two"}
	if h := headlineOf(s, problemsOf(s)); h.Code != "problem-DOWN" {
		t.Errorf("while one waits: %+v", h)
	}
}

func TestIncidentsStandInPlaceOfTheComplaintsThatTheyExplain(t *testing.T) {
	list := problemsOf(live.Snapshot{VRRP: live.Side{Status: control.Status{Instances: []control.InstanceStatus{
		{Name: "VI_1", State: "MASTER",
			Complaints: []control.Complaint{{Code: code.PacketAuthFailed, From: "192.0.2.9"}},
			Incidents:  []control.Incident{{Code: code.TwoMasters, Severity: "error", Cause: code.PacketAuthFailed, From: "192.0.2.9", Addresses: []string{"192.0.2.100"}}}},
		{Name: "VI_2", State: "MASTER", Incidents: []control.Incident{{Code: code.BackupUnknown, Severity: "unknown"}}},
		{Name: "VI_3", State: "MASTER", Incidents: []control.Incident{{Code: code.BackupUnknown, Severity: "unknown"}}},
	}}}})
	if len(list) != 2 || list[0].State != "TWO-MASTERS" || list[1].State != "NO-BACKUP" || list[1].Count != "2" {
		t.Fatalf("%+v", list)
	}
	for lang, want := range map[string]string{"en": "192.0.2.100 is held by two routers: this node and 192.0.2.9", "zh-CN": "192.0.2.100 同时被两台路由器持有：本节点和 192.0.2.9"} {
		said := (words{lang: lang}).incident(*list[0].Incident)
		if len(said) != 2 || said[0] != want {
			t.Errorf("%s: %q", lang, said)
		}
	}
}

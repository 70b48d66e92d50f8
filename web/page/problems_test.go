package page

import (
	"strings"
	"testing"

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

package show

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/engine/code"
	"holdfast/engine/control"
)

var now = time.Unix(100_000, 0)

// pair is a vrrp role whose one instance has all there is to tell.
func pair() Status {
	return Status{LVS: &control.Status{Role: "lvs"}, VRRP: &control.Status{Role: "vrrp", Instances: []control.InstanceStatus{{
		Name: "VI_1", State: "MASTER", Priority: 101, Base: 101, Addresses: []string{"192.0.2.100/32"},
		Why: &control.Why{Code: code.WhyBetter, Own: 101, From: "192.0.2.32", Priority: 98, Sum: "100 + 1 (lan) = 101",
			Ifs: []control.If{{Kind: "script", Name: "haproxy", Fails: true, Priority: 99, Code: code.IfStays, From: "192.0.2.32", Peer: 98}}},
		Complaints: []control.Complaint{{Code: code.PacketAuthFailed, From: "192.0.2.32", Count: 12}},
		Incidents: []control.Incident{
			{Code: code.TwoMasters, Severity: "error", Cause: code.PacketAuthFailed, From: "192.0.2.32", Priority: 98, Addresses: []string{"192.0.2.100"},
				Since: now.Add(-20 * time.Second), Last: now.Add(-time.Second)},
			{Code: code.BackupUnknown, Severity: "unknown", Since: now.Add(-time.Hour)},
		},
	}}}}
}

func TestTheStatusSaysWhyAndWhatIsWrong(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {
			"  VI_1 is MASTER: its priority 101 is not below the 98 of 192.0.2.32, the other router that was heard last; 100 + 1 (lan) = 101\n",
			"    if haproxy fails now, the priority becomes 99, 192.0.2.32 has 98, nothing moves\n",
			"  ! VI_1: 192.0.2.100 is held by two routers: this node and 192.0.2.32 (priority 98) (for 20s, last heard 1s ago)\n",
			"    likely cause: an advertisement from 192.0.2.32 bears another auth_pass than ours",
			"  ? VI_1: whether a backup is ready is not known: no other router whose adverts count here was heard within the last hour (for 1h0m)\n",
		},
		"zh-CN": {
			"  VI_1 为 MASTER：它的优先级 101 不低于最后听到的另一台路由器 192.0.2.32 的 98；100 + 1 (lan) = 101\n",
			"    如果 haproxy 现在失败，优先级变为 99，192.0.2.32 为 98，没有地址移动\n",
			"  ! VI_1: 192.0.2.100 同时被两台路由器持有：本节点和 192.0.2.32（优先级 98）（已持续 20s，最近一次在 1s 前听到）\n",
		},
	} {
		text := StatusText(&Env{Lang: lang}, pair(), now)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
		if strings.Count(text, "192.0.2.32 bears another") > 1 {
			t.Errorf("told twice:\n%s", text)
		}
	}
}

func TestWhatIsHeardIsListed(t *testing.T) {
	heard := control.Adverts{At: now, Missed: 3, List: []control.Advert{
		{Interface: "eth0", VRID: 9, From: "192.0.2.3", Priority: 77, Version: 2, Auth: "PASS", Interval: time.Second, Addresses: []string{"192.0.2.109"}, Live: true, Last: now.Add(-time.Second), Count: 12},
		{Interface: "eth0", VRID: 51, From: "192.0.2.2", Priority: 100, Version: 3, Interval: time.Second, Resigned: true, Instances: []string{"VI_1"}, Refused: code.PacketVersion, MAC: "02:00:00:00:00:02"},
	}}
	text := AdvertsText(&Env{Lang: "en"}, heard)
	for _, w := range []string{"2 PASS", "192.0.2.109", "100, resigned", "VI_1", "02:00:00:00:00:02", "! an advertisement from 192.0.2.2 is of another version", "3 adverts came from more senders"} {
		if !strings.Contains(text, w) {
			t.Errorf("no %q in\n%s", w, text)
		}
	}
	if text := AdvertsText(&Env{Lang: "zh-CN"}, control.Adverts{}); !strings.Contains(text, "没有听到其他 VRRP 路由器") {
		t.Error(text)
	}
}

func TestAPlanForetellsBesideItsLines(t *testing.T) {
	var out, said bytes.Buffer
	planned := control.Planned{Foretold: true, Lines: []string{"ip address add 192.0.2.100/32 dev eth0"}, Forecast: []control.Forecast{{
		Object: "VI_1", Code: code.ForecastWins, From: "198.51.100.2", Priority: 100, Own: 150, In: 2900 * time.Millisecond, Addresses: []string{"192.0.2.100"}}}}
	if err := PrintPlan(&Env{Lang: "en", Out: &out, Err: &said}, planned); err != nil {
		t.Fatal(err)
	}
	if out.String() != "ip address add 192.0.2.100/32 dev eth0\n" || said.String() != "# VI_1: this node wins with 150 against 198.51.100.2 (100) in about 2.9 s: 192.0.2.100 moves here\n" {
		t.Errorf("%q %q", out.String(), said.String())
	}
}

// Each sentence is whole with all facts and with none but those that it always has.
func TestEachSentenceIsWholeInBothLanguages(t *testing.T) {
	for _, lang := range assets.Langs {
		var said []string
		for _, c := range code.Incidents {
			for _, cause := range slices.Concat(code.Causes, []string{"", code.PacketAuthFailed, code.PacketVersion, code.ScriptFailed}) {
				for _, from := range []string{"", "192.0.2.2"} {
					what, why := assets.Incident(lang, c, cause, control.Incident{From: from, Addresses: []string{"192.0.2.100"}}.Facts())
					said = append(said, what, why)
				}
			}
		}
		for _, c := range code.Forecasts {
			for _, cause := range []string{"", code.OtherVRID, code.PacketAuthFailed, code.PacketTTL, code.NoInterface, code.Removed} {
				for _, in := range []time.Duration{0, time.Second} {
					said = append(said, assets.Forecast(lang, c, cause, control.Forecast{In: in, Addresses: []string{"192.0.2.100"}}.Facts()))
				}
			}
		}
		for _, c := range code.Whys {
			said = append(said, assets.Why(lang, c, control.Why{From: "192.0.2.2", Reason: code.LinkDown, Object: "eth0"}.Facts()))
		}
		for _, c := range code.Ifs {
			said = append(said, assets.If(lang, c, true, control.If{Name: "chk"}.Facts()), assets.If(lang, c, false, control.If{Name: "chk", From: "192.0.2.2"}.Facts()))
		}
		for _, s := range said {
			if strings.Contains(s, "[") || strings.Contains(s, "no value") || strings.Contains(s, "{{") {
				t.Errorf("%s: %s", lang, s)
			}
		}
	}
}

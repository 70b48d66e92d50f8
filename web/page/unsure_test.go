package page

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/web/live"
)

// calm is a node where everything is known to be well; change makes it otherwise.
func calm(change func(vrrp, lvs *control.Status)) live.Snapshot {
	check := []control.CheckStatus{{Name: "TCP_CHECK", Up: true, Known: true}}
	vrrp := control.Status{
		Instances: []control.InstanceStatus{{Name: "VI_1", State: "MASTER"}},
		Scripts:   []control.ScriptStatus{{Name: "chk", State: "OK"}},
	}
	lvs := control.Status{Virtuals: []control.VirtualStatus{{
		Name: "tcp:192.0.2.100:80", State: "UP", QuorumUp: true, Installed: true,
		Servers: []control.ServerStatus{{Name: "192.0.2.33:80", State: "UP", Checks: check}, {Name: "192.0.2.34:80", State: "UP", Checks: check}},
	}}}
	if change != nil {
		change(&vrrp, &lvs)
	}
	return live.Snapshot{VRRP: live.Side{Status: vrrp}, LVS: live.Side{Status: lvs}}
}

func TestAllIsWellIsOnlySaidWhereAllIsKnownAndWell(t *testing.T) {
	unasked := func(r *control.ServerStatus) {
		r.State, r.Reason, r.Checks = "UNCHECKED", code.NotChecked, []control.CheckStatus{{Name: "TCP_CHECK", Up: true}}
	}
	for _, c := range []struct {
		what, headline string
		change         func(vrrp, lvs *control.Status)
	}{
		{"all is known and well", "master", nil},
		{"a server is not checked yet", "unsure-master", func(_, lvs *control.Status) { unasked(&lvs.Virtuals[0].Servers[0]) }},
		{"a server has no check", "unsure-master", func(_, lvs *control.Status) {
			r := &lvs.Virtuals[0].Servers[1]
			r.State, r.Reason, r.Checks = "UNCHECKED", code.NoCheck, nil
		}},
		{"there is no router, and a server is not checked yet", "unsure-services", func(vrrp, lvs *control.Status) {
			vrrp.Instances, vrrp.Scripts = nil, nil
			unasked(&lvs.Virtuals[0].Servers[0])
		}},
		{"a script has not run yet", "problem-UNKNOWN", func(vrrp, _ *control.Status) { vrrp.Scripts[0].State = "UNKNOWN" }},
		{"a router has just started", "problem-INIT", func(vrrp, _ *control.Status) { vrrp.Instances[0].State = "INIT" }},
		{"a router's state is none that is known here", "problem-UNKNOWN", func(vrrp, _ *control.Status) { vrrp.Instances[0].State = "STOP" }},
		{"a service's state is none that is known here", "problem-UNKNOWN", func(_, lvs *control.Status) { lvs.Virtuals[0].State = "" }},
		{"the text could not be read", "problem-OFF-TEXT", func(_, lvs *control.Status) { lvs.Held = []control.Blocked{{Code: code.TextDamaged}} }},
		{"no text could be read", "problem-OFF-TEXT", func(vrrp, _ *control.Status) { vrrp.Held = []control.Blocked{{Code: code.TextLost}} }},
		{"a role fell back", "problem-OFF-TEXT", func(vrrp, _ *control.Status) { vrrp.Held = []control.Blocked{{Code: code.FellBack}} }},
		{"a text could not be taken back", "problem-OFF-TEXT", func(vrrp, _ *control.Status) { vrrp.Held = []control.Blocked{{Code: code.NoWayBack}} }},
		{"the kernel has no IPVS", "problem-HELD", func(_, lvs *control.Status) { lvs.Held = []control.Blocked{{Code: code.NoIPVS}} }},
	} {
		s := calm(c.change)
		list := problemsOf(s)
		h := headlineOf(s, list)
		if h.Code != c.headline {
			t.Errorf("%s: the headline is %s, want %s", c.what, h.Code, c.headline)
		}
		well := c.headline == "master"
		if (h.Tone == "ok") != well {
			t.Errorf("%s: the headline is %s", c.what, h.Tone)
		}
		for lang, word := range map[string]string{"en": "All is well", "zh-CN": "一切正常"} {
			if said := assets.Text(lang, "ui.headline."+h.Code, h.Args); strings.Contains(said, word) != well || strings.Contains(said, "no value") || strings.HasPrefix(said, "[") {
				t.Errorf("%s: %s", c.what, said)
			}
		}
	}
}

func TestTheSentenceSaysHowManyServersAreNotKnown(t *testing.T) {
	s := calm(func(_, lvs *control.Status) {
		lvs.Virtuals[0].Servers[0].State = "UNCHECKED"
		lvs.Virtuals[0].Servers = append(lvs.Virtuals[0].Servers, control.ServerStatus{Name: "192.0.2.35:80", State: "UNCHECKED"})
	})
	h := headlineOf(s, problemsOf(s))
	for lang, want := range map[string]string{
		"en":    "of 3 real servers 1 are up, 1 not checked yet, 1 without a check.",
		"zh-CN": "3 台真实服务器中 1 台正常，1 台尚未检查，1 台未配置检查。",
	} {
		if said := assets.Text(lang, "ui.headline."+h.Code, h.Args); !strings.HasSuffix(said, want) {
			t.Errorf("%s: %s", lang, said)
		}
	}
}

var parsed = sync.OnceValue(func() templates { return newTemplates(func(path string) string { return path }) })

// drawn is a part of a page as it is pushed.
func drawn(t *testing.T, lang, name, part string, data any) string {
	t.Helper()
	html, err := parsed().part(lang, name, part, data)
	if err != nil {
		t.Fatal(err)
	}
	return html
}

func TestTheConsoleNamesNoHolderOfAnAddressThatItsAdvertsDoNotCarry(t *testing.T) {
	in := control.InstanceStatus{
		Name: "VI_1", State: "BACKUP", Holder: "192.0.2.31", Addresses: []string{"192.0.2.100/32", "192.0.2.101/32"}, Unheld: []string{"192.0.2.101/32"},
	}
	for lang, want := range map[string]string{"en": "nobody is known to hold it", "zh-CN": "未知由谁持有"} {
		for _, html := range []string{
			drawn(t, lang, "vips", "live", frame{Body: routers{Instances: []control.InstanceStatus{in}}}),
			drawn(t, lang, "vip", "live", frame{Body: router{InstanceStatus: in}}),
		} {
			_, cell, _ := strings.Cut(html, `data-unheld="192.0.2.101/32"`)
			if cell, _, _ = strings.Cut(cell, "</span></span>"); !strings.Contains(cell, want) {
				t.Errorf("%s: %s", lang, html)
			}
			if strings.Contains(html, `data-unheld="192.0.2.100/32"`) {
				t.Errorf("%s: an address that the adverts carry counts as not held", lang)
			}
		}
	}
}

func TestTheConsoleDoesNotSayThatAMasterHoldsAnAddressThatTheKernelRefuses(t *testing.T) {
	in := control.InstanceStatus{
		Name: "VI_1", State: "MASTER", Holder: "192.0.2.31", Addresses: []string{"192.0.2.100/32", "192.0.2.101/32"}, Unheld: []string{"192.0.2.101/32"},
	}
	for lang, want := range map[string]string{"en": "the kernel refuses it", "zh-CN": "内核拒绝"} {
		html := drawn(t, lang, "vips", "live", frame{Body: routers{Instances: []control.InstanceStatus{in}}})
		_, cell, _ := strings.Cut(html, `data-unheld="192.0.2.101/32"`)
		if cell, _, _ = strings.Cut(cell, "</span></span>"); !strings.Contains(cell, want) || strings.Contains(html, `data-unheld="192.0.2.100/32"`) {
			t.Errorf("%s: %s", lang, html)
		}
	}
}

func TestASorryServerIsNotInUseWhereTheTableHoldsNothing(t *testing.T) {
	v := control.VirtualStatus{Name: "tcp:192.0.2.100:80", State: "SORRY", SorryInUse: true, Sorry: "127.0.0.1:80"}
	for lang, inUse := range map[string]string{"en": "in use", "zh-CN": "使用"} {
		for installed, want := range map[bool]bool{true: true, false: false} {
			v.Installed = installed
			rows := serviceRows([]control.VirtualStatus{v})
			for _, html := range []string{
				drawn(t, lang, "services", "live", frame{Body: serviceList{Rows: rows}}),
				drawn(t, lang, "service", "live", frame{Body: service{serviceRow: rows[0]}}),
			} {
				if strings.Contains(html, inUse) != want {
					t.Errorf("%s, installed %t: %s", lang, installed, html)
				}
			}
		}
	}
}

func TestAServerThatFailsKeepsTheTimeSinceWhichItIsUp(t *testing.T) {
	up := time.Date(2026, 11, 28, 0, 0, 22, 0, time.Local)
	v := control.VirtualStatus{Name: "tcp:192.0.2.100:80", State: "UP", Servers: []control.ServerStatus{{Name: "192.0.2.33:80", State: "FAILING", Since: up.Add(9 * time.Minute), UpSince: up}}}
	html := drawn(t, "en", "service", "live", frame{Body: service{serviceRow: serviceRows([]control.VirtualStatus{v})[0], Servers: serviceRows([]control.VirtualStatus{v})[0].Rows}})
	since := strings.Index(html, "00:09:22")
	if began := strings.Index(html, "00:00:22"); since < 0 || began < since || !strings.Contains(html, "data-up-since") {
		t.Error(html)
	}
}

// TestNothingIsCalledNotConfiguredWhereTheTextIsNotKnown: a role that lost its text
// or does not answer has no routers and no services to show, which says nothing of
// the text.
func TestNothingIsCalledNotConfiguredWhereTheTextIsNotKnown(t *testing.T) {
	for lang, never := range map[string]string{"en": "is configured", "zh-CN": "没有配置"} {
		for what, side := range map[string]live.Side{
			"text lost": {Status: control.Status{Held: []control.Blocked{{Code: code.TextLost}}}},
			"away":      {Err: errors.New("no answer")},
		} {
			for page, body := range map[string]any{
				"vips":     routers{Side: side},
				"services": serviceList{Side: side},
				"overview": &summary{Snapshot: live.Snapshot{VRRP: side, LVS: side}},
			} {
				html := drawn(t, lang, page, "live", frame{Body: body})
				if strings.Contains(html, never) {
					t.Errorf("%s, %s, %s: %s", lang, what, page, html)
				}
				if page != "overview" && !strings.Contains(html, `role="alert"`) {
					t.Errorf("%s, %s, %s: the reason is missing", lang, what, page)
				}
			}
			calm := drawn(t, lang, "vips", "live", frame{Body: routers{}})
			if !strings.Contains(calm, never) {
				t.Errorf("%s: an empty text is not said to be empty: %s", lang, calm)
			}
		}
	}
}

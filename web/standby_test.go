package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/control"
	"holdfast/store"
)

// foretells has the role foretell one thing about a hand-over.
func (h *house) foretells(f control.Forecast) {
	h.vrrp.set(func(r *fakeRole) { r.told = []control.Forecast{f} })
}

func TestAnOperatorReadsThePlanAndHandsAddressesOverOnAPage(t *testing.T) {
	h := open(t)
	h.working()
	h.foretells(control.Forecast{Object: "VI_1", Code: "hands-over", Severity: "info", From: "192.0.2.32", Priority: 90, Addresses: []string{"192.0.2.100"}, There: []string{"192.0.2.32"}})
	b := h.member("wang", store.Operator)
	for lang, words := range map[string][2]string{"en": {"192.0.2.32 (90) would hold 192.0.2.100", "Another router has taken over."}, "zh-CN": {"若 192.0.2.32（90）仍在线", "另一台路由器已接管。"}} {
		b.lang = lang
		b.post("/preferences", url.Values{"lang": {lang}})
		b.get("/vips").must(t, 200, `href="/standby"`)
		b.get("/standby?name=VI_1").must(t, 200, words[0], `data-forecast="hands-over"`, `value="hand-over"`, `data-maintenance="off"`)
		b.post("/standby", url.Values{"name": {"VI_1"}, "mode": {"hand-over"}, "for": {"3600"}, "reason": {"new <cable>"}}).must(t, 200, `data-said="hand-over"`, words[1])
		b.post("/standby", url.Values{"name": {"VI_1"}, "mode": {"back"}}).must(t, 200, `data-said="back"`)
	}
	h.vrrp.set(func(f *fakeRole) {
		if !slices.Contains(f.calls, "hand-over by wang: new <cable>") {
			t.Errorf("the role heard %q", f.calls)
		}
	})
}

func TestAHandOverToNobodyIsRefusedWithItsReasonUnlessForced(t *testing.T) {
	h := open(t)
	h.working()
	h.foretells(control.Forecast{Object: "VI_9", Code: "keeps", Severity: "warning", Addresses: []string{"192.0.2.109"}})
	b := h.member("wang", store.Operator)
	b.get("/standby?name=VI_9").must(t, 200, `name="force"`, "no router is known")
	b.post("/standby", url.Values{"name": {"VI_9"}, "mode": {"hand-over"}, "for": {"0"}}).must(t, http.StatusConflict, "VI_9", "a backup is silent")
	b.post("/standby", url.Values{"name": {"VI_9"}, "mode": {"hand-over"}, "for": {"0"}, "force": {"1"}}).must(t, 200, `data-said="hand-over-kept"`)
	b.call("POST", "/hand-over", map[string]any{"names": []string{"VI_9"}}, nil).must(t, http.StatusConflict, `"code":"standby-backup-unknown"`)
	var out control.StoodBy
	b.call("POST", "/hand-over", map[string]any{"names": []string{"VI_9"}, "dry_run": true}, &out).must(t, 200)
	if len(out.Forecast) != 1 || out.Forecast[0].Code != "keeps" || len(out.Outcomes) > 0 {
		t.Errorf("%+v", out)
	}
	b.call("POST", "/hand-over", map[string]any{"names": []string{"VI_9"}, "force": true}, &out).must(t, 200)
	if len(out.Outcomes) != 1 || out.Outcomes[0].Code != "kept" {
		t.Errorf("%+v", out)
	}
	b.call("POST", "/hand-over", map[string]any{"names": []string{"VI_8"}}, nil).must(t, http.StatusNotFound, "VI_8")
}

func TestMaintenanceStandsOnThePageUntilItIsEnded(t *testing.T) {
	h := open(t)
	h.working()
	b := h.member("wang", store.Operator)
	b.post("/standby", url.Values{"mode": {"maintenance-on"}, "reason": {"new disk"}}).must(t, 200, `data-said="maintenance-on"`, `data-maintenance="on"`, "new disk", "wang", "VI_9")
	b.get("/vips").must(t, 200, `data-maintenance="on"`, "new disk")
	b.post("/standby", url.Values{"mode": {"maintenance-off"}}).must(t, 200, `data-maintenance="off"`)
}

func TestAViewerSeesThePlanAndHandsNothingOver(t *testing.T) {
	h := open(t)
	h.working()
	b := h.member("guest", store.Viewer)
	if got := b.get("/standby").must(t, 200); strings.Contains(got.body, `value="back"`) || strings.Contains(got.body, `value="maintenance-on"`) {
		t.Error("a viewer is offered the buttons")
	}
	b.post("/standby", url.Values{"mode": {"maintenance-on"}}).must(t, http.StatusForbidden)
	b.call("POST", "/maintenance", map[string]any{"on": true}, nil).must(t, http.StatusForbidden)
	b.call("POST", "/hand-over", map[string]any{}, nil).must(t, http.StatusForbidden)
}

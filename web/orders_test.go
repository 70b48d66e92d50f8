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

const service, member = "tcp:172.16.1.100:80", "172.16.1.33:80"

func TestAnOperatorDrainsAServerOnItsPageAndBringsItBack(t *testing.T) {
	h := open(t)
	h.working()
	b := h.member("wang", store.Operator)
	for lang, words := range map[string][2]string{"en": {"Draining 12", "12 open, 3 closing, 4 clients bound"}, "zh-CN": {"排空中 12", "12 个打开，3 个正在关闭，4 个客户端绑定"}} {
		b.lang = lang
		b.post("/preferences", url.Values{"lang": {lang}})
		b.get("/services/"+service).must(t, 200, `action="/services/`+service+`/order"`, `value="drain"`, `value="off"`, `value="back"`)
		got := b.post("/services/"+service+"/order", url.Values{"server": {member}, "mode": {"drain"}, "reason": {"new <kernel>"}, "until": {"all"}})
		got.must(t, 200, `data-said="server-drain"`, `data-order="drain"`, words[0], words[1], "wang", "new &lt;kernel&gt;")
		b.post("/services/"+service+"/order", url.Values{"server": {member}, "mode": {"back"}}).must(t, 200, `data-said="server-back"`)
		if after := b.get("/services/" + service); strings.Contains(after.body, "data-order=") {
			t.Errorf("%s: it is shown as drained once it is back", lang)
		}
	}
	h.lvs.set(func(f *fakeRole) {
		if !slices.Contains(f.calls, "drain by wang: new <kernel>") {
			t.Errorf("the role heard %q", f.calls)
		}
	})
}

func TestAViewerSeesOrdersAndGivesNone(t *testing.T) {
	h := open(t)
	h.working()
	h.member("wang", store.Operator).call("PUT", "/services/"+service+"/servers/"+member+"/off", map[string]string{"reason": "broken fan"}, nil).must(t, 200)
	b := h.member("guest", store.Viewer)
	got := b.get("/services/"+service).must(t, 200, `data-order="off"`, "broken fan", "wang")
	if strings.Contains(got.body, `id="order"`) {
		t.Error("a viewer is offered the buttons")
	}
	b.post("/services/"+service+"/order", url.Values{"server": {member}, "mode": {"back"}}).must(t, http.StatusForbidden)
	b.call("PUT", "/services/"+service+"/servers/"+member+"/back", nil, nil).must(t, http.StatusForbidden)
	var done control.Ordered
	b.call("GET", "/services/"+service+"/servers/"+member+"/drain?wait=0", nil, &done).must(t, 200)
	if done.Server.Order == nil || done.Server.Order.Mode != "off" {
		t.Errorf("%+v", done.Server)
	}
}

func TestOrdersThatMissAreAnsweredWithTheirPlace(t *testing.T) {
	h := open(t)
	h.working()
	b := h.member("wang", store.Operator)
	b.call("PUT", "/services/"+service+"/servers/192.0.2.9:80/drain", map[string]string{}, nil).must(t, http.StatusNotFound, "192.0.2.9:80", `"code":"not-found"`)
	b.call("PUT", "/services/"+service+"/servers/"+member+"/weight", map[string]int{"weight": -1}, nil).must(t, http.StatusUnprocessableEntity)
	b.call("PUT", "/services/"+service+"/servers/"+member+"/drain", map[string]string{"until": "idle"}, nil).must(t, http.StatusUnprocessableEntity)
	b.post("/services/"+service+"/order", url.Values{"server": {member}, "mode": {"weight"}, "weight": {"much"}}).must(t, http.StatusUnprocessableEntity, `A weight is a whole number`)
	b.post("/services/"+service+"/order", url.Values{"server": {member}, "mode": {"stop"}}).must(t, http.StatusUnprocessableEntity)
	h.stopLVS()
	b.call("PUT", "/services/"+service+"/servers/"+member+"/back", nil, nil).must(t, http.StatusServiceUnavailable, `"code":"role-away"`)
}

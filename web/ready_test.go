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

func TestThePageOfAServiceLeadsToTheScriptForItsServers(t *testing.T) {
	h := open(t)
	h.working()
	b := h.member("guest", store.Viewer)
	for lang, words := range map[string][2]string{"en": {"# Nobody may learn the address", "Readiness of real servers"}, "zh-CN": {"# 任何机器都不能从本机学到服务地址", "真实服务器的准备情况"}} {
		b.lang = lang
		b.post("/preferences", url.Values{"lang": {lang}})
		b.get("/services/"+service).must(t, 200, `href="/services/`+service+`/ready"`, words[1])
		b.get("/services/"+service+"/ready?for=networkd").must(t, 200, "address 172.16.1.100/32", "/etc/systemd/network/", `value="networkd" selected`, words[0])
		b.get("/services/"+service+"/ready?undo=yes").must(t, 200, "ip address delete", `value="yes" selected`)
	}
	var got struct{ Script string }
	b.call("GET", "/services/"+service+"/kit?for=netplan", nil, &got).must(t, 200)
	if !strings.Contains(got.Script, `        - "172.16.1.100/32"`) {
		t.Error(got.Script)
	}
	b.call("GET", "/services/"+service+"/kit?for=systemd", nil, nil).must(t, http.StatusUnprocessableEntity)
	b.call("GET", "/services/"+service+"/kit?server=192.0.2.9:80", nil, nil).must(t, http.StatusNotFound, "192.0.2.9:80")
	b.call("GET", "/services/tcp:192.0.2.9:80/kit", nil, nil).must(t, http.StatusNotFound)
	b.post("/services/"+service+"/ready", nil).must(t, http.StatusForbidden)
	b.call("POST", "/services/"+service+"/verify", nil, nil).must(t, http.StatusForbidden)
}

func TestAnOperatorAsksTheServersWhetherTheyAreReady(t *testing.T) {
	h := open(t)
	h.working()
	b := h.member("wang", store.Operator)
	b.post("/services/"+service+"/ready", nil).must(t, 200, `data-verdict="server-ready"`, `data-verdict="answers-arp"`,
		"it says on eth0 that it has 172.16.1.100:80 (as 02:00:00:00:00:34)", "02:00:00:00:00:32 say that they have the address")
	var v control.Verified
	b.call("POST", "/services/"+service+"/verify", map[string]string{"server": member}, &v).must(t, 200)
	if len(v.List) != 2 || !v.List[0].Good || v.List[1].Good {
		t.Errorf("%+v", v)
	}
	h.lvs.set(func(f *fakeRole) {
		if !slices.Contains(f.calls, "verify "+service+" "+member) {
			t.Errorf("the role heard %q", f.calls)
		}
		f.refuse = &control.Problem{Code: control.Invalid, Message: "there is nothing to verify", Args: map[string]string{"verify": service}}
	})
	b.call("POST", "/services/"+service+"/verify", nil, nil).must(t, http.StatusUnprocessableEntity, "there is nothing to verify")
	h.lvs.set(func(f *fakeRole) { f.refuse = &control.Problem{Code: control.Busy, Message: "another is under way"} })
	b.post("/services/"+service+"/ready", nil).must(t, http.StatusServiceUnavailable)
}

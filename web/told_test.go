package web_test

import (
	"strings"
	"testing"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
)

// What the vrrp role says of routers, of its roles and of what a text would do is on the
// pages and in the API.
func TestWhatTheRouterIsToldOfIsShown(t *testing.T) {
	h := open(t)
	h.working()
	h.vrrp.set(func(f *fakeRole) {
		in := &f.status.Instances[0]
		in.Why = &control.Why{Code: code.WhyBetter, Own: 101, From: "172.16.1.32", Priority: 98, Sum: "100 + 1 (lan) = 101",
			Ifs: []control.If{{Kind: "script", Name: "haproxy", Fails: true, Priority: 99, Code: code.IfStays, From: "172.16.1.32", Peer: 98}}}
		in.Heard = []control.Advert{{Interface: "eth0", From: "172.16.1.32", VRID: 51, Version: 2, Priority: 98, Live: true, Refused: code.PacketAuthFailed, Addresses: []string{"172.16.1.100"}, Last: time.Now(), Count: 7}}
		in.Incidents = []control.Incident{{Code: code.TwoMasters, Severity: "error", Cause: code.PacketAuthFailed, From: "172.16.1.32", Addresses: []string{"172.16.1.100"}, Since: time.Now(), Last: time.Now()}}
		f.told = []control.Forecast{{Object: in.Name, Code: code.ForecastTwo, Severity: "error", Cause: code.OtherVRID, VRID: 51, From: "172.16.1.32", Priority: 98, Own: 100, Addresses: []string{"172.16.1.100"}, Here: true}}
	})
	b := h.admin()
	h.await("the headline to follow", func() bool { return strings.Contains(b.get("/").body, `data-headline="problem-TWO-MASTERS"`) })
	b.get("/").must(t, 200, "172.16.1.100 is held by two routers: this node and 172.16.1.32", "bears another auth_pass than ours", `data-incident="two-masters"`)
	b.get("/vips/VI_1").must(t, 200, `data-why="better"`, "its priority 101 is not below the 98 of 172.16.1.32", "100 &#43; 1 (lan) = 101", "nothing moves",
		`data-heard="172.16.1.32"`, `data-incident="two-masters"`)
	b.get("/api/v1/adverts").must(t, 200, `"from":"192.0.2.32"`, `"vrid":51`)
	propose(t, b, moreWeight).must(t, 200, `data-forecast="two"`, "172.16.1.100 would be held by two: this node and 172.16.1.32")
	var review struct {
		Plans []struct {
			Role     string
			Forecast []struct{ Code, Text string }
		}
	}
	b.call("POST", "/plan", map[string]string{"text": moreWeight}, &review).must(t, 200)
	told := false
	for _, p := range review.Plans {
		for _, f := range p.Forecast {
			told = told || f.Code == code.ForecastTwo && strings.HasPrefix(f.Text, "172.16.1.100 would be held by two: this node and 172.16.1.32 (98), because the other router has the address under VRID 51")
		}
	}
	if !told {
		t.Errorf("the API foretells %+v", review)
	}
}

package web_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"holdfast/engine/cards"
	"holdfast/engine/model"
	"holdfast/store"
	"holdfast/web"
)

// aHost has the interfaces of the tutorial's pair, and one towards servers behind it.
func aHost(node string) model.Facts {
	return model.Facts{Node: node, Known: true, Interfaces: []string{"lo", "eth0", "eth1"}, Addresses: map[string][]netip.Prefix{
		"eth0": {netip.MustParsePrefix("172.16.1.31/24")}, "eth1": {netip.MustParsePrefix("10.0.0.31/24")},
	}}
}

// aChoice are answers to each card.
var aChoice = map[string]map[string]string{
	"pair":  {"address": "172.16.1.100/32"},
	"nat":   {"address": "172.16.1.100/32", "gateway": "10.0.0.1/24", "servers": "10.0.0.11\n10.0.0.12 2"},
	"farm":  {"address": "172.16.1.100/32", "servers": "172.16.1.33\n172.16.1.34 2", "password": "64e06f86"},
	"proxy": {"address": "172.16.1.100/32", "process": "haproxy"},
	"port":  {"address": "172.16.1.100/32", "kind": "smtp", "servers": "172.16.1.33, 172.16.1.34", "method": "NAT"},
}

func onAHost(t *testing.T) *house {
	h := openAs(t, func(o *web.Options) { o.Facts = aHost })
	h.vrrp.set(func(f *fakeRole) { f.text = "" })
	h.lvs.set(func(f *fakeRole) { f.text = "" })
	return h
}

func discard(t *testing.T, b *browser) {
	t.Helper()
	var c struct{ Version int }
	b.call(http.MethodGet, "/candidate", nil, &c).must(t, 200)
	b.call(http.MethodDelete, fmt.Sprint("/candidate?version=", c.Version), nil, nil).must(t, 204)
}

func TestACardGivesTheSameTextByPageAndByTheAPI(t *testing.T) {
	h := onAHost(t)
	b := h.admin()
	here := cards.Here{Facts: aHost("dir1"), Heard: []cards.Heard{{Interface: "eth0", VRID: 51, From: "192.0.2.32"}}}
	for _, c := range cards.All() {
		answers := aChoice[c.Name]
		made, err := c.Write("", answers, here)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Changed     bool
			Text, Added string
			Answers     map[string]string
			Plan        *struct{ Failed bool }
			Candidate   *struct{ Version int }
			Object      any
		}
		b.call(http.MethodPost, "/cards/"+c.Name+"?dry_run=true", map[string]any{"answers": answers}, &got).must(t, 200)
		if got.Text != made.Text || got.Plan == nil || got.Plan.Failed || !got.Changed || got.Candidate != nil || got.Answers["vrid"] != made.Answers["vrid"] {
			t.Errorf("%s: %+v", c.Name, got)
		}
		form := url.Values{"do": {"preview"}}
		for name, value := range answers {
			form.Set(name, value)
		}
		p := b.post("/cards/"+c.Name, form).must(t, 200)
		if strings.Contains(p.body, "data-finding") || strings.Contains(p.body, "data-preview-fault") {
			t.Errorf("%s: something is wrong with the text\n%s", c.Name, p.body)
		}
		form.Set("do", "save")
		b.post("/cards/"+c.Name, form).must(t, 200, `id="plan"`)
		if text := candidateText(t, b); text != made.Text {
			t.Errorf("%s by the page:\n%s", c.Name, text)
		}
		discard(t, b)
		b.call(http.MethodPost, "/cards/"+c.Name, map[string]any{"answers": answers}, nil).must(t, 200)
		if text := candidateText(t, b); text != made.Text {
			t.Errorf("%s by the API:\n%s", c.Name, text)
		}
		discard(t, b)
	}
}

func TestACardIsNotForAViewerAndAppliesOnlyForAnAdministrator(t *testing.T) {
	h := onAHost(t)
	answers := map[string]any{"answers": aChoice["pair"]}
	viewer, editor := h.member("looks", store.Viewer), h.member("makes", store.Editor)
	viewer.call(http.MethodGet, "/cards", nil, nil).must(t, 200)
	viewer.get("/cards/pair").must(t, 403)
	viewer.call(http.MethodPost, "/cards/pair", answers, nil).must(t, 403)
	editor.call(http.MethodPost, "/cards/pair?apply=true", answers, nil).must(t, 403)
}

func TestACardSaysWhatIsWrongAtTheQuestionAndKeepsWhatWasTyped(t *testing.T) {
	h := onAHost(t)
	b := h.admin()
	form := url.Values{"address": {"172.16.1"}, "servers": {"172.16.1.33\n172.16.1.33"}, "path": {"/alive"}, "vrid": {"51"}, "do": {"save"}}
	p := b.post("/cards/farm", form).must(t, 422, `href="#f-address"`, `id="wrong-address"`, `id="wrong-servers"`, `value="/alive"`, `aria-invalid="true"`)
	if !strings.Contains(p.body, "172.16.1.33\n172.16.1.33</textarea>") {
		t.Error("the servers are gone")
	}
	form.Set("address", "172.16.1.100")
	form.Set("servers", "172.16.1.33")
	b.post("/cards/farm", form).must(t, 422, `data-fault="card-vrid-heard"`, "192.0.2.32")
	b.get("/cards/farms").must(t, 404)
	b.call(http.MethodPost, "/cards/farms", map[string]any{"answers": map[string]string{}}, nil).must(t, 404, "no-card")
	b.call(http.MethodPost, "/cards/farm", map[string]any{"answers": map[string]string{"addres": "172.16.1.100"}}, nil).must(t, 422, "Is address meant?")
}

func TestTheNumbersThatAreTakenAreGreyWithTheReason(t *testing.T) {
	h := onAHost(t)
	b := h.admin()
	b.get("/cards/pair?address=172.16.1.100&node=first").must(t, 200, `<option value="51" disabled>51 · heard from 192.0.2.32</option>`, `<option value="52">52</option>`, "virtual_router_id 52",
		`<option value="eth0">eth0 · 172.16.1.31/24</option>`, "holdfast card pair node=second address=172.16.1.100 vrid=52")
}

func TestTheFormOfARouterOffersTheInterfacesAndGreysTheNumbersOfItsOwn(t *testing.T) {
	h := openAs(t, func(o *web.Options) { o.Facts = aHost })
	h.working()
	b := h.admin()
	b.get("/objects/instances/new").must(t, 200, `value="52" selected`, `<option value="eth1">eth1 · 10.0.0.31/24</option>`)
	const form, used = "/objects/instances/new", `<option value="51" disabled>51 · used by VI_1</option>`
	typed := url.Values{"name": {"B"}, "f.interface": {"lo"}, "f.virtual_router_id": {"60"}, "do": {"preview"}}
	b.post(form, typed).must(t, 200, used, `<option value="60" selected>`)
	typed.Set("f.interface", "eth0")
	b.post(form, typed).must(t, 200, `<option value="51" disabled>51 · heard from 192.0.2.32</option>`)
	typed.Set("f.interface", "eth1")
	typed.Set("f.virtual_router_id", "$NUMBER")
	b.post(form, typed).must(t, 200, `<option value="51">51</option>`, `<option value="$NUMBER" selected>`)
	b.get("/objects/instances/edit?id=VI_1").must(t, 200, `<option value="51" selected>51</option>`)
}

func TestAMethodOfForwardingIsDrawnAndItsServersAreToBeReadied(t *testing.T) {
	h := onAHost(t)
	b := h.admin()
	const direct = `href="/services/tcp:172.16.1.100:25/ready"`
	answers := "/cards/port?address=172.16.1.100&kind=smtp&servers=172.16.1.33&method="
	b.get(answers+"DR").must(t, 200, `data-path="DR"`, `data-path="NAT"`, `data-path="TUN"`, direct, "holdfast kit tcp:172.16.1.100:25")
	if p := b.get(answers+"NAT").must(t, 200); strings.Contains(p.body, direct) {
		t.Error("servers behind NAT are to be readied")
	}
	b.get("/objects/services/new").must(t, 200, `data-path="DR"`)
}

func TestAnEmptyConsoleOffersTheWaysToBegin(t *testing.T) {
	h := onAHost(t)
	b := h.admin()
	for _, path := range []string{"/", "/changes"} {
		b.get(path).must(t, 200, `id="begin"`, `href="/cards"`, `href="/import"`)
	}
	for _, role := range []store.Role{store.Viewer, store.Operator} { // every one of these links is refused to them
		reader := h.member(string(role), role)
		for _, path := range []string{"/", "/changes"} {
			if strings.Contains(reader.get(path).must(t, 200).body, `id="begin"`) {
				t.Errorf("%s offers an %s to begin", path, role)
			}
		}
	}
	h.member("writer", store.Editor).get("/").must(t, 200, `id="begin"`)
	b.get("/cards").must(t, 200, `data-card="pair"`, `data-card="port"`)
	h.working()
	for _, path := range []string{"/", "/changes"} {
		h.await(path+" offers no beginning where something runs", func() bool { return !strings.Contains(b.get(path).must(t, 200).body, `id="begin"`) })
	}
}

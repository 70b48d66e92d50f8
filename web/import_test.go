package web_test

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"

	"holdfast/engine/control"
	"holdfast/engine/plan"
	"holdfast/store"
)

// file is a field of a form that holds a file.
type file struct{ field, name, text string }

// send posts a form with files.
func (b *browser) send(path string, fields url.Values, files ...file) page {
	b.h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, v := range values {
			if err := w.WriteField(name, v); err != nil {
				b.h.t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.field, f.name)
		if err != nil {
			b.h.t.Fatal(err)
		}
		if _, err := part.Write([]byte(f.text)); err != nil {
			b.h.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.h.t.Fatal(err)
	}
	r := b.request(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Origin", b.h.base)
	return b.do(r)
}

var anyTag = regexp.MustCompile(`<[^>]*>`)

// row is what the page of an import says of a line, without markup.
func (p page) row(t *testing.T, name string) string {
	t.Helper()
	_, rest, found := strings.Cut(p.body, `<tr id="l`+name+`"`)
	if !found {
		t.Fatalf("%s has no line %s\n%s", p.path, name, p.body)
	}
	rest, _, _ = strings.Cut(rest, "</tr>")
	_, rest, _ = strings.Cut(rest, ">")
	return strings.Join(strings.Fields(html.UnescapeString(anyTag.ReplaceAllString(rest, " "))), " ")
}

const split = `vrrp_instance VI_1 {
    interface lo
    virtual_router_id 51
    use_ipvlan
    virtual_ipaddress {
        172.16.1.100/32
    }
}
include conf.d/*.conf
`

const servers = `virtual_server 172.16.1.100 80 {
    protocol TCP
    nat_mask 255.0.0.0
    alpha
    frobnicate 7
    real_server 172.16.1.33 80 {
    }
}
`

// planning makes the roles plan the address and the service of split.
func (h *house) planning() {
	key := plan.ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("172.16.1.100"), Port: 80}
	h.vrrp.set(func(f *fakeRole) {
		f.plan = plan.Plan{{Verb: plan.AddAddress, Address: plan.Address{Link: "lo", Prefix: netip.MustParsePrefix("172.16.1.100/32")}}}
	})
	h.lvs.set(func(f *fakeRole) {
		f.plan = plan.Plan{{Verb: plan.AddService, Service: plan.Service{Key: key, Scheduler: "wlc"}}}
		f.lacks = []control.Blocked{{Code: "no-ipvs"}}
	})
}

func TestAnImportSaysOfEachLineWhatItBecomesAndDoes(t *testing.T) {
	h := open(t)
	h.working()
	h.planning()
	b := h.admin()
	got := b.send("/import", nil, file{"file", "keepalived.conf", split}, file{"files", "web.conf", servers}).must(t, 200, "read as node dir1", "web.conf", "included at keepalived.conf:9")
	for line, want := range map[string]string{
		"0-6": "172.16.1.100/32 Acted on + ip address add 172.16.1.100/32 dev lo",
		"0-2": "Part of what these lines do: 6",
		"0-9": "reads web.conf",
		"1-1": "Held back this kernel has no IPVS + ipvsadm -A -t 172.16.1.100:80 -s wlc",
		"0-4": "Kept in the text, not acted on",
		"1-3": "Moved or gone",
		"1-5": "Not read",
		"1-8": "ends virtual_server 172.16.1.100 80",
	} {
		if said := got.row(t, line); !strings.Contains(said, want) {
			t.Errorf("line %s lacks %q: %s", line, want, said)
		}
	}
	b.get(got.path+"?show=kept").must(t, 200, `data-kind="kept"`)
	if p := b.get(got.path + "?show=kept"); strings.Contains(p.body, `data-kind="acted"`) {
		t.Error("the filter lets other lines through")
	}
	after := b.post(got.path+"/candidate", got.form(t, "next-step")).must(t, 200, "frobnicate 7", "! web.conf:")
	if after.path != "/changes" || strings.Contains(after.body, "include conf.d") {
		t.Errorf("led to %s, with the include in its place:\n%s", after.path, after.body)
	}
}

func TestAnAddressThatAnotherNodeHoldsIsNotSaidToBeThere(t *testing.T) {
	h := open(t)
	b := h.admin()
	got := b.send("/import", url.Values{"text": {split}})
	if said := got.row(t, "0-6"); !strings.Contains(said, "Nothing now: VI_1 is not master on this node now") {
		t.Errorf("the address is explained as %s", said)
	}
	if said := got.row(t, "0-9"); !strings.Contains(said, "No file to read for conf.d/*.conf") && !strings.Contains(said, "reads no file") {
		t.Errorf("the include is explained as %s", said)
	}
}

func TestWithoutARoleNothingIsSaidOfItsOperations(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	h.stopVRRP()
	got := b.send("/import", url.Values{"text": {split}}).must(t, 200, "A role does not answer", "The vrrp role of the engine does not answer")
	if said := got.row(t, "0-6"); !strings.Contains(said, "what it would do is not known") {
		t.Errorf("the address is explained as %s", said)
	}
}

func TestATextWithErrorsNamesFileAndLineAndMayBeMendedInTheEditor(t *testing.T) {
	h := open(t)
	b := h.admin()
	wrong := strings.Replace(split, "51", "512", 1)
	got := b.send("/import", nil, file{"file", "lb1.conf", wrong}).must(t, 200, `id="errors"`, "lb1.conf:3</a>", "The text has errors")
	b.post(got.path+"/candidate", got.form(t, "next-step")).must(t, 200, "virtual_router_id 512", "include conf.d")
}

func TestATextOfThousandsOfLinesIsShownInSmallPages(t *testing.T) {
	h := open(t)
	b := h.admin()
	var text strings.Builder
	for i := range 1500 {
		text.WriteString("! " + itoa(int64(i)) + "\n")
		text.WriteString("\n")
	}
	text.WriteString(servers)
	got := b.send("/import", nil, file{"file", "keepalived.conf", text.String()}).must(t, 200, "3008 lines", "Page 1 of 31")
	if len(got.body) > 150_000 {
		t.Errorf("a page has %d bytes", len(got.body))
	}
	seen := 0
	for path := got.path; path != ""; {
		p := b.get(path).must(t, 200)
		seen += strings.Count(p.body, "<tr id=")
		path = ""
		if m := regexp.MustCompile(`id="next" href="([^"#]+)`).FindStringSubmatch(p.body); m != nil {
			base, _, _ := strings.Cut(p.path, "?")
			path = base + strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if seen != 3008 {
		t.Errorf("paging shows %d lines, want 3008", seen)
	}
	b.get(got.path+"?at=0-3005").must(t, 200, `id="l0-3005"`, "Page 31 of 31")
	b.get(got.path+"?show=unread").must(t, 200, "frobnicate")
}

func TestWhatCannotBeExplainedIsRefusedWithWhatToDo(t *testing.T) {
	h := open(t)
	b := h.admin()
	for name, row := range map[string]struct {
		files []file
		code  string
		words string
	}{
		"nothing":     {nil, "import-empty", "Choose a file"},
		"no text":     {[]file{{"file", "a.conf", "\xff\xfe"}}, "import-not-text", "a.conf is no UTF-8 text"},
		"two folders": {[]file{{"file", "a.conf", "include a/*.conf\ninclude b/*.conf\n"}, {"files", "x.conf", "! x\n"}}, "import-ambiguous", "x.conf fits an include of a and one of b"},
		"same name":   {[]file{{"file", "a.conf", split}, {"files", "a.conf", servers}}, "import-twice", "Two files have the name a.conf"},
		"too long":    {[]file{{"file", "a.conf", strings.Repeat("!\n", 50_001)}}, "import-too-long", "holdfast import --explain"},
		"itself grows": {[]file{{"file", "a.conf", strings.Repeat("include x.conf\n", 100)}, {"files", "x.conf", strings.Repeat("!\n", 1000)}}, "import-too-long",
			"50000 lines with all that it includes"},
	} {
		t.Log(name)
		b.send("/import", nil, row.files...).must(t, 422, `data-fault="`+row.code+`"`, row.words)
	}
	b.send("/import", nil, file{"file", "keepalived.conf", split}, file{"files", "other.cfg", servers}).must(t, 200, "No include reads other.cfg.")
}

func TestASentTextIsItsUsersAlone(t *testing.T) {
	h := open(t)
	b := h.admin()
	got := b.send("/import", url.Values{"text": {split}}).must(t, 200)
	other := h.member("li", store.Editor)
	other.get(got.path).must(t, 404, `data-fault="import-gone"`)
	other.post(got.path+"/candidate", url.Values{"version": {"0"}}).must(t, 404)
	b.get("/import/pairs/"+strings.TrimPrefix(got.path, "/import/texts/")).must(t, 404)
}

func TestACandidateThatCameMeanwhileIsNotReplacedUnseen(t *testing.T) {
	h := open(t)
	b := h.admin()
	got := b.send("/import", url.Values{"text": {split}}).must(t, 200)
	propose(t, h.member("li", store.Editor), seed)
	again := b.post(got.path+"/candidate", got.form(t, "next-step")).must(t, 409, `data-fault="import-meanwhile"`, "li has changed the candidate", "Replace li&#39;s text of ")
	form := again.form(t, "next-step")
	form.Set("replace", "yes")
	b.post(got.path+"/candidate", form).must(t, 200, "include conf.d")
}

// second is the other node's seed: another state and priority, one service less.
var second = strings.Replace(strings.Replace(seed[:strings.Index(seed, "virtual_server")], "MASTER", "BACKUP", 1), "priority 100", "priority 90", 1)

func TestTheFilesOfAPairBecomeOneTextAndNothingIsFilledIn(t *testing.T) {
	h := open(t)
	b := h.admin()
	got := b.send("/import/pair", url.Values{"other-text": {second}, "other-node": {"lb2"}}, file{"one", "lb1.conf", seed}).
		must(t, 200, "@lb1", "@lb2", "The files differ in", `data-word="priority"`, "lb1.conf:5", "Tells the nodes apart", "not written")
	for _, want := range []string{"@lb1 priority 100", "@lb2 priority 90", "virtual_router_id 51"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	got.must(t, 200, "The node of this console is dir1, and neither file is named for it")
	own := b.send("/import/pair", url.Values{"one-text": {seed}, "one-node": {"dir1"}, "other-text": {second}, "other-node": {"lb2"}}).must(t, 200)
	if strings.Contains(own.body, "data-stranger") {
		t.Error("the file of this node is called a stranger's")
	}
	text := b.get(got.path+"/text").must(t, 200).body
	if !strings.Contains(text, "@lb1     priority 100") || strings.Count(text, "virtual_router_id 51") != 1 {
		t.Errorf("the text is\n%s", text)
	}
	b.post(got.path+"/candidate", got.form(t, "next-step")).must(t, 200, "@lb2     priority 90")
}

func TestAPairThatCannotBeJoinedSaysWhy(t *testing.T) {
	h := open(t)
	b := h.admin()
	both := func(one, other string) url.Values { return url.Values{"one-text": {one}, "other-text": {other}} }
	b.send("/import/pair", both(seed, second)).must(t, 422, `data-fault="pair-nodes"`, "keepalived, keepalived", "priority 90")
	form := both(seed, strings.Replace(second, "51", "512", 1))
	form.Set("one-node", "lb1")
	form.Set("other-node", "lb2")
	b.send("/import/pair", form).must(t, 422, `data-fault="pair-errors"`, "keepalived.conf:4", "<mark>512</mark>")
	b.send("/import/pair", both(seed, "")).must(t, 422, `data-fault="import-empty"`)
}

func TestWhatBecameOfATextReadsInBothLanguagesAndWithoutEyes(t *testing.T) {
	h := open(t)
	h.working()
	h.planning()
	b := h.admin()
	explained := b.send("/import", nil, file{"file", "keepalived.conf", split}, file{"files", "web.conf", servers}, file{"files", "more.cfg", "!"}).must(t, 200)
	failed := b.send("/import", url.Values{"text": {strings.Replace(split, "51", "512", 1)}}).must(t, 200)
	joined := b.send("/import/pair", url.Values{"other-text": {second}, "other-node": {"lb2"}}, file{"one", "lb1.conf", seed}).must(t, 200)
	for lang, words := range map[string][]string{"en": {"Line by line", "What differs"}, "zh-CN": {"逐行说明", "不同之处"}} {
		b.post("/preferences", url.Values{"lang": {lang}})
		for _, path := range []string{explained.path, failed.path, joined.path} {
			got := b.get(path).must(t, 200)
			if !strings.Contains(got.body, words[0]) && !strings.Contains(got.body, words[1]) {
				t.Errorf("%s is not in %s", path, lang)
			}
			if found := inline.FindString(got.body); found != "" {
				t.Errorf("%s has %q inside", path, found)
			}
			for _, missing := range []string{"[ui.", "[explain.", "[held.", "[pair.", "[reason.", "[directive.", "no value"} {
				if strings.Contains(got.body, missing) {
					t.Errorf("%s in %s shows %s", path, lang, missing)
				}
			}
			root, err := xhtml.Parse(strings.NewReader(got.body))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range faultsOf(root) {
				t.Errorf("%s: %s", path, f)
			}
		}
	}
}

func TestTextsAreExplainedAndJoinedThroughTheAPI(t *testing.T) {
	h := open(t)
	h.working()
	h.planning()
	b := h.admin()
	var x struct {
		Failed bool
		Text   string
		Count  int `json:"operations"`
		Held   int `json:"held_back"`
		Totals map[string]int
		Files  []struct {
			File, From string
			Lines      []struct {
				Line       int
				Kind, Text string
				Operations []string
			}
		}
	}
	b.call(http.MethodPost, "/import/explain", map[string]any{"text": split, "files": []map[string]string{{"name": "conf.d/web.conf", "text": servers}}}, &x).must(t, 200)
	if x.Failed || x.Count != 2 || x.Held != 1 || x.Totals["kept"] == 0 || len(x.Files) != 2 || !strings.Contains(x.Text, "frobnicate") {
		t.Fatalf("%+v", x)
	}
	if l := x.Files[0].Lines[5]; l.Kind != "acted" || len(l.Operations) != 1 || !strings.HasPrefix(l.Operations[0], "ip address add") {
		t.Errorf("%+v", l)
	}
	var p struct {
		Nodes       []string
		Text        string
		Differences []struct {
			Word   string
			Values []*string
			Kind   string
		}
	}
	pair := map[string]any{"one": map[string]string{"node": "lb1", "text": seed}, "other": map[string]string{"name": "lb2.conf", "text": second}}
	b.call(http.MethodPost, "/import/pair", pair, &p).must(t, 200, `"word":"priority","values":["100","90"]`, `"kind":"identity"`, `null`)
	if len(p.Nodes) != 2 || p.Nodes[1] != "lb2" || !strings.Contains(p.Text, "@lb2") {
		t.Errorf("%+v", p)
	}
	pair["one"] = map[string]string{"node": "lb1", "text": strings.Replace(seed, "51", "512", 1)}
	b.call(http.MethodPost, "/import/pair", pair, nil).must(t, 422, `"code":"pair-errors"`, `"location":"keepalived.conf:4"`)
}

package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"holdfast/store"
)

// orderAnswer is what an order to change an object answers with.
type orderAnswer struct {
	Changed bool
	Object  struct {
		ID, Name   string
		ETag       string
		Disabled   bool
		Directives []struct{ Keyword, Value, Default, Unit, Range string }
		Findings   []struct{ Code string }
	}
	Candidate *struct{ Version int }
	Revision  *struct{ Number int64 }
	Plan      *struct {
		Failed bool
		Plans  []struct{ Role string }
	}
}

const inService = "/config/services/tcp:172.16.1.100:80"

func candidateText(t *testing.T, b *browser) string {
	t.Helper()
	var c struct{ Text string }
	b.call(http.MethodGet, "/candidate", nil, &c).must(t, 200)
	return c.Text
}

func TestAWeightIsOneRequestAndDoneOnce(t *testing.T) {
	h := open(t)
	h.working()
	b := h.member("maker", store.Editor)
	var got orderAnswer
	b.call(http.MethodPut, inService+"/servers/172.16.1.34:80/weight", map[string]int{"weight": 3}, &got).must(t, 200)
	if !got.Changed || got.Candidate == nil || candidateText(t, b) != moreWeight {
		t.Fatalf("%+v\n%s", got, candidateText(t, b))
	}
	got = orderAnswer{}
	b.call(http.MethodPut, inService+"/servers/172.16.1.34:80/weight", map[string]int{"weight": 3}, &got).must(t, 200)
	if got.Changed || got.Candidate != nil {
		t.Errorf("the second time: %+v", got)
	}
	// The way back is the same request; the text is the one that runs, byte for byte.
	b.call(http.MethodPut, inService+"/servers/172.16.1.34:80/weight", map[string]int{"weight": 2}, nil).must(t, 200)
	if candidateText(t, b) != seed {
		t.Error(candidateText(t, b))
	}
}

func TestAnObjectIsReadChangedAndWrittenBack(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	var list struct {
		Items []struct{ ID, ETag string }
		Total int
		Next  string
	}
	b.call(http.MethodGet, "/config/services", nil, &list).must(t, 200)
	if list.Total != 1 || list.Items[0].ID != "tcp:172.16.1.100:80" {
		t.Fatalf("%+v", list)
	}
	b.call(http.MethodGet, inService+"/servers?limit=1", nil, &list).must(t, 200)
	if list.Total != 2 || len(list.Items) != 1 || list.Next != "172.16.1.33:80" {
		t.Fatalf("%+v", list)
	}
	var service map[string]any
	read := b.call(http.MethodGet, inService, nil, &service).must(t, 200, `"default":`, `"unit":"s"`)
	tag := read.header.Get("ETag")
	if tag != `"`+fmt.Sprint(service["etag"])+`"` {
		t.Errorf("the header says %s, the body %v", tag, service["etag"])
	}
	var got orderAnswer
	whole := map[string]any{"directives": service["directives"]}
	b.call(http.MethodPut, inService, whole, &got).must(t, 200)
	if got.Changed {
		t.Error("what was read and written back is a change")
	}
	b.tagged(http.MethodPatch, inService, tag, map[string]any{"directives": []map[string]string{{"keyword": "delay_loop", "value": "9"}}}).must(t, 200, `"changed":true`)
	b.tagged(http.MethodPatch, inService, tag, map[string]any{"directives": []map[string]string{{"keyword": "delay_loop", "value": "8"}}}).must(t, 412, `"code":"changed-since"`)
	b.tagged(http.MethodDelete, inService, tag, nil).must(t, 412)
	b.call(http.MethodDelete, inService+"/servers/172.16.1.33:80", nil, &got).must(t, 200)
	b.call(http.MethodGet, inService+"/servers/172.16.1.33:80", nil, nil).must(t, 404, `"code":"not-found"`, "172.16.1.33:80")
	b.call(http.MethodGet, inService+"/servers/172.16.1.33:80?of=running", nil, nil).must(t, 200)
}

// tagged is call with If-Match.
func (b *browser) tagged(method, path, tag string, in any) page {
	b.h.t.Helper()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			b.h.t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	r := b.request(method, "/api/v1"+path, body)
	r.Header.Set("If-Match", tag)
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return b.do(r)
}

func TestAnObjectIsAddedByPutAndRefusedTwiceByPost(t *testing.T) {
	h := open(t)
	h.working()
	b := h.member("maker", store.Editor)
	var got orderAnswer
	in := map[string]any{"directives": []map[string]any{{"keyword": "protocol", "value": "UDP"}, {"keyword": "real_server", "value": "192.0.2.9 53", "directives": []map[string]any{{"keyword": "weight", "value": "2"}}}}}
	b.call(http.MethodPut, "/config/services/udp:192.0.2.1:53", in, &got).must(t, 200)
	if !got.Changed || got.Object.Name != "192.0.2.1 53" || !strings.HasSuffix(candidateText(t, b), "\nvirtual_server 192.0.2.1 53 {\n    protocol UDP\n    real_server 192.0.2.9 53 {\n        weight 2\n    }\n}\n") {
		t.Errorf("%+v\n%s", got, candidateText(t, b))
	}
	got = orderAnswer{}
	b.call(http.MethodPut, "/config/services/udp:192.0.2.1:53", in, &got).must(t, 200)
	if got.Changed {
		t.Error("the second time it is a change")
	}
	b.call(http.MethodPost, "/config/services", map[string]any{"name": "172.16.1.100 80", "directives": []map[string]any{{"keyword": "protocol", "value": "TCP"}}}, nil).must(t, 409, `"code":"object-there"`)
	b.call(http.MethodPut, "/config/services/tcp:192.0.2.1:54", in, nil).must(t, 422, `"code":"object-name"`)
	b.call(http.MethodPatch, inService, map[string]any{"directives": []map[string]any{{"keyword": "delay_lop", "value": "6"}}}, nil).must(t, 422, `"code":"no-directive"`, "delay_loop")
	b.call(http.MethodPatch, inService, map[string]any{"disabled": true}, &got).must(t, 200)
	if !got.Object.Disabled || !strings.Contains(candidateText(t, b), "\n#~ virtual_server 172.16.1.100 80") {
		t.Errorf("%+v\n%s", got.Object, candidateText(t, b))
	}
	b.call(http.MethodPatch, inService, map[string]any{"disabled": true}, &got).must(t, 200, `"changed":false`)
	b.call(http.MethodPatch, inService, map[string]any{"disabled": false}, &got).must(t, 200, `"changed":true`)
	b.call(http.MethodPost, "/config/services", map[string]any{"name": "172.16.1.101 80", "copy": "tcp:172.16.1.100:80"}, nil).must(t, 201, `"id":"tcp:172.16.1.101:80"`)
}

func TestAnObjectIsAppliedBesideTheCandidate(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	typed := seed + "# half a thought"
	b.call(http.MethodPut, "/candidate", map[string]any{"text": typed, "version": 0}, nil).must(t, 200)
	var got orderAnswer
	b.call(http.MethodPut, inService+"/servers/172.16.1.34:80/weight?apply=true&dry_run=true", map[string]int{"weight": 3}, &got).must(t, 200)
	if text, _ := h.lvs.Config(); !got.Changed || got.Plan == nil || got.Plan.Failed || len(got.Plan.Plans) != 2 || text != seed {
		t.Fatalf("%+v", got)
	}
	got = orderAnswer{}
	b.call(http.MethodPut, inService+"/servers/172.16.1.34:80/weight?apply=true&confirm=0", map[string]int{"weight": 3}, &got).must(t, 200)
	if text, _ := h.lvs.Config(); !got.Changed || got.Revision == nil || text != moreWeight {
		t.Fatalf("%+v\n%s", got, text)
	}
	if !h.lvs.until.IsZero() || !h.vrrp.until.IsZero() {
		t.Error("a role waits for a confirmation")
	}
	if candidateText(t, b) != moreWeight+"# half a thought" {
		t.Errorf("the candidate is\n%s", candidateText(t, b))
	}
	got = orderAnswer{}
	b.call(http.MethodPut, inService+"/servers/172.16.1.34:80/weight?apply=true", map[string]int{"weight": 3}, &got).must(t, 200)
	if got.Changed {
		t.Errorf("the second time: %+v", got)
	}
	maker := h.member("maker", store.Editor)
	maker.call(http.MethodPut, inService+"/servers/172.16.1.34:80/weight?apply=true", map[string]int{"weight": 4}, nil).must(t, 403)
}

func TestAWholeTextIsPlannedRunAndLeftAlone(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	var got orderAnswer
	b.call(http.MethodPut, "/config?dry_run=true", map[string]string{"text": moreWeight}, &got).must(t, 200)
	if text, _ := h.lvs.Config(); !got.Changed || got.Plan == nil || text != seed {
		t.Fatalf("%+v", got)
	}
	b.tagged(http.MethodPut, "/config", `"another"`, map[string]string{"text": moreWeight}).must(t, 412)
	for _, want := range []bool{true, false} {
		got = orderAnswer{}
		b.call(http.MethodPut, "/config?confirm=0", map[string]string{"text": moreWeight}, &got).must(t, 200)
		if got.Changed != want {
			t.Errorf("changed is %v, want %v", got.Changed, want)
		}
	}
	if n := strings.Count(b.call(http.MethodGet, "/revisions", nil, nil).body, `"number"`); n != 2 { // as found, and this one
		t.Errorf("%d revisions", n)
	}
	b.call(http.MethodPut, "/config", map[string]string{"text": "vrrp_instance {"}, nil).must(t, 422, `"code":"invalid"`)
	b.call(http.MethodPut, "/config?confirm=300", map[string]string{"text": seed}, &got).must(t, 200)
	b.call(http.MethodGet, "/status", nil, nil).must(t, 200, `"pending":{`)
	b.call(http.MethodPut, "/config", map[string]string{"text": moreWeight}, nil).must(t, 409, `"code":"pending"`)
}

// No change of clients that write at once is lost.
func TestManyClientsChangeOneTextAtOnce(t *testing.T) {
	h := open(t)
	h.working()
	var all sync.WaitGroup
	const clients = 12
	for i := range clients {
		b := h.member(fmt.Sprint("robot", i), store.Editor)
		all.Go(func() {
			path := fmt.Sprintf("%s/servers/192.0.2.%d:80", inService, i+1)
			if p := b.call(http.MethodPut, path, map[string]any{"directives": []any{}}, nil); p.status != 200 {
				t.Errorf("%s: %d %s", path, p.status, p.body)
			}
		})
	}
	all.Wait()
	text := candidateText(t, h.admin())
	for i := range clients {
		if !strings.Contains(text, fmt.Sprintf("real_server 192.0.2.%d 80 {", i+1)) {
			t.Errorf("the change of client %d is lost", i)
		}
	}
}

func TestAViewerSeesNoSecretOfAnObject(t *testing.T) {
	h := open(t)
	h.working()
	const path = "/config/instances/VI_1"
	auth := map[string]any{"keyword": "authentication", "directives": []map[string]string{{"keyword": "auth_type", "value": "PASS"}, {"keyword": "auth_pass", "value": "hush#hush"}}}
	h.admin().call(http.MethodPatch, path, map[string]any{"directives": []any{auth}}, nil).must(t, 200)
	h.member("reader", store.Viewer).call(http.MethodGet, path, nil, nil).must(t, 200, `"keyword":"auth_pass","hidden":true`)
	h.member("maker", store.Editor).call(http.MethodGet, path, nil, nil).must(t, 200, `"keyword":"auth_pass","value":"hush#hush"`)
	h.member("other", store.Viewer).call(http.MethodGet, "/directives?block=vrrp_instance", nil, nil).must(t, 200, `"keyword":"priority"`, `"range":"1..255"`)
}

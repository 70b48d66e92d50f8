package objects

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

func open(t *testing.T, text string, k Kind, ids ...string) (*Text, Object) {
	t.Helper()
	x := Open(text, model.Facts{})
	o, err := x.Find(k, ids...)
	if err != nil {
		t.Fatal(err)
	}
	return x, o
}

// meaning is the configuration that a text makes.
func meaning(x *Text) model.Config {
	c, _ := model.Parse(fileName, []byte(x.String()), model.Facts{})
	return c
}

func must(t *testing.T) func(*Text, error) *Text {
	t.Helper()
	return func(x *Text, err error) *Text {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func TestObjectsBearTheNamesOfTheEngine(t *testing.T) {
	const text = `vrrp_instance "V 1" {
}
virtual_server 192.0.2.1 0080 {
    protocol sctp
}
virtual_server 192.0.2.1 80 {
    real_server 2001:db8::1 0080 {
    }
    real_server 2001:db8::1 0080 {
    }
}
virtual_server fwmark 5 {
}
virtual_server group G {
}
virtual_server nonsense {
}
`
	x := Open(text, model.Facts{})
	var got []string
	for _, o := range x.list {
		got = append(got, strings.Join(o.ids(), " / "))
	}
	want := []string{"V 1", "sctp:192.0.2.1:80", "udp:192.0.2.1:80", "udp:192.0.2.1:80 / [2001:db8::1]:80", "udp:192.0.2.1:80 / [2001:db8::1]:80~2",
		"fwmark:5", "udp:group:G", "nonsense"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	c := meaning(x)
	for i, v := range model.Resolve(c).Virtuals { // of those that serve something
		if !slices.Contains(want, v.Name()) {
			t.Errorf("service %d is %s", i, v.Name())
		}
	}
}

func TestWeightOfAServerIsOneWordOfTheText(t *testing.T) {
	x, o := open(t, ground, Server, svc, "192.0.2.31:80")
	next := must(t)(x.Patch(o, []Setting{{Keyword: "weight", Value: "5"}}))
	if want := strings.Replace(ground, "weight 1 # slow", "weight 5 # slow", 1); next.String() != want {
		t.Error(next)
	}
	x, o = open(t, ground, Server, svc, "192.0.2.32:80")
	next = must(t)(x.Patch(o, []Setting{{Keyword: "weight", Value: "5"}}))
	if want := strings.Replace(ground, "        SSL_GET {", "        weight 5\n        SSL_GET {", 1); next.String() != want {
		t.Error(next)
	}
}

func TestTheWholeOfAServiceIsSetWithAllThatStaysTheSame(t *testing.T) {
	x, o := open(t, ground, Service, svc)
	list := x.Settings(o)
	list = slices.Delete(list, 2, 3) // the second server
	list = append(list, Setting{Keyword: "lb_algo", Value: "wlc"}, Setting{Keyword: "real_server", Value: "192.0.2.40 80", Inside: []Setting{{Keyword: "weight", Value: "2"}}})
	next := must(t)(x.Set(o, list))
	want := strings.Replace(ground, "    real_server 192.0.2.32 80 {\n        SSL_GET {\n        url {\n                path /\n            }\n        }\n    }\n", "", 1)
	want = strings.Replace(want, "    protocol TCP\n", "    protocol TCP\n    lb_algo wlc\n", 1)
	want = strings.Replace(want, "}\n# the end", "    real_server 192.0.2.40 80 {\n        weight 2\n    }\n}\n# the end", 1)
	if next.String() != want {
		t.Errorf("%s", next)
	}
}

func TestAnotherWordForADirectiveStays(t *testing.T) {
	x, o := open(t, "virtual_server 192.0.2.1 80 {\n    lvs_sched rr\n}\n", Service, "udp:192.0.2.1:80")
	if next := must(t)(x.Patch(o, []Setting{{Keyword: "lb_algo", Value: "wlc"}})); next.String() != "virtual_server 192.0.2.1 80 {\n    lvs_sched wlc\n}\n" {
		t.Error(next)
	}
}

func TestAnObjectIsCreatedCopiedAndRemoved(t *testing.T) {
	x := Open(ground, model.Facts{})
	next, o, err := x.Create(Router, nil, "W", []Setting{{Keyword: "interface", Value: "eth0"}, {Keyword: "virtual_ipaddress", Lines: []string{"192.0.2.101/24"}}})
	if err != nil || o.ID != "W" {
		t.Fatal(o, err)
	}
	back := must(t)(next.Remove(o))
	if got, want := strings.Replace(back.String(), "\n\n\n", "\n\n", 1), ground; got != want {
		t.Errorf("%s", back)
	}
	if _, _, err := next.Create(Router, nil, "W", nil); !is(err, ObjectThere) {
		t.Error(err)
	}
	copied, twin, err := next.Copy(o, "W2")
	if err != nil || twin.ID != "W2" || strings.Count(copied.String(), "192.0.2.101/24") != 2 {
		t.Errorf("%v %v\n%s", twin, err, copied)
	}
	service, err := x.Find(Service, svc)
	if err != nil {
		t.Fatal(err)
	}
	if next, o, err = x.Create(Server, &service, "192.0.2.50 80", nil); err != nil || o.ID != "192.0.2.50:80" || o.Owner.ID != svc {
		t.Fatal(o, err)
	}
	if next, o, err = next.Create(Check, &o, "TCP_CHECK", []Setting{{Keyword: "connect_timeout", Value: "3"}}); err != nil || o.ID != "TCP_CHECK" {
		t.Fatal(o, err)
	}
	if next, o, err = next.Copy(o, ""); err != nil || o.ID != "TCP_CHECK~2" {
		t.Fatal(o, err)
	}
	if !strings.Contains(next.String(), "    real_server 192.0.2.50 80 {\n        TCP_CHECK {\n            connect_timeout 3\n        }\n        TCP_CHECK {\n            connect_timeout 3\n        }\n    }\n}\n# the end") {
		t.Error(next)
	}
}

func TestAnObjectIsCreatedInAnEmptyText(t *testing.T) {
	x, o, err := Open("", model.Facts{}).Create(Service, nil, "192.0.2.1 80", []Setting{{Keyword: "protocol", Value: "TCP"}})
	if err != nil || o.ID != "tcp:192.0.2.1:80" || x.String() != "virtual_server 192.0.2.1 80 {\n    protocol TCP\n}\n" {
		t.Errorf("%v %v %q", o, err, x)
	}
	if x, o, err = x.Create(Global, nil, "", []Setting{{Keyword: "router_id", Value: "lb1"}}); err != nil || !strings.HasPrefix(x.String(), "global_defs {\n    router_id lb1\n}\n\n") {
		t.Errorf("%v %v %q", o, err, x)
	}
}

// A disabled object is not there to whoever reads the text, and comes back as it was.
func TestADisabledObjectIsReadAsIfItWereRemoved(t *testing.T) {
	x := Open(ground, model.Facts{})
	for _, o := range x.list {
		off, err := x.Disable(o)
		if err != nil {
			t.Errorf("%s: %v", o.ID, err)
			continue
		}
		removed := must(t)(x.Remove(o))
		got := meaning(off)
		want := meaning(removed)
		if model.Print(got) != model.Print(want) {
			t.Errorf("%s disabled is not %s removed:\n%s", o.ID, o.ID, off)
		}
		twin, err := off.Find(o.Kind, o.ids()...)
		if err != nil || !twin.Disabled {
			t.Errorf("%s: %v", o.ID, err)
			continue
		}
		if _, err := off.Patch(twin, nil); !is(err, ObjectOff) {
			t.Errorf("%s is edited though it is disabled: %v", o.ID, err)
		}
		if on := must(t)(off.Enable(twin)); on.String() != ground {
			t.Errorf("%s came back as\n%s", o.ID, on)
		}
	}
}

func is(err error, code string) bool {
	var f *Fault
	return errors.As(err, &f) && f.Code == code
}

func TestWhatStandsBesideADisabledServerIsStillEdited(t *testing.T) {
	x, o := open(t, ground, Server, svc, "192.0.2.31:80")
	off := must(t)(x.Disable(o))
	next, err := off.Find(Server, svc, "192.0.2.32:80")
	if err != nil {
		t.Fatal(err)
	}
	done := must(t)(off.Patch(next, []Setting{{Keyword: "weight", Value: "9"}}))
	on, err := done.Find(Server, svc, "192.0.2.31:80")
	if err != nil {
		t.Fatal(err)
	}
	if got := must(t)(done.Enable(on)); got.String() != strings.Replace(ground, "        SSL_GET {", "        weight 9\n        SSL_GET {", 1) {
		t.Error(got)
	}
	service, err := off.Find(Service, svc)
	if err != nil {
		t.Fatal(err)
	}
	all := must(t)(off.Disable(service))
	if service, err = all.Find(Service, svc); err != nil || !service.Disabled {
		t.Fatal(err)
	}
	if back := must(t)(all.Enable(service)); back.String() != off.String() {
		t.Error(back)
	}
}

func TestAnObjectThatSharesItsLineIsNotDisabled(t *testing.T) {
	x, o := open(t, "vrrp_instance A { } vrrp_instance B { }\n", Router, "A")
	if next, err := x.Disable(o); !is(err, ObjectShared) {
		t.Errorf("%v %v", next, err)
	}
}

func TestNoChangeGivesAnObjectTheNameOfAnother(t *testing.T) {
	const text = "virtual_server 192.0.2.1 80 {\n    protocol TCP\n}\nvirtual_server 192.0.2.1 80 {\n    protocol UDP\n}\nvirtual_server 192.0.2.2 80 {\n    protocol UDP\n}\n"
	x, o := open(t, text, Service, "udp:192.0.2.1:80")
	if next, err := x.Patch(o, []Setting{{Keyword: "protocol", Value: "TCP"}}); !is(err, ObjectThere) {
		t.Errorf("%v %v", err, next)
	}
	if next, err := x.Fill(o, map[string]string{"protocol": "TCP"}); !is(err, ObjectThere) {
		t.Errorf("%v %v", err, next)
	}
	x, o = open(t, text, Service, "udp:192.0.2.2:80")
	if next, err := x.Rename(o, "192.0.2.1 80"); !is(err, ObjectThere) {
		t.Errorf("%v %v", err, next)
	}
	if next, err := x.Rename(o, "192.0.2.3 80"); err != nil || next.String() != strings.Replace(text, "192.0.2.2", "192.0.2.3", 1) {
		t.Errorf("%v %v", err, next)
	}
}

func TestWordsThatAreNoDirectivesAreRefusedWithAHint(t *testing.T) {
	x, o := open(t, ground, Router, "V")
	_, err := x.Patch(o, []Setting{{Keyword: "prority", Value: "5"}})
	var f *Fault
	if !errors.As(err, &f) || f.Code != NoDirective || f.Args["Hint"] != "priority" || f.Args["Block"] != "vrrp_instance" {
		t.Error(err)
	}
	for _, s := range []Setting{{Keyword: "priority", Value: "5 }"}, {Keyword: "priority", Value: "5 # x"}, {Keyword: "priority", Value: "5\nnopreempt"}, {Keyword: "priority", Lines: []string{"5"}},
		{Keyword: "virtual_ipaddress", Lines: []string{"192.0.2.1 }"}}} {
		if next, err := x.Patch(o, []Setting{s}); err == nil {
			t.Errorf("%+v makes\n%s", s, next)
		}
	}
}

func TestWordsBehindADefinitionAreNotEdited(t *testing.T) {
	x, o := open(t, "$PRIO=100\nvrrp_instance V {\n    priority $PRIO\n    interface eth0\n}\n", Router, "V")
	_, err := x.Patch(o, []Setting{{Keyword: "priority", Value: "5"}})
	var r *conf.Refusal
	if !errors.As(err, &r) || r.Code != conf.EditDefinition {
		t.Error(err)
	}
	if _, err := x.Patch(o, []Setting{{Keyword: "interface", Value: "eth1"}}); err != nil {
		t.Error(err)
	}
}

func TestACopyKeepsTheCommentsInIt(t *testing.T) {
	x, o := open(t, ground, Router, "V")
	next, twin, err := x.Copy(o, "W")
	if err != nil {
		t.Fatal(err)
	}
	own := x.Lines(o)
	if got := next.Lines(twin); got != strings.Replace(own, "vrrp_instance V", "vrrp_instance W", 1) || !strings.Contains(next.String(), own+"\n"+got) {
		t.Errorf("%s", next)
	}
	if _, _, err := x.Copy(o, "V"); !is(err, ObjectThere) {
		t.Error(err)
	}
	if _, _, err := x.Copy(o, ""); !is(err, ObjectName) {
		t.Error(err)
	}
	shared := "vrrp_instance V { interface eth0 } vrrp_instance U { interface eth0 }"
	x, o = open(t, shared, Router, "V")
	if next, _, err = x.Copy(o, "W"); err != nil || strings.Count(next.String(), "vrrp_instance") != 3 {
		t.Errorf("%v\n%s", err, next)
	}
	x, o = open(t, strings.ReplaceAll("vrrp_instance V {\n interface eth0 # here\n}", "\n", "\r\n"), Router, "V")
	if next, _, err = x.Copy(o, "W"); err != nil || next.String() != strings.ReplaceAll("vrrp_instance V {\n interface eth0 # here\n}\n\nvrrp_instance W {\n interface eth0 # here\n}", "\n", "\r\n") {
		t.Errorf("%v %q", err, next.String())
	}
}

func TestSeveralObjectsAreRemovedDisabledAndEnabledTogether(t *testing.T) {
	x := Open(ground, model.Facts{})
	all := x.All(Server)
	few := []Object{all[0], all[3], all[7]}
	oneByOne := x
	for i := len(few) - 1; i >= 0; i-- {
		oneByOne = must(t)(oneByOne.Remove(few[i]))
	}
	if got := must(t)(x.RemoveAll(few)); got.String() != oneByOne.String() {
		t.Errorf("%s", got)
	}
	off := must(t)(x.DisableAll(few))
	var now []Object
	for _, o := range few {
		twin, err := off.Find(o.Kind, o.ids()...)
		if err != nil || !twin.Disabled {
			t.Errorf("%s: %v", o.ID, err)
		}
		now = append(now, twin)
	}
	if got := must(t)(off.DisableAll(now)); got.String() != off.String() {
		t.Errorf("disabled twice:\n%s", got)
	}
	if got := must(t)(off.EnableAll(now)); got.String() != ground {
		t.Errorf("%s", got)
	}
	if got := must(t)(off.RemoveAll(append(now, off.All(Server)[1]))); strings.Contains(got.String(), "192.0.2.31") || len(got.All(Server)) != len(all)-4 {
		t.Errorf("%s", got)
	}
}

func TestAnObjectNeverTakesTheNameOfAnotherOneWhereverThatStands(t *testing.T) {
	const text = "vrrp_instance A {\n}\nvrrp_instance B {\n}\nvrrp_instance C {\n}\n"
	for _, from := range []string{"A", "C"} {
		x, o := open(t, text, Router, from)
		if _, err := x.Rename(o, "B"); !is(err, ObjectThere) {
			t.Errorf("%s renamed: %v", from, err)
		}
		if _, _, err := x.Copy(o, "B"); !is(err, ObjectThere) {
			t.Errorf("%s copied: %v", from, err)
		}
	}
}

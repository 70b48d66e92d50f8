package model

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestEveryDirectiveSurvivesJSONAndBack(t *testing.T) {
	c := everything(t)
	text, err := JSON(c)
	if err != nil {
		t.Fatal(err)
	}
	back, findings, err := FromJSON(text, Facts{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, f := range findings {
		if f.Severity == Error || wrong(f.Code) {
			t.Errorf("%s: %s", f.Range.File, plain(f))
		}
	}
	compare(t, readTable(), reflect.ValueOf(&c).Elem(), reflect.ValueOf(&back).Elem())
	again, err := JSON(back)
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("%v, written differently after one round:\n%s", err, again)
	}
	if Print(back) != Print(c) {
		t.Errorf("printed differently:\n%s", Print(back))
	}
}

func TestEachSampleSurvivesJSONAndBack(t *testing.T) {
	files, err := filepath.Glob("testdata/findings/*.conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "testdata/tutorial-node1.conf", "testdata/tutorial-web.conf") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, findings := Parse(file, text, Facts{})
		if Failed(findings) {
			continue
		}
		form, err := JSON(c)
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := FromJSON(form, Facts{})
		if err != nil || Print(back) != Print(c) {
			t.Errorf("%s: %v\n%s\n%s", file, err, form, Print(back))
		}
	}
}

func TestJSONOfTheWrongFormIsRefusedAtItsMember(t *testing.T) {
	for form, want := range map[string]string{
		`{"vrrp_instance":[{"name":"V","interfaec":"eth0"}]}`:                                    "vrrp_instance[0].interfaec",
		`{"vrrp_instance":[{"name":"V","priority":true}]}`:                                       "vrrp_instance[0].priority",
		`{"vrrp_instance":{"name":"V"}}`:                                                         "vrrp_instance",
		`{"vrrp_instance":[{"name":"V","interface":"eth0\npriority 7"}]}`:                        "vrrp_instance[0].interface",
		`{"vrrp_instance":[{"name":"V","virtual_ipaddress":["192.0.2.1 } x {"]}]}`:               "vrrp_instance[0].virtual_ipaddress[0]",
		`{"vrrp_instance":[{"name":"V","unicast_peer":["192.0.2.1 # two"]}]}`:                    "vrrp_instance[0].unicast_peer[0]",
		`{"global_defs":{"vrrp_version":{"a":1}}}`:                                               "global_defs.vrrp_version",
		`{"kept":[{"text":"include /etc/passwd"}]}`:                                              "kept[0]",
		`{"virtual_server":[{"address":"192.0.2.1","real_server":[{"checks":[{"word":"X"}]}]}]}`: "address",
		`[]`:    "JSON",
		`{} {}`: "follows",
	} {
		if _, _, err := FromJSON([]byte(form), Facts{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one about %s", form, err, want)
		}
	}
}

func TestAFindingInJSONNamesItsMember(t *testing.T) {
	_, findings, err := FromJSON([]byte(`{"vrrp_instance":[{"name":"V","interface":"eth0","virtual_router_id":300}]}`), Facts{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Code == "out-of-range" && f.Range.File == "vrrp_instance[0].virtual_router_id" {
			return
		}
	}
	t.Errorf("findings %+v", findings)
}

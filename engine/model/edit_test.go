package model

import (
	"errors"
	"strings"
	"testing"

	"holdfast/engine/conf"
)

func TestFindingLeadsToTheStatementThatIsMended(t *testing.T) {
	text := instance("A", 1, "priority 300 # too much")
	_, findings := reads(t, text)
	for _, f := range findings {
		if f.Code != "out-of-range" {
			continue
		}
		d := Draft("keepalived.conf", text, host)
		p, word, err := At(d, f.Range)
		if err != nil {
			t.Fatal(err)
		}
		c, err := d.Edit(conf.SetWord(p, word, "200"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Apply(text); err != nil || got != strings.Replace(text, "300", "200", 1) {
			t.Errorf("%v, %s", err, got)
		}
		return
	}
	t.Errorf("not found: %v", findings)
}

func TestPlaceInAnIncludedFileNamesIt(t *testing.T) {
	_, _, err := At(Draft("x", "a\n", host), Range{File: "/etc/other.conf", Line: 1, Col: 1})
	var r *conf.Refusal
	if !errors.As(err, &r) || r.Code != "edit-included" || r.Args["Name"] != "/etc/other.conf" {
		t.Error(err)
	}
}

func TestDraftBelievesTheBracesThatTheTreeBelieves(t *testing.T) {
	const text = "vrrp_instance A {\n    interface eth0\n    virtual_router_id 1\n    authentication {\n    auth_type PASS\n    auth_pass 1111\n}\nvirtual_ipaddress {\n    192.0.2.77\n    }\n}\n"
	d := Draft("x", text, host)
	if n := len(d.File().Nodes[0].Block.Nodes); n != 4 {
		t.Fatalf("the instance has %d statements", n)
	}
	if _, err := d.Edit(conf.Remove(conf.Path{0, 2})); err != nil {
		t.Error(err)
	}
}

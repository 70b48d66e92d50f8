package explain_test

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"holdfast/assets"
	"holdfast/engine/conf"
	"holdfast/engine/control"
	"holdfast/engine/explain"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

const router = "! uplink\nvrrp_instance V {\n    interface eth0\n    virtual_router_id 7\n    track_flie x\n    virtual_ipaddress {\n        192.0.2.7/24\n    }\n}\n"

func address(text string) plan.Op {
	return plan.Op{Verb: plan.AddAddress, Address: plan.Address{Prefix: netip.MustParsePrefix(text), Link: "eth0"}}
}

// explained explains a text with a plan, as node n reads it.
func explained(t *testing.T, text string, planned control.Planned) *explain.Explained {
	t.Helper()
	in := explain.Read("x.conf", []byte(text), model.Facts{Node: "n"})
	in.Planned = planned
	x, err := explain.Explain(in)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func ExampleExplain() {
	in := explain.Read("keepalived.conf", []byte(router), model.Facts{Node: "lb1"})
	if !in.Failed() {
		in.Planned.Operations = plan.Plan{address("192.0.2.7/24")} // as the engine plans it
	}
	x, err := explain.Explain(in)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range x.Sections[0].Lines {
		fmt.Printf("%-24s| %s", strings.TrimSpace(l.Text), l.Kind)
		for _, n := range append(l.About, l.Effect...) {
			fmt.Print(" ", n.Code)
		}
		for _, f := range l.Findings {
			fmt.Print(" ", f.Code)
		}
		for _, i := range l.Causes {
			fmt.Print(" | ", x.Planned.Operations[i])
		}
		fmt.Println()
	}
	// Output:
	// ! uplink                | comment comment
	// vrrp_instance V {       | acted does
	// interface eth0          | acted does
	// virtual_router_id 7     | acted does
	// track_flie x            | unread unknown-word
	// virtual_ipaddress {     | acted does
	// 192.0.2.7/24            | acted | ip address add 192.0.2.7/24 dev eth0 scope global
	// }                       | brace end
	// }                       | brace end
}

func TestAnOperationBelongsToTheLineThatCausesItAndPartsToOthers(t *testing.T) {
	x := explained(t, router, control.Planned{Operations: plan.Plan{address("192.0.2.7/24"), address("192.0.2.99/32")}})
	if at, ok := x.Owner(0); !ok || at != (explain.LineRef{Section: 0, Line: 6}) {
		t.Errorf("the address belongs to %+v, %v", at, ok)
	}
	if got := x.At(explain.LineRef{Line: 2}).Adds; !slices.Equal(got, []int{0}) {
		t.Errorf("the interface is a part of %v", got)
	}
	if got := x.Unattributed(); !slices.Equal(got, []int{1}) {
		t.Errorf("of no line are %v", got)
	}
}

func TestALineThatCouldHaveAnOperationSaysWhyItHasNone(t *testing.T) {
	held := control.Planned{Held: []control.Blocked{{Object: "eth0", Code: "no-interface"}}}
	for want, x := range map[explain.Code]*explain.Explained{
		explain.There:   explained(t, router, control.Planned{}),
		explain.Blocked: explained(t, router, held),
		"":              explained(t, router+"vrrp_instance W {\n    priority\n}\n", control.Planned{}),
	} {
		if got := x.At(explain.LineRef{Line: 6}).Why; got.Code != want || (got.Held != nil) != (want == explain.Blocked) {
			t.Errorf("%+v, want %q", got, want)
		}
	}
}

func TestALineKnowsWhereItsStatementsStand(t *testing.T) {
	x := explained(t, "$IF=eth0\n"+router, control.Planned{})
	got := x.At(explain.LineRef{Line: 3}).Became
	if len(got) != 1 || got[0].Text != "interface eth0" || got[0].At.Line != 4 || got[0].At.Col != 5 {
		t.Errorf("%+v", got)
	}
}

func TestOperationsThatThisKernelCannotDoAreNotCountedAsDone(t *testing.T) {
	service := plan.Op{Verb: plan.AddService, Service: plan.Service{Key: plan.ServiceKey{Addr: netip.MustParseAddr("192.0.2.7"), Port: 80}}}
	for missing, want := range map[string][2]bool{"": {false, false}, "no-ipvs": {false, true}, "no-net-raw": {true, false}, "no-net-admin": {true, true}} {
		x := &explain.Explained{Planned: control.Planned{Operations: plan.Plan{address("192.0.2.7/32"), service}}}
		if missing != "" {
			x.Planned.Held = []control.Blocked{{Code: missing}}
		}
		blocked := 0
		for i, is := range want {
			if got := x.BlockedBy(i); (got != "") != is || is && got != missing {
				t.Errorf("%s: operation %d is held back by %q", missing, i, got)
			}
			if is {
				blocked++
			}
		}
		if done, held := x.Now(); held != blocked || done != 2-blocked {
			t.Errorf("%s: %d done, %d held back", missing, done, held)
		}
	}
}

func TestATextOfTooManyLinesIsNotExplained(t *testing.T) {
	in := explain.Read("x.conf", []byte(strings.Repeat("\n", explain.MostLines+1)), model.Facts{})
	if _, err := explain.Explain(in); !in.TooLong() || !errors.Is(err, explain.ErrTooLong) {
		t.Errorf("explained: %v", err)
	}
	files := func(string, string) ([]conf.Source, error) {
		return []conf.Source{{Name: "y", Text: []byte(strings.Repeat("\n", explain.MostLines))}}, nil
	}
	in = explain.Read("x.conf", []byte("include y\n\n"), model.Facts{Files: files})
	if !in.TooLong() {
		t.Error("what is included is not counted")
	}
}

func TestEachCodeHasASentence(t *testing.T) {
	for _, code := range explain.Codes {
		if !assets.Known("explain." + string(code)) {
			t.Errorf("%s has none", code)
		}
	}
	for _, kind := range []explain.Kind{explain.Acted, explain.Kept, explain.Obsolete, explain.Unread} {
		if !assets.Known("explain."+string(kind)) || !kind.Statement() {
			t.Errorf("%s has none", kind)
		}
	}
	for _, code := range explain.IdleCodes {
		if !assets.Known("finding." + code) {
			t.Errorf("no finding has the code %s", code)
		}
	}
}

// The table of directives does not say what a kernel makes of a field.
func TestFieldsThatGoIntoOperationsAreFilledByWords(t *testing.T) {
	filled := map[string][]string{}
	for _, d := range model.Directives() {
		filled[d.Block] = append(filled[d.Block], d.Field)
	}
	for block, fields := range map[string][]string{
		model.Root: {"Instances", "Virtuals"}, "vrrp_instance": append(explain.AddressLists, "Interface"),
		"virtual_server": slices.Concat(explain.ServerFields, explain.ServiceFields, explain.InheritedFields), "real_server": explain.DestinationFields,
	} {
		for _, f := range fields {
			if !slices.Contains(filled[block], f) {
				t.Errorf("no word of %s fills %s", block, f)
			}
		}
	}
	if d := model.Words()[[2]string{"virtual_ipaddress", explain.LinkOption}]; d == nil || d.Kind != "interface" {
		t.Errorf("%s names no link", explain.LinkOption)
	}
	for _, name := range model.Words()[[2]string{"virtual_server", "protocol"}].Values {
		if explain.ProtocolOf(name) == 0 {
			t.Errorf("%s has no number", name)
		}
	}
}

// A field of a service or a server that nobody thought of is either a part of its
// operations or named here.
func TestEachFieldOfAServiceIsPartOfItsOperationsOrNot(t *testing.T) {
	beside := map[string][]string{
		"Virtual": {"Addr", "Port", "Of", "Family", "Ends", "place", "resolved", "HASuspend", "Alpha", "Omega", "Quorum", "Hysteresis", "QuorumUp", "QuorumDown", "Sorry", "SorryInhibit", "SorryMethod",
			"Inhibit", "Grace", "SlowStart", "ShareChecks", "VirtualHost", "SMTPAlert", "Timing", "Servers", "Kept"},
		"Real": {"Addr", "Port", "Inhibit", "NotifyUp", "NotifyDown", "VirtualHost", "Alpha", "SMTPAlert", "Timing", "Checks", "Kept"},
	}
	for typ, part := range map[reflect.Type][]string{
		reflect.TypeFor[model.Virtual](): append(slices.Clone(explain.ServiceFields), explain.InheritedFields...),
		reflect.TypeFor[model.Real]():    explain.DestinationFields,
	} {
		for _, f := range reflect.VisibleFields(typ) {
			if name := f.Name; f.IsExported() && !f.Anonymous && slices.Contains(part, name) == slices.Contains(beside[typ.Name()], name) {
				t.Errorf("%s.%s is in both lists or in none", typ.Name(), name)
			}
		}
	}
}

// An address of an instance with use_vmac is on a link of its own, which its text does
// not name.
func TestTheDropOfAnAddressBelongsToItsLineAndIsPartOfTheWordThatAsksForIt(t *testing.T) {
	text := strings.Replace(router, "track_flie x", "no_accept", 1)
	dropped := plan.Op{Verb: plan.AddDrop, Drop: plan.Drop{Addr: netip.MustParseAddr("192.0.2.7"), Table: "ha"}}
	x := explained(t, text, control.Planned{Operations: plan.Plan{dropped, address("192.0.2.7/24")}})
	for i := range 2 {
		if at, ok := x.Owner(i); !ok || at != (explain.LineRef{Section: 0, Line: 6}) {
			t.Errorf("operation %d belongs to %+v, %v", i, at, ok)
		}
	}
	if got := x.At(explain.LineRef{Line: 4}).Adds; !slices.Equal(got, []int{0}) {
		t.Errorf("no_accept is a part of %v", got)
	}
}

func TestALinkOfItsOwnIsMadeByTheWordThatAsksForIt(t *testing.T) {
	vmac := address("192.0.2.7/24")
	vmac.Address.Link = "vrrp.7"
	x := explained(t, strings.Replace(router, "track_flie x", "use_vmac", 1), control.Planned{Operations: plan.Plan{
		{Verb: plan.AddLink, Link: plan.Link{Name: "vrrp.7", Parent: "eth0"}}, vmac}})
	got := map[string][]int{}
	for _, l := range x.Sections[0].Lines {
		if n := append(slices.Clone(l.Causes), l.Adds...); len(n) > 0 {
			got[strings.TrimSpace(l.Text)] = n
		}
	}
	want := map[string][]int{"192.0.2.7/24": {1}, "use_vmac": {0}, "interface eth0": {1}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

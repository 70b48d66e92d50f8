package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/convert"
	"holdfast/engine/facts"
	"holdfast/engine/model"
)

// routers is the text of one of two routers that differ in three lines.
func routers(state string, priority int, more string) string {
	return fmt.Sprintf("vrrp_instance V {\n    state %s\n    interface eth0\n    virtual_router_id 7\n    priority %d\n%s    virtual_ipaddress {\n        192.0.2.1\n    }\n}\n", state, priority, more)
}

func twoFiles(t *testing.T, one, other string) (string, string) {
	t.Helper()
	dir := folder(t, map[string]string{"d1.conf": one, "d2.conf": other})
	return filepath.Join(dir, "d1.conf"), filepath.Join(dir, "d2.conf")
}

// means is the configuration that a file has for its node.
func means(t *testing.T, path, node string) model.Config {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, findings := model.Parse(path, text, facts.Reading(node))
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	return c
}

// joined imports two files, demands that each node gets its own back by export,
// and gives the joined text and what was printed.
func joined(t *testing.T, a, b string) (both, out string) {
	t.Helper()
	data := t.TempDir()
	out, errs, code := holdfast(t, "en", "import", a, b, "--data", data)
	if code != 0 {
		t.Fatalf("code %d: %s%s", code, out, errs)
	}
	both, _, _ = holdfast(t, "en", "export", "--data", data)
	for _, path := range []string{a, b} {
		node := convert.NodeOf(path)
		own, errs, code := holdfast(t, "en", "export", "--data", data, "--node", node)
		if code != 0 || strings.Contains("\n"+own, "\n@") {
			t.Errorf("export for %s: code %d, %s\n%s", node, code, errs, own)
		}
		back := t.TempDir()
		if _, errs, code := holdfast(t, "en", "import", file(t, own), "--data", back); code != 0 {
			t.Errorf("the export for %s is not imported: %s", node, errs)
		}
		got, _ := model.Parse("x", []byte(own), model.Facts{Node: node})
		if want := means(t, path, node); convert.Ordered(want) != convert.Ordered(got) {
			t.Errorf("%s gets\n%s\nin canonical form\n%s\nand had\n%s", node, own, model.Print(got), model.Print(want))
		}
	}
	return both, out
}

func TestTwoFilesOfAPairBecomeOneText(t *testing.T) {
	a, b := twoFiles(t, routers("MASTER", 110, ""), routers("BACKUP", 100, "    nopreempt\n"))
	both, out := joined(t, a, b)
	for _, line := range []string{"@d1     state MASTER", "@d2     state BACKUP", "@d1     priority 110", "@d2     nopreempt"} {
		if !strings.Contains(both, line) {
			t.Errorf("%q is not in\n%s", line, both)
		}
	}
	if strings.Count(both, "virtual_router_id") != 1 {
		t.Errorf("what both say does not stand once:\n%s", both)
	}
	for _, want := range [][]string{{"state", "MASTER", "BACKUP", "tells the nodes apart"}, {"priority", "110", "100"}, {"nopreempt", "not written", "written"}} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), "vrrp_instance V / "+strings.Join(want, " ")) {
			t.Errorf("%v is not shown in\n%s", want, out)
		}
	}
}

// pairs are two files each, by what is odd about them. "both" is how often some
// text stands in the joined one.
var pairs = map[string]struct {
	one, other map[string]string
	both       map[string]int
}{
	"instances and servers in another order": {
		one:   map[string]string{"d1.conf": instance("A", 1, 110) + instance("B", 2, 90) + service("10.0.0.1", "10.0.0.2")},
		other: map[string]string{"d2.conf": service("10.0.0.2", "10.0.0.1") + instance("B", 2, 110) + instance("A", 1, 90)},
		both:  map[string]int{"vrrp_instance A": 1, "vrrp_instance B": 1, "real_server 10.0.0.1": 1, "@d1     priority": 2, "@d2     priority": 2, "@": 4},
	},
	"one instance more": {
		one:   map[string]string{"d1.conf": instance("A", 1, 110)},
		other: map[string]string{"d2.conf": "# the other network\n" + instance("N", 9, 50) + instance("A", 1, 90)},
		both:  map[string]int{"@d2 vrrp_instance N": 1, "@d2 }": 1, "vrrp_instance A": 1, "# the other network": 1},
	},
	"comments that differ": {
		one:   map[string]string{"d1.conf": "! node one\n" + strings.Replace(instance("A", 1, 110), "interface eth0", "interface eth0 # to the switch", 1)},
		other: map[string]string{"d2.conf": "! node two\n" + strings.Replace(instance("A", 1, 110), "interface eth0", "! uplink\n    interface eth0  # to the router", 1)},
		both:  map[string]int{"! node one": 1, "! node two": 1, "# to the switch": 1, "# to the router": 1, "! uplink": 1, "interface eth0": 1, "@": 0},
	},
	"texts in several files": {
		one:   map[string]string{"d1.conf": "include one/*.conf\n", "one/a.conf": "$IF=eth0\n" + strings.Replace(instance("A", 1, 110), "eth0", "$IF", 1), "one/b.conf": service("10.0.0.1")},
		other: map[string]string{"d2.conf": "include two.conf\n" + service("10.0.0.1"), "two.conf": "$IF=eth0\n" + strings.Replace(instance("A", 1, 90), "eth0", "$IF", 1)},
		both:  map[string]int{"include": 0, "vrrp_instance A": 1, "interface $IF": 1, "virtual_server": 1, "@": 2},
	},
	"other definitions": {
		one:   map[string]string{"d1.conf": "$IF=eth0\n$PRIO=110\n" + strings.NewReplacer("eth0", "$IF", "110", "$PRIO").Replace(instance("A", 1, 110))},
		other: map[string]string{"d2.conf": "$IF=eth0\n$PRIO=90\n" + strings.NewReplacer("eth0", "$IF", "90", "$PRIO").Replace(instance("A", 1, 90))},
		both:  map[string]int{"$IF=eth0": 1, "@d1 $PRIO=110": 1, "@d2 $PRIO=90": 1, "interface $IF": 1, "@": 2},
	},
	"a definition over several lines": {
		one:   map[string]string{"d1.conf": "$BODY= \\\n    priority 110 \\\n    state MASTER\n" + strings.Replace(instance("A", 1, 1), "priority 1", "$BODY", 1)},
		other: map[string]string{"d2.conf": "$BODY= \\\n    priority 90 \\\n    state BACKUP\n" + strings.Replace(instance("A", 1, 1), "priority 1", "$BODY", 1)},
		both:  map[string]int{"$BODY": 0, "@d1     priority 110": 1, "@d2     state BACKUP": 1, "vrrp_instance A": 1},
	},
	"lines for nodes in the files": {
		one:   map[string]string{"d1.conf": "@d1 global_defs {\n@d1 router_id one\n@d1 }\n@other nonsense\n" + instance("A", 1, 110)},
		other: map[string]string{"d2.conf": "@^d1 global_defs {\n@^d1 router_id two\n@^d1 }\n" + instance("A", 1, 90)},
		both:  map[string]int{"@d1 router_id one": 1, "@d2 router_id two": 1, "nonsense": 0, "global_defs": 1},
	},
	"braces on lines of their own and on others'": {
		one:   map[string]string{"d1.conf": strings.ReplaceAll(instance("A", 1, 110), " {", "\n{") + "vrrp_sync_group G { group { A } }\n"},
		other: map[string]string{"d2.conf": instance("A", 1, 90) + "vrrp_sync_group G {\n    group {\n        A\n    }\n}\n"},
		both:  map[string]int{"vrrp_instance A": 1},
	},
}

func instance(name string, id, priority int) string {
	return fmt.Sprintf("vrrp_instance %s {\n    interface eth0\n    virtual_router_id %d\n    priority %d\n    virtual_ipaddress {\n        192.0.2.%d\n        192.0.2.%d\n    }\n}\n\n", name, id, priority, id, id+100)
}

func service(servers ...string) string {
	text := "virtual_server 192.0.2.1 80 {\n    protocol TCP\n"
	for _, s := range servers {
		text += "    real_server " + s + " 80 {\n        TCP_CHECK {\n        }\n    }\n"
	}
	return text + "}\n"
}

func TestEachNodeOfAPairGetsItsOwnBack(t *testing.T) {
	for name, p := range pairs {
		t.Run(name, func(t *testing.T) {
			a, b := filepath.Join(folder(t, p.one), "d1.conf"), filepath.Join(folder(t, p.other), "d2.conf")
			both, _ := joined(t, a, b)
			for text, n := range p.both {
				if got := strings.Count(both, text); got != n {
					t.Errorf("%q stands %d times, not %d, in\n%s", text, got, n, both)
				}
			}
		})
	}
}

func TestWhatIsOnlyASettingHasNoNote(t *testing.T) {
	a, b := twoFiles(t, service("10.0.0.1"), strings.Replace(service("10.0.0.1"), "protocol TCP", "protocol TCP\n    delay_loop 3", 1))
	both, out := joined(t, a, b)
	if !strings.HasPrefix(both, "! holdfast: nodes d1 d2\n") { // no line is for d1
		t.Errorf("joined is\n%s", both)
	}
	if !strings.Contains(out, "delay_loop") || strings.Contains(out, "pair.kind") {
		t.Errorf("shown is\n%s", out)
	}
}

func TestTheTutorialsPairDiffersInThreeLines(t *testing.T) {
	text, err := os.ReadFile(tutorial + "tutorial-node1.conf")
	if err != nil {
		t.Fatal(err)
	}
	other := strings.NewReplacer("node1.com ", "node2.com ", "state MASTER", "state BACKUP", "priority 100", "priority 99").Replace(string(text))
	a, b := twoFiles(t, string(text), other)
	both, out := joined(t, a, b)
	if n := strings.Count(both, "\n@"); n != 6 || strings.Count(out, "tells the nodes apart") != 3 {
		t.Errorf("%d lines are marked:\n%s\n%s", n, both, out)
	}
}

func TestIdentityOfAPairIsNeverFilledIn(t *testing.T) {
	a, b := twoFiles(t, "global_defs {\n    router_id one\n}\n"+routers("MASTER", 110, "    unicast_src_ip 10.0.0.1\n    unicast_peer {\n        10.0.0.2\n    }\n"), routers("BACKUP", 100, ""))
	data := t.TempDir()
	out, errs, code := holdfast(t, "en", "import", a, b, "--data", data, "--json")
	var p pairJSON
	if err := json.Unmarshal([]byte(out), &p); err != nil || code != 0 || p.Revision != 1 {
		t.Fatalf("%v, code %d: %s%s", err, code, out, errs)
	}
	own, _, _ := holdfast(t, "en", "export", "--data", data, "--node", "d2")
	for _, word := range []string{"router_id one", "unicast_src_ip", "unicast_peer", "110"} {
		if strings.Contains(own, word) {
			t.Errorf("d2 has %s:\n%s", word, own)
		}
	}
	i := slices.IndexFunc(p.Differences, func(d convert.Difference) bool { return d.Word == "unicast_src_ip" })
	if i < 0 || p.Differences[i].Values[1] != nil || p.Differences[i].Kind != "identity" || p.Differences[i].Places != [2]convert.Place{{File: a, Line: 9}, {}} {
		t.Errorf("differences %+v", p.Differences)
	}
}

func TestPairTellsWhatHasToAgreeAndWhatHasNot(t *testing.T) {
	text := "global_defs {\n    router_id x\n}\n" + routers("MASTER", 110, "    authentication {\n        auth_type PASS\n        auth_pass secret1\n    }\n")
	a, b := twoFiles(t, text, strings.NewReplacer("secret1", "secret2", "192.0.2.1\n", "192.0.2.9\n").Replace(text))
	for lang, want := range map[string][]string{
		"en":    {"router_id", "! the same on both", "state", "! has to be the same on both", "192.0.2.9/32", "••••"},
		"zh-CN": {"! 两边相同", "! 两边必须相同"},
	} {
		out, errs, code := holdfast(t, lang, "import", a, b, "--data", t.TempDir())
		if code != 0 || strings.Contains(out, "secret") {
			t.Errorf("code %d: %s%s", code, out, errs)
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("no %q in\n%s", w, out)
			}
		}
	}
}

func TestPairNeedsTwoNames(t *testing.T) {
	a, b := twoFiles(t, routers("MASTER", 110, ""), routers("BACKUP", 100, ""))
	for _, nodes := range []string{"d1,d1", "d1", "d1,", "d1,d 2"} {
		if _, errs, code := holdfast(t, "en", "import", a, b, "--nodes", nodes, "--data", t.TempDir()); code != exitUsage || !strings.Contains(errs, nodes[:2]) {
			t.Errorf("%s: code %d, %s", nodes, code, errs)
		}
	}
}

func TestPairWithAFileOfErrorsIsRefusedWhole(t *testing.T) {
	a, b := twoFiles(t, routers("MASTER", 110, ""), "vrrp_instance V {\n")
	data := t.TempDir()
	if _, errs, code := holdfast(t, "en", "import", a, b, "--data", data); code != exitFailed || !strings.Contains(errs, b+" has errors") {
		t.Errorf("code %d: %s", code, errs)
	}
	if _, errs, code := holdfast(t, "en", "export", "--data", data); code != exitFailed || !strings.Contains(errs, "no revision") {
		t.Errorf("code %d: %s", code, errs)
	}
}

func TestPairNamesAWeightThatCannotChangeTheWinner(t *testing.T) {
	script := "vrrp_script s {\n    script /bin/true\n    weight -5\n}\n"
	tracked := "    track_script {\n        s\n    }\n"
	for lower, want := range map[int]bool{100: true, 106: false} {
		a, b := twoFiles(t, script+routers("MASTER", 110, tracked), script+routers("BACKUP", lower, tracked))
		out, errs, _ := holdfast(t, "en", "import", a, b, "--data", t.TempDir())
		if got := strings.Contains(out, "can never change the winner"); got != want {
			t.Errorf("against %d: named is %v:\n%s%s", lower, got, out, errs)
		}
	}
}

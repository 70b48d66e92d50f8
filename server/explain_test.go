package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"holdfast/engine/explain"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/server/show"
	"holdfast/server/terminal"
)

// row is the line of an output that begins with a number.
func row(t *testing.T, out, number string) string {
	t.Helper()
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, number+": ") {
			return line
		}
	}
	t.Fatalf("no line %s in\n%s", number, out)
	return ""
}

func TestExplainTellsOfEachLineWhatItBecameAndDoes(t *testing.T) {
	path := file(t, "$IF=lo\n! words\nvrrp_instance V {\n    interface $IF\n    virtual_router_id 7\n    prioriti 5\n"+
		"    virtual_ipaddress {\n        192.0.2.177/32\n    }\n@other priority 3\n}\n")
	out, errs, code := holdfast(t, "en", "import", "--explain", path, "--node", "n1", "--run-dir", t.TempDir())
	if code != 0 {
		t.Fatalf("code %d: %s", code, errs)
	}
	for number, want := range map[string]string{"1": "defines IF as lo", "2": "a comment", "4": "acted on: interface lo; warning", "6": "Did you mean priority?",
		"8": "ip address add 192.0.2.177/32 dev lo", "10": "read where @other holds", "5": "zero operations: Number of the virtual router", "11": "ends vrrp_instance V"} {
		if line := row(t, out, number); !strings.Contains(line, want) {
			t.Errorf("no %q in %q", want, line)
		}
	}
	if !strings.Contains(out, "Operations now: 1") {
		t.Errorf("no count in\n%s", out)
	}
}

func TestExplainSaysAloudThatThereIsNothingToDo(t *testing.T) {
	out, _, code := holdfast(t, "en", "import", "--explain", file(t, "global_defs {\n    router_id x\n}\n"), "--run-dir", t.TempDir())
	if code != 0 || !strings.Contains(out, "Zero operations") {
		t.Errorf("code %d:\n%s", code, out)
	}
}

func TestExplainOfWhatCannotBeHeldHereDoesNotSayThatTheKernelHasIt(t *testing.T) {
	text := "vrrp_instance V {\n    interface absent0\n    virtual_router_id 7\n    virtual_ipaddress {\n        192.0.2.7/24\n    }\n}\n"
	for _, command := range [][]string{{"import", "--explain"}, {"plan"}} {
		out, errs, code := holdfast(t, "en", append(command, file(t, text), "--run-dir", t.TempDir())...)
		if out += errs; code != 0 || !strings.Contains(out, "ero operations") || !strings.Contains(out, "stands in the way") || strings.Contains(out, "already has all") {
			t.Errorf("%v, code %d:\n%s", command, code, out)
		}
	}
}

// What is left out is not told as acted on, nor what stands in it.
func TestExplainTellsOfBlocksThatAreLeftOut(t *testing.T) {
	instance := "vrrp_instance V {\n    interface lo\n    virtual_router_id 7\n}\n"
	out, _, _ := holdfast(t, "en", "import", "--explain", file(t, instance+instance+"vrrp_script S\n    interval 2\n}\n"), "--run-dir", t.TempDir())
	for number, want := range map[string]string{"2": "acted on", "5": "not read; warning: There is a vrrp_instance V above", "6": "not read", "7": "vrrp_instance V, which is passed over",
		"9": "not read; error: vrrp_script needs a block", "10": "vrrp_script S, which is passed over"} {
		if line := row(t, out, number); !strings.Contains(line, want) {
			t.Errorf("no %q in %q", want, line)
		}
	}
}

func TestExplainOfATextWithErrorsNamesThemAndFails(t *testing.T) {
	out, _, code := holdfast(t, "en", "import", "--explain", file(t, "vrrp_instance V {\n    priority\n}\n"))
	if code != exitFailed || !strings.Contains(row(t, out, "2"), "needs a value") {
		t.Errorf("code %d:\n%s", code, out)
	}
}

// explainJSON explains a file and gives what JSON says of it.
func explainJSON(t *testing.T, path string, args ...string) show.ExplainedJSON {
	t.Helper()
	out, errs, _ := holdfast(t, "en", append([]string{"import", "--explain", "--json", path, "--run-dir", t.TempDir()}, args...)...)
	var x show.ExplainedJSON
	if err := json.Unmarshal([]byte(out), &x); err != nil {
		t.Fatalf("%v in\n%s%s", err, out, errs)
	}
	return x
}

const balanced = "virtual_server 192.0.2.7 80 {\n    lb_algo rr\n    persistence_timeout 50\n    protocol TCP\n    real_server 10.0.0.1 80 {\n" +
	"        weight 3\n        TCP_CHECK {\n        }\n    }\n    sorry_server 10.0.0.9 80\n}\n"

func TestEachOperationOfThePlanBelongsToOneLine(t *testing.T) {
	path := file(t, balanced+"virtual_server 192.0.2.7 80 {\n    protocol UDP\n    real_server 10.0.0.1 80 {\n    }\n}\n"+
		"vrrp_instance V {\n    interface lo\n    virtual_router_id 7\n    virtual_ipaddress {\n        192.0.2.7\n    }\n    virtual_ipaddress_excluded {\n        192.0.2.8/24 dev lo\n    }\n}\n")
	x := explainJSON(t, path)
	want := map[int]string{1: "ipvsadm -A -t 192.0.2.7:80 -s rr -p 50", 5: "ipvsadm -a -t 192.0.2.7:80 -r 10.0.0.1:80 -m -w 3",
		12: "ipvsadm -A -u 192.0.2.7:80 -s wlc", 14: "ipvsadm -a -u 192.0.2.7:80 -r 10.0.0.1:80 -m -w 1",
		21: "ip address add 192.0.2.7/32 dev lo scope global", 24: "ip address add 192.0.2.8/24 dev lo scope global"}
	told := 0
	for _, l := range x.Files[0].Lines {
		told += len(l.Operations)
		if got := strings.Join(l.Operations, "; "); got != want[l.Line] {
			t.Errorf("line %d causes %q, want %q", l.Line, got, want[l.Line])
		}
	}
	if told != x.Count || len(x.Loose) > 0 {
		t.Errorf("%d operations, %d told, of no line %v", x.Count, told, x.Loose)
	}
	for line, operation := range map[int]string{2: want[1], 3: want[1], 6: want[5], 18: want[21] + want[24]} {
		if got := strings.Join(x.Files[0].Lines[line-1].Part, ""); got != operation {
			t.Errorf("line %d is a part of %q, want %q", line, got, operation)
		}
	}
}

func TestEveryLineOfEveryFileIsExplained(t *testing.T) {
	dir := folder(t, map[string]string{
		"keepalived.conf": "$IF=lo\n$BODY= \\\n    192.0.2.7 \\\n    192.0.2.8\n\ninclude conf.d/*.conf\n~LST(N, a, b) vrrp_script $N { script /bin/true }\n",
		"conf.d/one.conf": "# one\nvrrp_instance A\n{\n    interface $IF\n    virtual_router_id 7\n    virtual_ipaddress {\n        $BODY\n    }\n    include tail\n}\n",
		"conf.d/tail":     "    virtual_routes {\n        10.0.0.0/8 via 192.0.2.1\n    }\n    track_flie x",
	})
	path := filepath.Join(dir, "keepalived.conf")
	x := explainJSON(t, path, "--node", "n")
	kinds := func(f show.ExplainedFile) string {
		var b strings.Builder
		for _, l := range f.Lines {
			b.WriteString(string(l.Kind[:2]) + " ")
		}
		return b.String()
	}
	var got []string
	for _, f := range x.Files {
		got = append(got, strings.TrimPrefix(f.File, dir+"/")+" < "+strings.TrimPrefix(f.From, dir+"/")+": "+kinds(f))
	}
	want := []string{
		"keepalived.conf < : de de de de bl in ac ",
		"conf.d/one.conf < keepalived.conf:6: co ac br ac ac ac ac br in br ",
		"conf.d/tail < conf.d/one.conf:9: ac ac br un ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if b := x.Files[1].Lines[6]; !slices.Equal(b.Became, []string{"192.0.2.7", "192.0.2.8"}) || len(b.Operations) != 2 {
		t.Errorf("the block from a definition became %v, %v", b.Became, b.Operations)
	}
	if b := x.Files[0].Lines[6].Became; !slices.Contains(b, "vrrp_script a {") || !slices.Contains(b, "vrrp_script b {") {
		t.Errorf("the generator became %v", b)
	}
	sum := 0
	for _, n := range x.Totals {
		sum += n
	}
	if sum != 21 || x.Totals[explain.Kept] != 0 {
		t.Errorf("totals %v", x.Totals)
	}
	for lang, words := range map[string][]string{"en": {"included at " + path + ":6 ==", "ip route prepend 10.0.0.0/8 via 192.0.2.1"},
		"zh-CN": {"由 " + path + ":6 引入 ==", "ip route prepend 10.0.0.0/8 via 192.0.2.1"}} {
		out, _, _ := holdfast(t, lang, "import", "--explain", path, "--run-dir", t.TempDir())
		for _, w := range words {
			if !strings.Contains(out, w) {
				t.Errorf("no %q in\n%s", w, out)
			}
		}
	}
}

func TestOperationsThatNoLineCausesAreTold(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("this test makes a network namespace and has to run as root")
	}
	runtime.LockOSThread() // never unlocked: the thread ends with the test
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		t.Fatal(err)
	}
	door, err := kernel.OpenNet()
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	old := plan.Address{Link: "lo", Prefix: netip.MustParsePrefix("192.0.2.99/32")}
	if _, err := door.Apply(t.Context(), plan.Plan{{Verb: plan.AddAddress, Address: old}}); err != nil {
		t.Fatal(err)
	}
	runDir := t.TempDir()
	manifest, err := json.Marshal(plan.State{Addresses: []plan.Address{old}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(runDir, "vrrp.manifest"), manifest, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, code := holdfast(t, "en", "import", "--explain", file(t, "global_defs {\n}\n"), "--run-dir", runDir)
	if code != 0 || !strings.Contains(out, "No line causes these") || !strings.Contains(out, "ip address del 192.0.2.99/32 dev lo") {
		t.Errorf("code %d:\n%s", code, out)
	}
}

func TestColumnsKeepToTheTerminal(t *testing.T) {
	x, err := explainedFrom(&env{Lang: "zh-CN", Out: io.Discard}, file(t, "! 这是一个很长的注释，它说明这台路由器为什么存在以及由谁负责维护\n"+balanced), "n", true, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, wide := range []int{60, 80, 132} {
		var out bytes.Buffer
		x.Out = &out
		if err := x.Print(wide); err != nil {
			t.Fatal(err)
		}
		table, _, _ := strings.Cut(out.String(), "\n\n")
		for line := range strings.Lines(table) {
			if n := terminal.Columns(strings.TrimSuffix(line, "\n")); n >= wide {
				t.Errorf("%d columns on a terminal of %d: %s", n, wide, line)
			}
		}
		if !strings.Contains(strings.Join(strings.Fields(out.String()), ""), "由谁负责维护") {
			t.Errorf("words are lost:\n%s", out.String())
		}
	}
}

func TestALineOfVeryManyStatementsIsToldInShort(t *testing.T) {
	out, errs, code := holdfast(t, "en", "import", "--explain", file(t, "vrrp_instance A {\n    interface lo\n    virtual_router_id 1\n    virtual_ipaddress {\n        ~SEQ(N,1,1100) 192.0.2.1\n    }\n}\n"))
	if code == exitUsage || !strings.Contains(out, "and 100 more") {
		t.Errorf("code %d: %.600s %s", code, out, errs)
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/engine/policy"
	"holdfast/server/parent"
	"holdfast/store"
)

func TestImportedTextIsExportedByteForByte(t *testing.T) {
	data := t.TempDir()
	path := tutorial + "tutorial-node1.conf"
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, errs, code := holdfast(t, "en", "import", path, "--data", data)
	if code != 0 || !strings.Contains(out, "revision 1") {
		t.Fatalf("code %d: %s %s", code, out, errs)
	}
	if out, _, code := holdfast(t, "en", "export", "--data", data); code != 0 || out != string(want) {
		t.Errorf("code %d, exported %d bytes, imported %d", code, len(out), len(want))
	}
	if out, _, code := holdfast(t, "en", "import", path, "--data", data); code != 0 || !strings.Contains(out, "already") {
		t.Errorf("the same text again: code %d: %s", code, out)
	}
}

func TestTextWithErrorsIsImportedForTheEditorOnly(t *testing.T) {
	const text = "vrrp_instance V {\n"
	data := t.TempDir()
	for range 2 {
		_, errs, code := holdfast(t, "en", "import", file(t, text), "--data", data)
		if code != 1 || !strings.Contains(errs, "waits in the console's editor") {
			t.Errorf("code %d: %s", code, errs)
		}
	}
	if _, _, code := holdfast(t, "en", "export", "--data", data); code != 1 {
		t.Errorf("export of nothing: code %d", code)
	}
	_, errs, code := holdfast(t, "en", "import", file(t, "vrrp_instance W {\n"), "--data", data, "--json")
	if code != 1 || !strings.Contains(errs, "holds another text") {
		t.Errorf("over a text being edited: code %d: %s", code, errs)
	}
	_, errs, code = holdfast(t, "en", "import", file(t, "vrrp_instance \xff {\n"), "--data", t.TempDir())
	if code != 1 || !strings.Contains(errs, "no UTF-8") {
		t.Errorf("of bytes: code %d: %s", code, errs)
	}
	s, err := store.Open(t.Context(), parent.DatabaseDir(data))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if c, err := s.Candidate(t.Context()); err != nil || c.Text != text {
		t.Errorf("the editor has %q, %v", c.Text, err)
	}
}

func TestIncludedFilesStandInTheRevisionAsTheyAreWritten(t *testing.T) {
	dir := folder(t, map[string]string{
		"keepalived.conf": "$IF=lo # the link\nglobal_defs {\n    include ids\n}\ninclude conf.d/*.conf # all\n",
		"ids":             "@lb1 router_id one\n@lb2 router_id two",
		"conf.d/a.conf":   "! the address\nvrrp_instance A {\n    interface $IF\n    virtual_router_id 7\n    virtual_ipaddress {\n        ~SEQ(N,1,3) 192.0.2.$N\n    }\n}\n",
	})
	path, data := filepath.Join(dir, "keepalived.conf"), t.TempDir()
	out, errs, code := holdfast(t, "en", "import", path, "--data", data, "--node", "lb1")
	if code != 0 || errs != "" || !strings.Contains(out, "each in the place of the line") {
		t.Fatalf("code %d: %s%s", code, out, errs)
	}
	got, _, _ := holdfast(t, "en", "export", "--data", data)
	want := "$IF=lo # the link\nglobal_defs {\n! " + dir + "/ids:\n@lb1 router_id one\n@lb2 router_id two\n}\n! " + dir + "/conf.d/a.conf:\n" +
		"! the address\nvrrp_instance A {\n    interface $IF\n    virtual_router_id 7\n    virtual_ipaddress {\n        ~SEQ(N,1,3) 192.0.2.$N\n    }\n}\n"
	if got != want {
		t.Errorf("kept is\n%s\nwant\n%s", got, want)
	}
}

func TestIncludesThatDependOnTheNodeAreCarriedOutForIt(t *testing.T) {
	dir := folder(t, map[string]string{"keepalived.conf": "@lb1 include one\n@lb2 include two\n", "one": "global_defs {\n    router_id one\n}\n", "two": "nonsense\n"})
	data := t.TempDir()
	out, errs, code := holdfast(t, "en", "import", filepath.Join(dir, "keepalived.conf"), "--data", data, "--node", "lb1")
	if code != 0 || !strings.Contains(out, "as the node lb1 reads them") {
		t.Fatalf("code %d: %s%s", code, out, errs)
	}
	if got, _, _ := holdfast(t, "en", "export", "--data", data); got != "global_defs {\n    router_id one\n}\n" {
		t.Errorf("kept is\n%s", got)
	}
}

func TestTextOfOtherNodesIsReadAsTheFirstOfThem(t *testing.T) {
	path := file(t, "vrrp_script s {\n@lb1     script /bin/true\n@lb2     script /bin/false\n}\n")
	for _, command := range [][]string{{"import", "--data", t.TempDir()}, {"import", "--explain"}} {
		out, errs, code := holdfast(t, "en", append(command, path)...)
		if code != 0 || !strings.Contains(errs, "it was read as lb1") {
			t.Errorf("%v: code %d: %s%s", command, code, out, errs)
		}
	}
}

func TestWhatRootImportsMayRunFromTheConsole(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may say so")
	}
	data := t.TempDir()
	const text = "vrrp_instance V {\n    interface lo\n    virtual_router_id 1\n    virtual_ipaddress {\n        192.0.2.9\n    }\n    notify_master \"/bin/true x\" root\n    @far notify_backup /bin/false root\n}\n"
	if out, errs, code := holdfast(t, "en", "import", file(t, text), "--data", data); code != 0 {
		t.Fatal(code, out, errs)
	}
	known, err := policy.Known(filepath.Join(data, "state"), policy.Imported)
	if err != nil || len(known) != 2 {
		t.Error(known, err)
	}
}

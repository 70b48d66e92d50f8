package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/model"
)

// keptText imports a text into a new data directory and gives that.
func keptText(t *testing.T, text string) string {
	t.Helper()
	data := t.TempDir()
	if out, errs, code := holdfast(t, "en", "import", file(t, text), "--data", data); code != 0 {
		t.Fatalf("%s%s", out, errs)
	}
	return data
}

func TestExportForAnOlderKeepalivedLeavesOutItsUnknownWords(t *testing.T) {
	data := keptText(t, "global_defs {\n    router_id x # the node\n    use_symlink_paths yes\n}\n")
	for lang, said := range map[string]string{"en": "revision 1:3:5: left out", "zh-CN": "修订 1:3:5：已略去"} {
		out, errs, code := holdfast(t, lang, "export", "--target", "2.2.7", "--data", data)
		if code != 0 || strings.Contains(out, "use_symlink_paths") || !strings.Contains(out, "router_id x  # the node") {
			t.Errorf("code %d:\n%s%s", code, out, errs)
		}
		if !strings.Contains(errs, said) || !strings.Contains(errs, "global_defs use_symlink_paths") {
			t.Errorf("%s: said %q", lang, errs)
		}
	}
	if out, errs, code := holdfast(t, "en", "export", "--target", "2.4.3", "--data", data); code != 0 || errs != "" || !strings.Contains(out, "use_symlink_paths") {
		t.Errorf("for the newest: code %d, %s\n%s", code, errs, out)
	}
	if _, errs, code := holdfast(t, "en", "export", "--target", "1.0", "--data", data); code != exitUsage || !strings.Contains(errs, "2.2.7, 2.4.3") {
		t.Errorf("code %d: %s", code, errs)
	}
}

func TestExportAsJSONIsReadBackAsTheSame(t *testing.T) {
	text, err := os.ReadFile(tutorial + "tutorial-node1.conf")
	if err != nil {
		t.Fatal(err)
	}
	out, errs, code := holdfast(t, "en", "export", "--json", "--data", keptText(t, string(text)))
	if code != 0 || errs != "" {
		t.Fatalf("code %d: %s", code, errs)
	}
	got, _, err := model.FromJSON([]byte(out), model.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	if want, _ := model.Parse("x", text, model.Facts{}); !model.Equal(got, want) {
		t.Errorf("became\n%s", model.Print(got))
	}
}

func TestEveryFormThatIsTextIsImportedAsTheSame(t *testing.T) {
	text := "$IF=eth0\n! about all\n\nvrrp_instance V {\n    state MASTER\n    interface $IF # uplink\n    virtual_router_id 7\n    virtual_ipaddress {\n        192.0.2.1\n    }\n}\n" +
		"virtual_server 192.0.2.1 80 {\n    protocol TCP\n    ! holdfast: allow server-without-check\n    real_server 10.0.0.1 80 {\n        weight 1\n    }\n}\n"
	data := keptText(t, text)
	want, _ := model.Parse("x", []byte(text), model.Facts{Node: "n"})
	for _, flags := range [][]string{nil, {"--node", "n"}, {"--canonical"}, {"--target", "2.2.7"}, {"--node", "n", "--canonical"}} {
		out, errs, code := holdfast(t, "en", append([]string{"export", "--data", data}, flags...)...)
		if code != 0 || errs != "" {
			t.Fatalf("%v: code %d: %s", flags, code, errs)
		}
		got, findings := model.Parse("x", []byte(out), model.Facts{Node: "n"})
		if !model.Equal(got, want) {
			t.Errorf("%v means\n%s", flags, model.Print(got))
		}
		if slices.ContainsFunc(findings, func(f model.Finding) bool { return f.Code == "server-without-check" }) {
			t.Errorf("%v: what was allowed is not any more:\n%s", flags, out)
		}
		for _, comment := range []string{"! about all", "# uplink", "! holdfast: allow"} {
			if !strings.Contains(out, comment) {
				t.Errorf("%v loses %s:\n%s", flags, comment, out)
			}
		}
	}
}

func TestExportForAnUnknownNodeIsRefused(t *testing.T) {
	data := keptText(t, "@lb1 global_defs {\n@lb1     router_id lb1\n@lb1 }\n@^lb1 global_defs {\n@^lb1     router_id other\n@^lb1 }\n")
	for node, want := range map[string]string{"lb2": "Did you mean lb1?", "frankfurt": "it names: lb1"} {
		out, errs, code := holdfast(t, "en", "export", "--data", data, "--node", node)
		if code != exitFailed || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: code %d, %s\n%s", node, code, errs, out)
		}
	}
	out, errs, code := holdfast(t, "en", "export", "--data", data, "--node", "lb1")
	if code != 0 || errs != "" || out != "global_defs {\n    router_id lb1\n}\n" {
		t.Errorf("code %d, %s\n%s", code, errs, out)
	}
}

func TestExportOfNothingSaysWhatToDoAndMakesNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "absent")
	if _, errs, code := holdfast(t, "en", "export", "--data", data); code != exitFailed || !strings.Contains(errs, "import a file first") {
		t.Errorf("code %d: %s", code, errs)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("the directory was made")
	}
}

func TestFormsOfATextThatIsNotCertainAreRefusedWithThePlaces(t *testing.T) {
	text := "vrrp_instance V {\n    interface lo\n    virtual_router_id 7\n    authentication {\n        auth_type PASS\n    virtual_ipaddress {\n        192.0.2.1\n    }\n}\n"
	path := file(t, text)
	for _, flags := range [][]string{{"--canonical"}, {"--json"}, {"--target", "2.2.7"}} {
		for lang, words := range map[string][]string{
			"en":    {path + ":4:5: error: ", "errors in " + path, "byte for byte"},
			"zh-CN": {path + ":4:5: ", "逐字节"},
		} {
			out, errs, code := holdfast(t, lang, append([]string{"fmt", path}, flags...)...)
			if code != exitFailed || out != "" {
				t.Errorf("%v: code %d, written %q", flags, code, out)
			}
			for _, w := range words {
				if !strings.Contains(errs, w) {
					t.Errorf("%v: no %q in\n%s", flags, w, errs)
				}
			}
		}
	}
	if out, errs, code := holdfast(t, "en", "fmt", path); code != 0 || out != text || errs != "" {
		t.Errorf("byte for byte: code %d, %s\n%s", code, errs, out)
	}
}

func TestFmtForOneNodeKeepsItsIndentationAndComments(t *testing.T) {
	path := file(t, "$P=110\nvrrp_instance V {\n@lb1     priority $P # high\n@lb2     priority 90\n    interface $IF\n}\n")
	out, _, code := holdfast(t, "en", "fmt", "--node", "lb1", path)
	if code != 0 || out != "vrrp_instance V {\n    priority 110 # high\n    interface $IF\n}\n" {
		t.Errorf("code %d:\n%s", code, out)
	}
}

func TestImportAsJSONNamesTheRevisionAndTheFindings(t *testing.T) {
	path, data := file(t, "global_defs {\n    router_idd x\n}\n"), t.TempDir()
	for _, same := range []bool{false, true} {
		out, _, code := holdfast(t, "en", "import", "--json", path, "--data", data)
		var got importedJSON
		if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 || got.Revision != 1 || got.Same != same || len(got.Findings) != 1 {
			t.Errorf("%v, code %d: %s", err, code, out)
		}
	}
}

func TestAFileThatIsNotKeptIsExportedLikeOneThatIs(t *testing.T) {
	path, data := tutorial+"tutorial-node1.conf", t.TempDir()
	if _, errs, code := holdfast(t, "en", "import", path, "--data", data); code != 0 {
		t.Fatal(code, errs)
	}
	for _, form := range [][]string{nil, {"--canonical"}, {"--target", "2.2.7"}, {"--json"}} {
		kept, _, _ := holdfast(t, "en", append([]string{"export", "--data", data}, form...)...)
		got, errs, code := holdfast(t, "en", append([]string{"export", path, "--data", filepath.Join(data, "none")}, form...)...)
		if code != 0 || got == "" || got != kept {
			t.Errorf("%v: code %d, %d bytes of the file, %d of the revision: %s", form, code, len(got), len(kept), errs)
		}
	}
	if _, errs, code := holdfast(t, "en", "export", "--running", path); code != 2 || !strings.Contains(errs, "leave one away") {
		t.Errorf("code %d: %s", code, errs)
	}
}

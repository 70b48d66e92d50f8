package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"holdfast/engine/model"
)

func TestSupportListsEveryWordOnce(t *testing.T) {
	out, _, code := holdfast(t, "en", "support", "--json")
	var rows []supportRow
	if err := json.Unmarshal([]byte(out), &rows); err != nil || code != 0 {
		t.Fatalf("%v, code %d", err, code)
	}
	seen := map[string]string{}
	for _, r := range rows {
		key := r.Block + "." + r.Word
		if seen[key] != "" {
			t.Errorf("%s is listed twice", key)
		}
		seen[key] = r.Support
		if r.Effect == "" || strings.HasPrefix(r.Effect, "[") {
			t.Errorf("%s has no effect in words", key)
		}
	}
	for key, want := range map[string]string{"vrrp_instance.priority": "acted", "virtual_server.lb_algo": "acted",
		"HTTP_GET.nb_get_retry": "acted", "vrrp_instance.use_ipvlan": "kept", "virtual_server.nat_mask": "obsolete"} {
		if seen[key] != want {
			t.Errorf("%s is %q, want %s", key, seen[key], want)
		}
	}
}

func TestSupportTellsTheReleasesThatKnowAWord(t *testing.T) {
	out, _, _ := holdfast(t, "en", "support", "--json")
	var rows []supportRow
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatal(err)
	}
	known := map[string]supportRow{}
	for _, r := range rows {
		known[r.Block+"."+r.Word] = r
		if r.Support != "obsolete" && r.Since == "" && r.For == "" {
			t.Errorf("%s.%s: nothing is known of its release", r.Block, r.Word)
		}
	}
	for word, want := range map[string]supportRow{
		"vrrp_instance.use_ipvlan":           {Since: "2.0.17"},
		"vrrp_instance.v3_checksum_as_v2":    {Since: "2.2.8"},
		"vrrp_instance.auth_hmac":            {Since: "2.4.0"},
		"real_server.lb_kind":                {NotBefore: "2.4.0", Since: "2.4.3", AtLatest: true},
		"vrrp_instance.interface":            {Since: "1.2.8", AtLatest: true},
		"virtual_ipaddress.scope":            {Since: "1.0.3"},
		"root.virtual_server group":          {Since: "1.0.2"},
		"vrrp_script.user":                   {Since: "1.3.0"},
		"virtual_server.lb_algo":             {Since: "1.1.5", AtLatest: true},
		"TCP_CHECK.nb_get_retry":             {},
		"vrrp_instance.garp_master_delay":    {Since: "0.7.1"},
		"global_defs.vrrp_garp_master_delay": {Since: "1.2.20"},
	} {
		got := known[word]
		if got.Since != want.Since || got.NotBefore != want.NotBefore || got.AtLatest != want.AtLatest {
			t.Errorf("%s: since %q, not before %q, at latest %v", word, got.Since, got.NotBefore, got.AtLatest)
		}
	}
}

func TestSupportPrintsTextAndMarkdown(t *testing.T) {
	if out, _, code := holdfast(t, "zh-CN", "support"); code != 0 || !strings.Contains(out, "保留") {
		t.Errorf("code %d", code)
	}
	if out, _, code := holdfast(t, "en", "support", "--markdown"); code != 0 || !strings.Contains(out, "| vrrp_instance | `priority` | acted on |") {
		t.Errorf("code %d", code)
	}
}

var update = flag.Bool("update", false, "write the support matrix anew")

func TestTheDocumentedMatrixIsTheProgramsOwn(t *testing.T) {
	const file = "../deploy/support.md"
	table, _, code := holdfast(t, "en", "support", "--markdown")
	text := "# What becomes of each word of keepalived.conf\n\n" +
		"Made by `holdfast support --markdown`. Acted on: a test shows its effect. Kept: checked, stored, printed and\n" +
		"exported, without effect. Obsolete: keepalived itself does not know it any more.\n\n" + table
	if code != 0 {
		t.Fatalf("code %d", code)
	}
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != text {
		t.Errorf("%s is not current (%v): go test ./server -run Matrix -update", file, err)
	}
}

// A word is called acted on when something outside the language reads its field,
// or Resolve does to fill another that is read.
func TestEveryWordActedOnIsReadByTheEngine(t *testing.T) {
	var code strings.Builder
	for _, pattern := range []string{"../engine/*.go", "../engine/*/*.go", "../server/mail/*.go", "../server/startup/*.go", "../engine/model/resolve*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") || strings.Contains(f, "/model/") && !strings.Contains(f, "resolve") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
	}
	source := code.String()
	var look func(typ reflect.Type)
	look = func(typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			if _, bound := f.Tag.Lookup("kw"); bound && !regexp.MustCompile(`\.`+f.Name+`\b`).MatchString(source) {
				t.Errorf("%s.%s is read nowhere", typ.Name(), f.Name)
			}
			if f.Name == "Kept" {
				continue // what is not acted on
			}
			inner := f.Type
			if inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct && inner.PkgPath() == typ.PkgPath() && !strings.HasPrefix(inner.Name(), "Opt[") {
				look(inner)
			}
		}
	}
	look(reflect.TypeFor[model.Config]())
}

func TestTheFormAndItsSchemaArePrinted(t *testing.T) {
	for _, args := range [][]string{{"support", "--schema"}, {"fmt", "--json", tutorial + "tutorial-node1.conf"}} {
		out, _, code := holdfast(t, "en", args...)
		var form map[string]any
		if err := json.Unmarshal([]byte(out), &form); err != nil || code != 0 || !strings.Contains(out, `"vrrp_instance"`) {
			t.Errorf("%v: %v, code %d", args, err, code)
		}
	}
}

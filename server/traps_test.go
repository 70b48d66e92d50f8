package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"holdfast/server/show"
)

// TestTrapsThatKeepalivedFallsIntoInSilenceAreFindings holds each trap against the
// line as it should be, which has no such finding: the place, both languages, JSON
// and the exit codes.
func TestTrapsThatKeepalivedFallsIntoInSilenceAreFindings(t *testing.T) {
	instance := "vrrp_instance A {\n    interface eth0\n    virtual_router_id 51\n    state BACKUP\n%s\n    virtual_ipaddress {\n        192.0.2.1\n    }\n}\n"
	secret := "    authentication {\n        auth_type PASS\n        auth_pass %s\n    }"
	address := "    virtual_ipaddress {\n        192.0.2.9 label %s\n    }"
	script := "vrrp_script s {\n    script %s\n}\n"
	for name, row := range map[string]struct {
		text, trap, right, code, at string
		severity                    string
	}{
		"! in a password":            {fmt.Sprintf(instance, secret), `ab!cd`, `"ab!cd"`, "comment-in-secret", "7:21-7:24", "warning"},
		"# in a password":            {fmt.Sprintf(instance, secret), `ab#cd`, `"ab#cd"`, "comment-in-secret", "7:21-7:24", "warning"},
		"authentication on one line": {fmt.Sprintf(instance, "    %s"), "authentication { auth_type PASS auth_pass 1 }", "authentication {\n auth_type PASS\n auth_pass 1\n }", "one-line-block", "5:37-5:46", "warning"},
		"long label":                 {fmt.Sprintf(instance, address), "eth0:0123456789ab", "eth0:0123456789", "label-too-long", "6:25-6:42", "warning"},
		"True":                       {fmt.Sprintf(instance, "    smtp_alert %s"), "True", "true", "bad-boolean", "5:16-5:20", "warning"},
		"hexadecimal number":         {fmt.Sprintf(instance, "    priority %s"), "0x64", "100", "bad-number", "5:14-5:18", "warning"},
		"shell syntax":               {script, `"/bin/true && /bin/true"`, `"/bin/true"`, "shell-line", "2:12-2:36", "note"},
		"missing argument":           {fmt.Sprintf(instance, "    priority%s"), "", " 100", "missing-value", "5:5-5:13", "error"},
		"missing interval":           {"vrrp_script s {\n    script /bin/true\n    interval%s\n}\n", "", " 2", "missing-value", "3:5-3:13", "error"},
	} {
		t.Run(name, func(t *testing.T) {
			right := file(t, fmt.Sprintf(row.text, row.right))
			if out, _, code := holdfast(t, "en", "check", right); code != 0 || strings.Contains(out, "["+row.code+"]") {
				t.Errorf("as it should be, code %d:\n%s", code, out)
			}
			path := file(t, fmt.Sprintf(row.text, row.trap))
			out, _, code := holdfast(t, "en", "check", path)
			if failed := row.severity == "error"; failed != (code == exitFailed) {
				t.Errorf("code %d:\n%s", code, out)
			}
			if _, _, code := holdfast(t, "en", "check", "--strict", path); row.severity != "note" && code != exitFailed {
				t.Errorf("code %d with --strict", code)
			}
			found := map[string]show.FoundJSON{}
			for _, lang := range []string{"en", "zh-CN"} {
				out, _, _ := holdfast(t, lang, "check", "--json", path)
				var all []show.FoundJSON
				if err := json.Unmarshal([]byte(out), &all); err != nil {
					t.Fatal(err)
				}
				for _, f := range all {
					if f.Code == row.code {
						found[lang] = f
					}
				}
			}
			f := found["en"]
			if at := fmt.Sprintf("%d:%d-%d:%d", f.Line, f.Column, f.EndLine, f.EndColumn); at != row.at || f.Severity != row.severity {
				t.Errorf("%s at %s, want %s at %s:\n%s", f.Severity, at, row.severity, row.at, out)
			}
			if zh := found["zh-CN"].Message; f.Message == "" || zh == "" || zh == f.Message || !strings.Contains(out, f.Message) {
				t.Errorf("says %q and %q", f.Message, zh)
			}
		})
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckNamesAFirstLineThatTheKernelCannotRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "check.sh")
	text := file(t, "vrrp_script s {\n    script \""+path+"\"\n}\n")
	for content, want := range map[string]string{
		"test -e /x\n": "script-no-interpreter", "\n#!/bin/sh\n": "script-no-interpreter", "": "script-no-interpreter",
		"\xef\xbb\xbf#!/bin/sh\n": "script-no-interpreter", "#!/bin/bash\r\n": "script-carriage-return", "#!/bin/sh -e\r\n": "script-carriage-return",
		"#!/nowhere/python\n": "script-interpreter", "#!/bin/sh\n": "", "#! /bin/sh -e\nexit 0\r\n": "", "\x7fELF\x00": "",
	} {
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"en", "zh-CN"} {
			out, _, _ := holdfast(t, lang, "check", text)
			for _, code := range []string{"script-no-interpreter", "script-carriage-return", "script-interpreter"} {
				if strings.Contains(out, "["+code+"]") != (code == want) || strings.Contains(out, "<no value>") {
					t.Errorf("%q, want %q:\n%s", content, want, out)
				}
			}
		}
	}
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is far more than any of the texts below may take.
const patience = 30 * time.Second

func TestHostileTextsGetAFindingInBoundedTime(t *testing.T) {
	laughs := "$A0=ha ha ha ha ha ha ha ha ha ha\n"
	for i := range 9 {
		laughs += fmt.Sprintf("$A%d=%s\n", i+1, strings.Repeat(fmt.Sprintf("${A%d} ", i), 10))
	}
	for code, text := range map[string]string{
		"definition-too-large": laughs + "router_id $A9\n",
		"definition-loop":      "$A=${B}\n$B=${A}\nrouter_id $A\n",
		"expansion-too-large":  "$A=" + strings.Repeat("a", 60_000) + "\n" + strings.Repeat("router_id $A\n", 2000),
		"bad-generator":        "~SEQ(A,1,30000) ~SEQ(B,1,30000) x$A$B\n",
		"include-loop":         "include keepalived.conf\n",
		"nul-byte":             "global_defs {\n\x00\n}\n",
		"bom":                  "\ufeffglobal_defs {\n}\n",
		"invalid-utf8":         "! \xff\xfe\n",
		"too-deep":             strings.Repeat("a {\n", 10_000) + strings.Repeat("}\n", 10_000),
		"missing-brace":        strings.Repeat("a {\n", 10_000),
		"line-unread":          "a " + strings.Repeat("b", 1<<20) + "\n",
	} {
		t.Run(code, func(t *testing.T) {
			began := time.Now()
			out, _, _ := holdfast(t, "en", "check", file(t, text))
			if took := time.Since(began); took > patience {
				t.Errorf("took %v", took)
			}
			if !strings.Contains(out, "["+code+"]") {
				t.Errorf("found\n%.2000s", out)
			}
		})
	}
}

func TestTextWithCarriageReturnsMeansTheSame(t *testing.T) {
	out, _, code := holdfast(t, "en", "check", "--strict", file(t, "global_defs {\r\n    router_id x\r\n}\r\n"))
	if code != 0 || strings.Contains(out, "[") {
		t.Errorf("code %d:\n%s", code, out)
	}
}

func TestHundredMebibytesAreRefusedUnread(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keepalived.conf")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 100<<20); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	out, _, code := holdfast(t, "en", "check", path)
	if took := time.Since(began); took > patience {
		t.Errorf("took %v", took)
	}
	if code != exitFailed || !strings.Contains(out, "[too-large]") {
		t.Errorf("code %d:\n%.500s", code, out)
	}
}

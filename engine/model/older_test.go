package model

import (
	"slices"
	"strings"
	"testing"
)

func TestOlderLeavesOutWhatAnOlderKeepalivedDoesNotKnow(t *testing.T) {
	text := "global_defs {\n use_symlink_paths yes\n vrrp_strict\n}\n" +
		service("real_server 192.0.2.33 80 {\n HTTP_GET {\n tls_compliant\n url {\n path /\n tls_compliant\n }\n }\n }")
	c, _ := Parse("x", []byte(text), host)
	before := Print(c)
	old, left := Older(c)
	if want := []string{"HTTP_GET tls_compliant", "global_defs use_symlink_paths", "url tls_compliant"}; !slices.Equal(left, want) {
		t.Errorf("left out %q", left)
	}
	if out := Print(old); strings.Contains(out, "tls_compliant") || !strings.Contains(out, "vrrp_strict") {
		t.Errorf("printed\n%s", out)
	}
	if Print(c) != before {
		t.Error("the configuration itself has changed")
	}
}

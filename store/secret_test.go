package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// containsSecret looks for the word geheim, also in hex.
func containsSecret(text string) bool {
	return strings.Contains(text, "geheim") || strings.Contains(text, fmt.Sprintf("%x", "geheim"))
}

func TestSecretIsDotsInJSONAndLogs(t *testing.T) {
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("saved", "password", Secret("geheim"), "settings", MailSettings{Password: "geheim"})
	body := must(json.Marshal(MailSettings{Password: "geheim"}))(t)
	if containsSecret(log.String()) || containsSecret(string(body)) {
		t.Fatalf("%s%s", log.String(), body)
	}
	if empty := must(json.Marshal(Secret("")))(t); string(empty) != `""` {
		t.Fatalf("no secret is %s", empty)
	}
	var read Secret
	check(t, json.Unmarshal([]byte(`"geheim"`), &read))
	if read.Reveal() != "geheim" {
		t.Fatal("a form's secret was not read")
	}
}

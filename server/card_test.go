package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/engine/cards"
)

func TestTheCommandPrintsWhatTheCardWrites(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keepalived.conf")
	const before = "! mine\nglobal_defs {\n    router_id here\n}\n"
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"address": "172.16.1.100/32", "interface": "lo", "inner-interface": "lo", "gateway": "10.0.0.1", "servers": "172.16.1.33, 172.16.1.34 2", "kind": "mysql"}
	for _, c := range cards.All() {
		answers, words := map[string]string{}, []string{"card", "--run-dir", t.TempDir(), "--file", file, c.Name}
		for _, f := range c.Fields {
			if value, ok := all[f.Name]; ok && (f.Need || f.Kind == cards.Interface) {
				answers[f.Name] = value
				words = append(words, f.Name+"="+value)
			}
		}
		made, err := c.Write(before, answers, cards.Here{})
		if err != nil {
			t.Fatal(err)
		}
		if out, errs, code := holdfast(t, "en", words...); code != 0 || out != made.Text || errs != "" {
			t.Errorf("%s: code %d, %s\n%s", c.Name, code, errs, out)
		}
	}
}

func TestTheCommandListsCardsAndQuestionsAndSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"card"}, 0, "proxy"},
		{[]string{"card", "farm"}, 0, "servers"},
		{[]string{"card", "farms"}, 1, "Is farm meant?"},
		{[]string{"card", "pair", "address"}, 1, "QUESTION=ANSWER"},
		{[]string{"card", "pair", "address=10", "vrid=0"}, 1, "vrid: \"0\" is no number from 1 to 255."},
	} {
		out, errs, code := holdfast(t, "en", row.args...)
		if code != row.code || !strings.Contains(out+errs, row.says) {
			t.Errorf("%v: code %d\n%s%s", row.args, code, out, errs)
		}
	}
}

package main

import (
	"bytes"
	"strings"
	"testing"

	"holdfast/engine/control"
	"holdfast/server/show"
)

func TestStatsShowWhatEachServerHas(t *testing.T) {
	all := []control.VirtualStats{{
		Name: "tcp:192.0.2.100:80", Counters: control.Counters{Connections: 5000000000},
		Servers: []control.ServerStats{{Name: "192.0.2.33:80", Active: 12, Inactive: 3, Counters: control.Counters{InBytes: 1 << 40, Rates: control.Rates{OutBytes: 77}}}},
	}}
	for _, lang := range []string{"en", "zh-CN"} {
		var out bytes.Buffer
		if err := show.Stats(&env{Lang: lang, Out: &out}, "", false, all, nil); err != nil {
			t.Fatal(err)
		}
		for _, w := range []string{"tcp:192.0.2.100:80", "5000000000", "192.0.2.33:80", "12", "1099511627776", "77"} {
			if !strings.Contains(out.String(), w) || strings.Contains(out.String(), "[") {
				t.Errorf("%s: no %q in\n%s", lang, w, out.String())
			}
		}
	}
}

package model

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// sameInspected holds what Inspect finds against what Parse does.
func sameInspected(t *testing.T, text string, facts Facts) {
	t.Helper()
	_, parsed := Parse("x", []byte(text), facts)
	if got := Inspect("x", text, facts); !reflect.DeepEqual(got, parsed) {
		t.Errorf("inspected\n%+v\nparsed\n%+v\n%s", got, parsed, text)
	}
}

func TestInspectFindsWhatParseFinds(t *testing.T) {
	files, err := filepath.Glob("testdata/findings/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatal("no texts", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sameInspected(t, string(text), host)
		// What one text leaves behind is no part of the next.
		sameInspected(t, strings.Repeat(string(text)+"\n", 3), host)
	}
	for _, rule := range rules {
		sameInspected(t, rule.breaks, observed())
		sameInspected(t, rule.breaks+rule.keeps+rule.breaks, observed())
	}
}

func TestServersOfOneVirtualServerAreNotSeenInTheNext(t *testing.T) {
	var b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&b, "virtual_server 192.0.2.%d 80 {\n protocol TCP\n lb_algo rr\n lb_kind NAT\n delay_loop 6\n", i)
		for j := range i % 7 {
			fmt.Fprintf(&b, " real_server 198.51.100.%d 80 {\n", j)
			if (i+j)%3 == 0 {
				b.WriteString("  weight 0\n  HTTP_GET {\n   url {\n    path /\n   }\n   connect_timeout 9\n  }\n")
			}
			b.WriteString(" }\n")
		}
		b.WriteString("}\n")
	}
	sameInspected(t, b.String(), host)
}

func TestCheckingAServerTakesNoMemoryOfItsOwn(t *testing.T) {
	const few, many = 1_000, 10_000
	allocs := func(n int) float64 {
		text := string(manyServers(n))
		return testing.AllocsPerRun(3, func() { Inspect("x", text, host) })
	}
	// A virtual server may take some memory: its name, the table of its servers.
	extra := allocs(many) - allocs(few)
	if perVirtual := extra / ((many - few) / 100); perVirtual > 20 {
		t.Errorf("a virtual server of 100 real servers takes %.1f allocations", perVirtual)
	}
}

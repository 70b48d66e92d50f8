package main

import (
	"strings"
	"testing"
)

func TestAProxyIsNamedByWhereBrowsersReachIt(t *testing.T) {
	t.Parallel()
	e := &env{Lang: "en"}
	for _, c := range []struct {
		origin, proxies string
		good            bool
	}{
		{"", "", true},
		{"https://lb1.example", "", true},
		{"https://lb1.example:8443/", "192.0.2.7 ::1", true},
		{"http://lb1.example", "", false},
		{"lb1.example", "", false},
		{"https://", "", false},
		{"https://lb1.example/console", "", false},
		{"https://kim@lb1.example", "", false},
		{"https://lb1.example", "lb2", false},
		{"", "192.0.2.7", false},
	} {
		b := behindFlags{c.origin, strings.Fields(c.proxies)}
		p, err := b.proxy(e)
		if (err == nil) != c.good {
			t.Errorf("%+v: %v", c, err)
		}
		if c.good && c.origin != "" && (p.Origin.String() != strings.TrimSuffix(c.origin, "/") || len(p.From) != len(b.proxies) || len(b.args()) != 1+len(b.proxies)) {
			t.Errorf("%+v: %+v, %v", c, p, b.args())
		}
	}
}

func TestANameToListenAsIsServed(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{"127.0.0.1:8080": "", "[::1]:8080": "", ":8080": "", "lb1:8080": "lb1", "lb1": ""} {
		if got := nameIn(listen); got != want {
			t.Errorf("%s: %q", listen, got)
		}
	}
}

package model

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// nextBase are virtual servers that take something from outside, one twice, one
// without servers, one by a mark, and what stands between them.
func nextBase() string {
	var b strings.Builder
	b.WriteString("global_defs {\n smtp_alert_checker on\n script_user nobody\n}\n")
	for i := range 9 {
		fmt.Fprintf(&b, "virtual_server 192.0.2.1 %d {\n delay_loop %d\n protocol TCP\n lb_algo rr\n lb_kind NAT\n quorum_up \"/bin/up %d\"\n", 80+i%8, 5+i, i)
		for j := range 1 + i%3 {
			fmt.Fprintf(&b, " real_server 10.0.%d.%d 0 {\n  weight 2\n  TCP_CHECK {\n   connect_timeout 3\n  }\n  BFD_CHECK {\n   name s\n  }\n }\n", i, 1+j)
		}
		b.WriteString("}\n")
	}
	b.WriteString("vrrp_instance a {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n  192.0.2.1\n }\n}\n")
	b.WriteString("virtual_server 192.0.2.2 80 {\n protocol TCP\n}\nvirtual_server fwmark 7 {\n protocol TCP\n}\n")
	b.WriteString("bfd_instance s {\n neighbor_ip 192.0.2.50\n}\n")
	b.WriteString("virtual_server 192.0.2.3 80 {\n protocol UDP\n real_server 10.0.9.1 80 {\n }\n}\n")
	return b.String()
}

func TestNextTextMeansWhatItMeansByItself(t *testing.T) {
	text := nextBase()
	before := Accepted{Text: text, Config: ResolveOwn(first(ParseNext("x", text, Accepted{}, Facts{})))}
	for _, step := range []struct {
		name, old, new string
		shares         int // fewer virtual servers than there are
	}{
		{"nothing", "", "", 0},
		{"a weight", "weight 2", "weight 3", 1},
		{"a line more before all", "global_defs {", "! note\n\nglobal_defs {", 0},
		{"a server less", " real_server 10.0.9.1 80 {\n }\n", "", 1},
		{"that server again", " protocol UDP\n", " protocol UDP\n real_server 10.0.9.1 80 {\n }\n", 1},
		{"the same key as another", "192.0.2.1 83 {", "192.0.2.1 84 {", 2},
		{"its own key again", "192.0.2.1 84 {", "192.0.2.1 83 {", 2},
		{"the first of all", "192.0.2.1 80 {\n delay_loop 5\n", "192.0.2.9 80 {\n delay_loop 5\n", 2},
		{"the user of all programs", "script_user nobody", "script_user daemon", 100},
		{"the mails of all", "smtp_alert_checker on", "smtp_alert_checker off", 100},
		{"the session of a check", "bfd_instance s {", "bfd_instance r {", 100},
		{"the last block", "protocol UDP", "protocol SCTP", 1},
		{"a definition", "global_defs {", "$A=1\nglobal_defs {", 100},
	} {
		if step.old != "" && !strings.Contains(text, step.old) {
			t.Fatalf("%s: the text has no %q", step.name, step.old)
		}
		text = strings.Replace(text, step.old, step.new, 1)
		next := ResolveOwn(first(ParseNext("x", text, before, Facts{})))
		fresh := Resolve(first(Parse("x", []byte(text), Facts{})))
		if got, want := Changes(before.Config, next, LVS), Changes(before.Config, fresh, LVS); !slices.Equal(got, want) {
			t.Errorf("%s: it tells\n%q\nwant\n%q", step.name, got, want)
		}
		n := 0
		for i := range next.Virtuals {
			if next.Virtuals[i].resolved {
				n++
			}
		}
		if n < len(next.Virtuals)-step.shares {
			t.Errorf("%s: %d of %d virtual servers are shared", step.name, n, len(next.Virtuals))
		}
		if got := unplaced(next); !reflect.DeepEqual(got, unplaced(fresh)) {
			t.Errorf("%s:\n%+v\nwant\n%+v", step.name, got, fresh)
		}
		before = Accepted{Text: text, Config: next}
	}
}

func first(c Config, _ []Finding) Config { return c }

// unplaced is c without what ParseNext notes of its virtual servers.
func unplaced(c Config) Config {
	c.Virtuals = slices.Clone(c.Virtuals)
	for i := range c.Virtuals {
		c.Virtuals[i].place, c.Virtuals[i].resolved = 0, false
	}
	return c
}

func TestHashOfATextIsThatOfItsBytes(t *testing.T) {
	for _, n := range []int{0, 1, 32 << 10, 32<<10 + 1, 100_000} {
		text := strings.Repeat("x", n)
		if got, want := HashText(text), Hash([]byte(text)); got != want {
			t.Errorf("%d bytes: %s, want %s", n, got, want)
		}
	}
}

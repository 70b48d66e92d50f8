package model

import (
	"fmt"
	"strings"
	"testing"
)

// endsOf is what a virtual server is in the kernel, and what it is called.
func endsOf(t *testing.T, text string) string {
	t.Helper()
	c, findings := Parse("x", []byte(text), Facts{})
	if Failed(findings) {
		t.Fatalf("%s: %+v", text, findings)
	}
	if back, _ := Parse("x", []byte(Print(c)), Facts{}); !Equal(c, back) {
		t.Errorf("%s comes back as\n%s", text, Print(back))
	}
	form, err := JSON(c)
	if err != nil {
		t.Fatal(err)
	}
	if back, _, err := FromJSON(form, Facts{}); err != nil || !Equal(c, back) {
		t.Errorf("%s: %v of\n%s", text, err, form)
	}
	var out []string
	for _, v := range Resolve(c).Virtuals {
		line := v.Name()
		for _, e := range v.Ends {
			line += fmt.Sprintf(" %s:%d/%d", e.Addr, e.Port, e.Mark)
		}
		out = append(out, fmt.Sprintf("%s p%v", line, v.Persistence.Val))
	}
	return strings.Join(out, "; ")
}

func TestAGroupThatLeavesItsVirtualServerOutIsNamed(t *testing.T) {
	const server = "virtual_server group G {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 192.0.2.33 80 {\n}\n}\n"
	for lines, want := range map[string]string{
		"192.0.2.1 80": "", "192.0.2.1 80\nfd00::1 80": "group-family-differs", "": "group-without-lines",
	} {
		for _, text := range []string{"virtual_server_group G {\n" + lines + "\n}\n" + server, server + "virtual_server_group G {\n" + lines + "\n}\n"} {
			found := ""
			for _, f := range Inspect("x", text, Facts{}) {
				if f.Severity >= Warning {
					found += f.Code
				}
			}
			if found != want {
				t.Errorf("%s\nfound %q, want %q", text, found, want)
			}
		}
	}
}

func TestAVirtualServerOfAMarkOrAGroupIsWhatKeepalivedMakesOfIt(t *testing.T) {
	const servers = " {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 192.0.2.33 80 {\n}\n}\n"
	servers6 := strings.ReplaceAll(servers, "192.0.2.33", "fd00::33")
	tunnels := strings.ReplaceAll(servers, "NAT", "TUN")
	group := func(lines string) string { return "virtual_server_group G {\n" + lines + "\n}\nvirtual_server group G" }
	for text, want := range map[string]string{
		"virtual_server fwmark 5" + servers:                                                "fwmark:5 0.0.0.0:0/5 p0",
		"virtual_server fwmark 5 inet6" + servers6:                                         "fwmark:5:inet6 :::0/5 p0",
		"virtual_server fwmark 5" + servers6:                                               "fwmark:5 :::0/5 p0",
		"virtual_server fwmark 5" + strings.Replace(tunnels, "{", "{\nip_family inet6", 1): "fwmark:5:inet6 :::0/5 p0",
		"virtual_server fwmark 5" + servers + "virtual_server fwmark 5 inet6" + servers6:   "fwmark:5 0.0.0.0:0/5 p0; fwmark:5:inet6 :::0/5 p0",
		group("192.0.2.1 80\n192.0.2.3-4 81\n192.0.2.8/31 82\nfwmark 7") + servers:         "tcp:group:G 192.0.2.1:80/0 192.0.2.3:81/0 192.0.2.4:81/0 192.0.2.8:82/0 192.0.2.9:82/0 0.0.0.0:0/7 p0",
		group("192.0.2.254-192.0.3.1 80") + servers:                                        "tcp:group:G 192.0.2.254:80/0 192.0.2.255:80/0 192.0.3.0:80/0 192.0.3.1:80/0 p0",
		group("fd00::fe-100 80\nfwmark 9\nfwmark 8 inet6") + servers6:                      "tcp:group:G fd00::fe:80/0 fd00::ff:80/0 fd00::100:80/0 :::0/9 :::0/8 p0",
		group("192.0.2.1") + servers:                                                       "tcp:group:G 192.0.2.1:0/0 p360",
		group("192.0.2.1 80\nfd00::1 80") + servers:                                        "", // keepalived passes over it
		group("192.0.2.1 80\nfd00::1 80\nfwmark 7 inet6") + tunnels:                        "tcp:group:G 192.0.2.1:80/0 fd00::1:80/0 :::0/7 p0",
		group("") + servers:                "",
		"virtual_server group H" + servers: "",
	} {
		if got := endsOf(t, text); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

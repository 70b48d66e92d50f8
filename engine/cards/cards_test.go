package cards

import (
	"errors"
	"flag"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/engine/model"
)

var update = flag.Bool("update", false, "write the golden files")

// host has the interfaces of the tutorial's pair, and one towards servers behind it.
var host = Here{Facts: model.Facts{
	Known: true, Interfaces: []string{"lo", "eth0", "eth1"},
	Networks:  []netip.Prefix{netip.MustParsePrefix("172.16.1.31/24"), netip.MustParsePrefix("10.0.0.31/24"), netip.MustParsePrefix("2001:db8::31/64")},
	Addresses: map[string][]netip.Prefix{"eth0": {netip.MustParsePrefix("172.16.1.31/24"), netip.MustParsePrefix("2001:db8::31/64")}, "eth1": {netip.MustParsePrefix("10.0.0.31/24")}},
}}

// samples are answers to each card, by the name of the golden file.
var samples = map[string]struct {
	card    string
	answers map[string]string
}{
	"pair":        {"pair", map[string]string{"address": "172.16.1.100"}},
	"pair-second": {"pair", map[string]string{"address": "172.16.1.100", "node": "second", "vrid": "51"}},
	"pair-v6":     {"pair", map[string]string{"address": "2001:db8::100/128"}},
	"nat":         {"nat", map[string]string{"address": "172.16.1.100/32", "gateway": "10.0.0.1/24", "servers": "10.0.0.11, 10.0.0.12 2"}},
	"nat-page":    {"nat", map[string]string{"address": "172.16.1.100/32", "gateway": "10.0.0.1", "servers": "10.0.0.11", "path": "/alive", "inner-vrid": "61", "password": "64e06f86"}},
	"farm":        {"farm", map[string]string{"address": "172.16.1.100/32", "servers": "172.16.1.33\n172.16.1.34 2", "password": "64e06f86"}},
	"farm-v6":     {"farm", map[string]string{"address": "2001:db8::100", "servers": "2001:db8::33", "port": "8080", "sorry": "2001:db8::9"}},
	"proxy":       {"proxy", map[string]string{"address": "172.16.1.100/32"}},
	"proxy-named": {"proxy", map[string]string{"address": "172.16.1.100/32", "process": "/usr/sbin/haproxy", "interface": "eth1", "node": "second", "vrid": "7"}},
	"port":        {"port", map[string]string{"address": "172.16.1.100/32", "kind": "smtp", "servers": "172.16.1.33, 172.16.1.34"}},
	"port-other":  {"port", map[string]string{"address": "172.16.1.100/32", "kind": "other", "port": "1521", "method": "TUN", "servers": "172.16.1.33 0, 172.16.1.34"}},
}

func write(t *testing.T, card, text string, answers map[string]string, here Here) (Made, error) {
	t.Helper()
	c, err := Find(card)
	if err != nil {
		t.Fatal(err)
	}
	return c.Write(text, answers, here)
}

func must(t *testing.T, card, text string, answers map[string]string) Made {
	t.Helper()
	made, err := write(t, card, text, answers, host)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// without are answers without some of them.
func without(answers map[string]string, names ...string) map[string]string {
	rest := maps.Clone(answers)
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

func TestEachCardGivesItsTextAndNothingIsFoundInIt(t *testing.T) {
	for name, s := range samples {
		made := must(t, s.card, "", s.answers)
		file := filepath.Join("testdata", name+".conf")
		if *update {
			if err := os.WriteFile(file, []byte(made.Text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if made.Text != string(want) {
			t.Errorf("%s:\n%s", name, made.Text)
		}
		cfg, found := model.Parse("keepalived.conf", []byte(made.Text), host.Facts)
		for _, f := range found {
			t.Errorf("%s: line %d: %s %v", name, f.Range.Line, f.Code, f.Args)
		}
		if direct := strings.Contains(made.Text, "lb_kind DR") || strings.Contains(made.Text, "lb_kind TUN"); made.Direct != direct {
			t.Errorf("%s: its servers answer directly: %v", name, made.Direct)
		}
		if made.Service != "" && (len(cfg.Virtuals) != 1 || cfg.Virtuals[0].Name() != made.Service) {
			t.Errorf("%s: the service is %q", name, made.Service)
		}
	}
}

func TestEachCardHasASample(t *testing.T) {
	for _, c := range All() {
		if _, ok := samples[c.Name]; !ok {
			t.Errorf("no sample of %s", c.Name)
		}
	}
}

func TestACardKeepsTheTextAndAppends(t *testing.T) {
	const text = "! mine\nvrrp_instance VI_1 {\n\tinterface eth0\n\tvirtual_router_id 51\n\tvirtual_ipaddress {\n\t\t172.16.1.99/32\n\t}\n}"
	for name, s := range samples {
		made := must(t, s.card, text, without(s.answers, "node", "vrid", "inner-vrid"))
		if made.Text != text+"\n\n"+made.Added {
			t.Errorf("%s:\n%s", name, made.Text)
		}
		if strings.Contains(made.Added, "VI_1 ") || strings.Contains(made.Added, "virtual_router_id 51\n") && !strings.Contains(made.Added, "eth1") {
			t.Errorf("%s takes what is taken:\n%s", name, made.Added)
		}
	}
}

func TestAServiceGoesOnAnAddressThatARouterHoldsAlready(t *testing.T) {
	first := must(t, "farm", "", samples["farm"].answers)
	second := must(t, "port", first.Text, samples["port"].answers)
	if strings.Contains(second.Added, "vrrp_instance") || !strings.Contains(second.Added, "virtual_server 172.16.1.100 25 {") {
		t.Error(second.Added)
	}
}

func TestTheTextsOfBothNodesDifferInStateAndPriorityAlone(t *testing.T) {
	first, second := must(t, "pair", "", samples["pair"].answers).Text, must(t, "pair", "", samples["pair-second"].answers).Text
	if strings.NewReplacer("state MASTER", "state BACKUP", "priority 100", "priority 99").Replace(first) != second {
		t.Errorf("%s\n%s", first, second)
	}
}

func TestTheNumberOfARouterIsFreeInTheTextAndOnTheWire(t *testing.T) {
	here := host
	here.Heard = []Heard{{"eth0", 51, "172.16.1.8", []string{"172.16.1.7"}}, {"eth0", 52, "172.16.1.9", []string{"172.16.1.6"}}, {"eth1", 53, "10.0.0.9", []string{"10.0.0.7"}}}
	made, err := write(t, "pair", "", samples["pair"].answers, here)
	if err != nil || made.Answers["vrid"] != "53" {
		t.Error(made.Answers, err)
	}
	here.Heard = append(here.Heard, Heard{"eth0", 77, "172.16.1.32", []string{"172.16.1.100"}})
	for _, node := range []string{"first", "second"} {
		made, err = write(t, "pair", "", map[string]string{"address": "172.16.1.100/32", "node": node}, here)
		if err != nil || made.Answers["vrid"] != "77" {
			t.Error("the peer's number is not taken:", made.Answers, err)
		}
	}
	if _, err := write(t, "pair", "", map[string]string{"address": "172.16.1.100", "vrid": "77"}, here); err != nil {
		t.Error(err)
	}
}

func TestEveryWrongAnswerIsNamedWithItsQuestion(t *testing.T) {
	here := host
	here.Heard = []Heard{{"eth0", 60, "172.16.1.8", []string{"172.16.1.7"}}}
	const text = "vrrp_instance A {\n interface eth0\n virtual_router_id 61\n virtual_ipaddress {\n 172.16.1.5\n }\n}\nvirtual_server 172.16.1.100 80 {\n protocol TCP\n real_server 172.16.1.33 80 {\n }\n}\n"
	for _, c := range []struct{ card, field, value, code string }{
		{"pair", "address", "", Missing},
		{"pair", "address", "172.16.1", NotAddress},
		{"pair", "address", "224.0.0.18", NotAddress},
		{"pair", "address", "192.0.2.1", WhichLink},
		{"pair", "address", "172.16.1.5", AddressTwice},
		{"pair", "interface", "eth 0", NotWord},
		{"pair", "node", "third", NotChoice},
		{"pair", "node", "second", ""},
		{"pair", "vrid", "0", NotNumber},
		{"pair", "vrid", "256", NotNumber},
		{"pair", "vrid", "60", VRIDHeard},
		{"pair", "vrid", "61", VRIDUsed},
		{"pair", "password", "123456789", LongPassword},
		{"pair", "password", "1 2", NotWord},
		{"pair", "adress", "172.16.1.100", NoQuestion},
		{"farm", "servers", "", Missing},
		{"farm", "servers", "172.16.1.33 heavy", NotServer},
		{"farm", "servers", "172.16.1.33,172.16.1.33", ServerTwice},
		{"farm", "servers", "2001:db8::33", OtherFamily},
		{"farm", "port", "80", ServiceThere},
		{"farm", "sorry", "web", NotAddress},
		{"nat", "gateway", "172.16.1.100", AddressTwice},
		{"nat", "gateway", "2001:db8::1", OtherFamily},
		{"port", "kind", "other", Missing},
		{"proxy", "process", "ng inx", NotWord},
	} {
		answers := map[string]string{"address": "172.16.1.100/32"}
		switch c.card {
		case "farm":
			answers["servers"], answers["port"] = "172.16.1.33", "81"
		case "nat":
			answers["servers"], answers["gateway"] = "10.0.0.11", "10.0.0.1"
		case "port":
			answers["servers"], answers["kind"] = "172.16.1.33", "smtp"
		}
		answers[c.field] = c.value
		_, err := write(t, c.card, text, answers, here)
		var faults Faults
		errors.As(err, &faults)
		code, field := "", ""
		if len(faults) > 0 {
			code, field = faults[0].Code, faults[0].Field
		}
		if c.field == "node" && c.value == "second" {
			c.field, c.code = "vrid", VRIDUnknown
		}
		switch {
		case c.card == "port":
			c.field = "port"
		case c.code == ServiceThere:
			c.field = "address"
		case c.code == WhichLink:
			c.field = "interface"
		}
		if code != c.code || field != c.field {
			t.Errorf("%s %s=%q: %v", c.card, c.field, c.value, err)
		}
	}
	if _, err := Find("pairs"); err == nil || !strings.Contains(err.Error(), "Hint=pair") {
		t.Error(err)
	}
	if _, err := write(t, "pair", "", map[string]string{"address": "2001:db8::100", "password": "secret"}, host); err == nil || !strings.Contains(err.Error(), NoPassword) {
		t.Error(err)
	}
}

package oracle

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"holdfast/engine/cards"
	"holdfast/engine/model"
)

func TestKeepalivedTakesWhatEveryCardWritesForBothNodesWithoutAWord(t *testing.T) {
	t.Parallel()
	here := cards.Here{Facts: model.Facts{Known: true, Interfaces: []string{"lo", "eth0", "eth1"}, Addresses: map[string][]netip.Prefix{
		"eth0": {netip.MustParsePrefix("172.16.1.31/24"), netip.MustParsePrefix("2001:db8::31/64")}, "eth1": {netip.MustParsePrefix("10.0.0.31/24")},
	}}}
	texts := map[string]string{}
	for _, c := range cards.All() {
		for _, node := range []string{cards.First, cards.Second} {
			for i, answers := range givenTo(c) {
				answers["node"] = node
				made, err := c.Write("", answers, here)
				if err != nil {
					t.Fatalf("%s: %v", c.Name, err)
				}
				texts[fmt.Sprintf("%s-%s-%d", c.Name, node, i)] = made.Text
			}
		}
	}
	for name, h := range ask(t, []string{"lo", "eth0", "eth1"}, false, texts) {
		if h.code != 0 || len(h.complaints) > 0 {
			t.Errorf("%s: code %d, %v\n%s", name, h.code, h.complaints, texts[name])
		}
	}
}

// givenTo are answers to the questions of a card: the shortest, and all of them, with
// each choice.
func givenTo(c cards.Card) []map[string]string {
	value := func(f cards.Field) string {
		switch f.Kind {
		case cards.Address:
			return map[string]string{"address": "172.16.1.100/32", "gateway": "10.0.0.1/24"}[f.Name]
		case cards.Interface:
			return map[string]string{"interface": "eth0", "inner-interface": "eth1"}[f.Name]
		case cards.VRID:
			return "61"
		case cards.Number:
			return "8080"
		case cards.Password:
			return "64e06f86"
		case cards.Servers:
			return "172.16.1.33, 172.16.1.34 2"
		case cards.Choice:
			return f.Values[len(f.Values)-1]
		}
		return map[string]string{"path": "/alive?really=1", "sorry": "172.16.1.9", "process": "haproxy"}[f.Name]
	}
	short, whole := map[string]string{}, map[string]string{}
	for _, f := range c.Fields {
		whole[f.Name] = value(f)
		if f.Need || f.Kind == cards.VRID {
			short[f.Name] = value(f)
		}
	}
	if strings.Contains(short["kind"], "other") {
		short["port"] = "1521"
	}
	all := []map[string]string{short, whole}
	for _, f := range c.Fields {
		for _, choice := range f.Values {
			if f.Name == "node" {
				continue
			}
			one := map[string]string{}
			for k, v := range short {
				one[k] = v
			}
			one[f.Name] = choice
			all = append(all, one)
		}
	}
	return all
}

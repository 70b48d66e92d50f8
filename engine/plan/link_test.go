package plan

import (
	"encoding/json"
	"slices"
	"testing"
)

var virtualMAC = MAC{0, 0, 0x5e, 0, 1, 51}

func TestALinkIsThereBeforeItsAddressesAndGoesAfterThem(t *testing.T) {
	with := State{
		Links:     []Link{{Name: "vrrp.51", Parent: "eth0", MAC: virtualMAC, IPv4: true}},
		Addresses: []Address{address("vrrp.51", "192.0.2.100/24", 0)},
		Settings:  []Setting{{"eth0", ARPIgnore, 1}},
	}
	verbs := func(p Plan) (list []Verb) {
		for _, o := range p {
			list = append(list, o.Verb)
		}
		return list
	}
	if got := verbs(Diff(State{}, with)); !slices.Equal(got, []Verb{ChangeSetting, AddLink, AddAddress}) {
		t.Error("to make:", got)
	}
	if got := verbs(Diff(with, State{Settings: []Setting{{"eth0", ARPIgnore, 0}}})); !slices.Equal(got, []Verb{ChangeSetting, DeleteAddress, DeleteLink}) {
		t.Error("to remove:", got)
	}
	if got := Diff(with, State{}); len(got) != 2 {
		t.Error("a setting that nobody names stays:", got.Lines())
	}
}

func TestALinkOfAnotherMACIsMadeAnewWithItsAddresses(t *testing.T) {
	have := State{Links: []Link{{Name: "vrrp.51", Parent: "eth0", MAC: virtualMAC}}, Addresses: []Address{address("vrrp.51", "192.0.2.100/24", 0)}}
	want := State{Links: []Link{{Name: "vrrp.51", Parent: "eth0", MAC: MAC{2}}}, Addresses: have.Addresses}
	got := Diff(have, want).Lines()
	if len(got) != 3 || got[0] != "ip link del dev vrrp.51" || got[2] != "ip address add 192.0.2.100/24 dev vrrp.51 scope global" {
		t.Errorf("%q", got)
	}
}

func TestAHardwareAddressIsItsTextInJSON(t *testing.T) {
	text, err := json.Marshal(virtualMAC)
	if err != nil || string(text) != `"00:00:5e:00:01:33"` {
		t.Fatal(string(text), err)
	}
	var back MAC
	if err := json.Unmarshal(text, &back); err != nil || back != virtualMAC {
		t.Error(back, err)
	}
	if json.Unmarshal([]byte(`"00:00:5e"`), &back) == nil {
		t.Error("three bytes were taken")
	}
}

package plan

import (
	"net/netip"
	"slices"
	"testing"
)

func TestAnAddressIsNeverThereWithoutItsDrop(t *testing.T) {
	held := State{
		Addresses: []Address{{Link: "vrrp.51", Prefix: netip.MustParsePrefix("fe80::1/64")}},
		Links:     []Link{{Name: "vrrp.51", Parent: "eth0"}},
		Drops:     []Drop{{Addr: netip.MustParseAddr("fe80::1"), Link: "vrrp.51"}},
	}
	verbs := func(p Plan) (list []Verb) {
		for _, o := range p {
			list = append(list, o.Verb)
		}
		return list
	}
	if got, want := verbs(Diff(State{}, held)), []Verb{AddLink, AddDrop, AddAddress}; !slices.Equal(got, want) {
		t.Errorf("to come: %v, want %v", got, want)
	}
	if got, want := verbs(Diff(held, State{})), []Verb{DeleteAddress, DeleteDrop, DeleteLink}; !slices.Equal(got, want) {
		t.Errorf("to go: %v, want %v", got, want)
	}
}

package plan

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// MAC is a hardware address of Ethernet.
type MAC [6]byte

// String is the address with colons.
func (m MAC) String() string {
	pairs := make([]string, len(m))
	for i, b := range m {
		pairs[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(pairs, ":")
}

// MarshalText is String.
func (m MAC) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (m *MAC) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(strings.ReplaceAll(string(text), ":", ""))
	if err != nil || len(b) != len(m) {
		return fmt.Errorf("%q is no hardware address", text)
	}
	copy(m[:], b)
	return nil
}

// Link is a macvlan over another link: it holds the addresses of a virtual router
// under the router's own hardware address. Its name is its key.
type Link struct {
	Name   string `json:"name"`
	Parent string `json:"parent"`
	MAC    MAC    `json:"mac"`
	IPv4   bool   `json:"ipv4,omitempty"` // it answers for IPv4 addresses: see Setting
	IPv6   bool   `json:"ipv6,omitempty"`
	MTU    int    `json:"mtu,omitempty"` // of EditLink; a new one has its parent's
}

// Setting is a setting of IPv4 on a link: net.ipv4.conf.LINK.NAME.
type Setting struct {
	Link  string `json:"link"`
	Name  string `json:"name"`
	Value int    `json:"value"`
}

// The settings that are changed on a link over which a macvlan holds IPv4 addresses, and
// on one whose secondary addresses are to outlive the first one.
const (
	ARPAnnounce        = "arp_announce"
	ARPFilter          = "arp_filter"
	ARPIgnore          = "arp_ignore"
	PromoteSecondaries = "promote_secondaries"
)

// SwitchedOn is a setting as it is set where it was 0: a link that asks for a neighbour
// does so from the best address of its own (2), and the others are 1.
func SwitchedOn(link, name string) Setting {
	s := Setting{Link: link, Name: name, Value: 1}
	if name == ARPAnnounce {
		s.Value = 2
	}
	return s
}

// IsOn says whether a setting has the value of SwitchedOn.
func (s Setting) IsOn(value int) bool { return value == SwitchedOn(s.Link, s.Name).Value }

// same says whether two settings are the same, whatever their values are.
func (s Setting) same(o Setting) bool { return s.Link == o.Link && s.Name == o.Name }

// line is how an operator would write the setting; a dot in a name is a slash there.
func (s Setting) line() string {
	return fmt.Sprintf("sysctl -w net.ipv4.conf.%s.%s=%d", strings.ReplaceAll(s.Link, ".", "/"), s.Name, s.Value)
}

// addLine is how an operator would make the link. The kernel door gives it settings,
// and switches it on, without being told.
func (l Link) addLine() string {
	return fmt.Sprintf("ip link add link %s name %s address %s type macvlan mode private", l.Parent, l.Name, l.MAC)
}

func compareLink(a, b Link) int { return cmp.Compare(a.Name, b.Name) }

func compareSetting(a, b Setting) int {
	return cmp.Or(cmp.Compare(a.Link, b.Link), cmp.Compare(a.Name, b.Name))
}

// diffSettings gives the settings that are to have another value. What want does not
// name stays as it is.
func diffSettings(have, want []Setting) (p Plan) {
	merge(have, want, compareSetting, func(h, w *Setting) {
		if w != nil && (h == nil || *h != *w) {
			p = append(p, Op{Verb: ChangeSetting, Setting: *w})
		}
	})
	return p
}

// diffLinks gives what to do first and what to do last, and the names of those that
// are made anew: their addresses go with them.
func diffLinks(have, want []Link) (early, late Plan, anew []string) {
	merge(have, want, compareLink, func(h, w *Link) {
		switch {
		case w == nil:
			late = append(late, Op{Verb: DeleteLink, Link: *h})
		case h == nil:
			early = append(early, Op{Verb: AddLink, Link: *w})
		case *h != *w:
			early = append(early, Op{Verb: DeleteLink, Link: *h}, Op{Verb: AddLink, Link: *w})
			anew = append(anew, h.Name)
		}
	})
	return early, late, anew
}

func (s State) withLink(verb Verb, l Link) (State, error) {
	i, found := slices.BinarySearchFunc(s.Links, l, compareLink)
	switch {
	case verb == AddLink && found:
		return s, EEXIST
	case verb != AddLink && !found:
		return s, ENODEV
	}
	s.Links = slices.Clone(s.Links)
	switch verb {
	case AddLink:
		s.Links = slices.Insert(s.Links, i, l)
	case DeleteLink:
		s.Links = slices.Delete(s.Links, i, i+1)
		s.Addresses = slices.DeleteFunc(slices.Clone(s.Addresses), func(a Address) bool { return a.Link == l.Name })
	}
	return s.emptyToNil(), nil
}

func (s State) withSetting(v Setting) State {
	i, found := slices.BinarySearchFunc(s.Settings, v, compareSetting)
	s.Settings = slices.Clone(s.Settings)
	if found {
		s.Settings[i] = v
	} else {
		s.Settings = slices.Insert(s.Settings, i, v)
	}
	return s
}

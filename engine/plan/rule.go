package plan

import (
	"cmp"
	"net/netip"
	"strings"
)

// Rule is a policy rule of the kernel. All of it is its identity: two rules that differ
// in anything stand side by side.
type Rule struct {
	IPv6       bool         `json:"ipv6,omitempty"`
	Priority   uint32       `json:"priority"`
	Not        bool         `json:"not,omitempty"`
	From       netip.Prefix `json:"from,omitzero"`
	To         netip.Prefix `json:"to,omitzero"`
	IIf        string       `json:"iif,omitempty"`
	OIf        string       `json:"oif,omitempty"`
	TOS        uint8        `json:"tos,omitempty"`
	Mark       uint32       `json:"mark,omitempty"`
	Mask       uint32       `json:"mask,omitempty"` // of the mark; 0 is all of it, if there is one
	Marked     bool         `json:"marked,omitempty"`
	Action     uint8        `json:"action"` // FR_ACT_*
	Table      uint32       `json:"table,omitempty"`
	Goto       uint32       `json:"goto,omitempty"`
	L3MDev     bool         `json:"l3mdev,omitempty"`
	Realms     uint32       `json:"realms,omitempty"`
	Protocol   uint8        `json:"protocol,omitempty"` // RTPROT_*: who made it
	IPProto    uint8        `json:"ipproto,omitempty"`
	SrcPorts   Span         `json:"sport,omitzero"`
	DstPorts   Span         `json:"dport,omitzero"`
	UIDs       Span         `json:"uidrange,omitzero"`
	TunnelID   uint64       `json:"tunnel,omitempty"`
	Suppressed Suppressed   `json:"suppressed,omitzero"`
}

// Span is a range of numbers, both ends in it.
type Span struct {
	Set      bool `json:"set"`
	From, To uint32
}

// Suppressed says which results of the table do not count.
type Suppressed struct {
	ByLength bool   `json:"by_length,omitempty"`
	Length   uint32 `json:"length,omitempty"` // prefixes of at most so many bits
	ByGroup  bool   `json:"by_group,omitempty"`
	Group    uint32 `json:"group,omitempty"` // links of this group
}

// The actions of a rule (linux/fib_rules.h).
const (
	ToTable         uint8 = 1
	GotoRule        uint8 = 2
	Nop             uint8 = 3
	RuleBlackhole   uint8 = 6
	RuleUnreachable uint8 = 7
	RuleProhibit    uint8 = 8
)

// Normal gives the rule as the kernel would tell it.
func (r Rule) Normal() Rule {
	r.From, r.To = everything(unmap(r.From)), everything(unmap(r.To))
	if !r.Marked {
		r.Mark, r.Mask = 0, 0
	} else if r.Mask == 0 && r.Mark != 0 {
		r.Mask = ^uint32(0)
	}
	if r.Mark == 0 && r.Mask == 0 {
		r.Marked = false
	}
	if r.Action == ToTable && !r.L3MDev && r.Table == 0 {
		r.Table = mainTable
	}
	if r.Action != ToTable || r.L3MDev {
		r.Table = 0
	}
	return r
}

// everything is none for a prefix that holds all addresses.
func everything(p netip.Prefix) netip.Prefix {
	if p.IsValid() && p.Bits() == 0 {
		return netip.Prefix{}
	}
	return p
}

func compareRule(a, b Rule) int {
	return cmp.Or(cmp.Compare(a.Priority, b.Priority), strings.Compare(a.String(), b.String()))
}

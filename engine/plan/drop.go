package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Drop has nftables drop what comes to an address and what leaves from it, but neighbour
// discovery; what is forwarded is not meant. An IPv6 link-local address is dropped
// on its link alone, any other one on all links.
type Drop struct {
	Addr  netip.Addr `json:"addr"`
	Link  string     `json:"link,omitempty"`  // of a link-local IPv6 address
	Table string     `json:"table,omitempty"` // in which it is made; "" is DropTable
}

// DropTable is the table of nftables in which drops are made where no other is named.
const DropTable = "holdfast"

// TableName is the table in which the drop is made.
func (d Drop) TableName() string { return cmp.Or(d.Table, DropTable) }

// Normal gives the drop in the form in which it is compared.
func (d Drop) Normal() Drop {
	if d.Addr = d.Addr.Unmap().WithZone(""); !d.Addr.Is6() || !d.Addr.IsLinkLocalUnicast() {
		d.Link = ""
	}
	if d.Table == DropTable {
		d.Table = ""
	}
	return d
}

// line gives the table, the set and the element as nft has them. The kernel door makes
// the table where it is not there.
func (d Drop) line() string {
	d = d.Normal()
	switch {
	case d.Addr.Is4():
		return fmt.Sprintf("ip %s vips { %s }", d.TableName(), d.Addr)
	case d.Link == "":
		return fmt.Sprintf("ip6 %s vips { %s }", d.TableName(), d.Addr)
	}
	return fmt.Sprintf("ip6 %s vips_link_local { %s . %q }", d.TableName(), d.Addr, d.Link)
}

func compareDrop(a, b Drop) int {
	if c := a.Addr.Compare(b.Addr); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.Link, b.Link), strings.Compare(a.Table, b.Table))
}

// normalDrops sorts, and gives each one once.
func normalDrops(list []Drop) (n []Drop) {
	for _, d := range list {
		n = append(n, d.Normal())
	}
	slices.SortFunc(n, compareDrop)
	return slices.Compact(n)
}

// diffDrops gives what to do before the addresses come, and what when they are gone.
func diffDrops(have, want []Drop) (early, late Plan) {
	merge(have, want, compareDrop, func(h, w *Drop) {
		switch {
		case w == nil:
			late = append(late, Op{Verb: DeleteDrop, Drop: *h})
		case h == nil:
			early = append(early, Op{Verb: AddDrop, Drop: *w})
		}
	})
	return early, late
}

func (s State) withDrop(verb Verb, d Drop) (State, error) {
	var err error
	s.Drops, err = withOne(s.Drops, d, compareDrop, verb == AddDrop, ENOENT)
	return s.emptyToNil(), err
}

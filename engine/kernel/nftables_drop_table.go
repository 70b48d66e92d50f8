package kernel

import (
	"errors"
	"fmt"
	"slices"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// DropTable is the table that drops are made in, and its form. Without a family none is
// wanted.
type DropTable struct {
	Name       string // "" is plan.DropTable
	Priority   int32  // of its chains among those of others: the lowest comes first
	Counters   bool   // its rules count packets
	IPv4, IPv6 bool   // the families that it is wanted for
}

// ordinaryDrops is the form of a table that nobody prepared: before the chains of the filter.
var ordinaryDrops = DropTable{Priority: beforeFilter}

func (t DropTable) name() string { return plan.Drop{Table: t.Name}.TableName() }

func (t DropTable) wants(f nftTable) bool {
	return f.name == t.name() && (f.family == unix.NFPROTO_IPV4 && t.IPv4 || f.family == unix.NFPROTO_IPV6 && t.IPv6)
}

// PrepareDrops makes the table of drops, so that the first drop does not wait for it,
// some 10 ms; one that is there gets the form, and drops all the while. A table that was
// prepared before and is not wanted any more goes with its last drop. It is for the
// goroutine that calls Apply.
func (n *Net) PrepareDrops(t DropTable) error {
	before := n.drops
	n.drops = t
	var errs []error
	for _, f := range nftTables(t.name(), t.IPv4, t.IPv6) {
		errs = append(errs, f.makeDrops(t))
	}
	return errors.Join(append(errs, n.tidyDrops(before.name(), plan.DropTable))...)
}

// makeDrops makes the sets and the chains of drops, or the chains anew where the sets are
// there: the kernel goes over from the old ones to the new at once.
func (f nftTable) makeDrops(form DropTable) error {
	chains := f.dropChains(form)
	err := f.send(slices.Concat(f.dropSets(), chains)...)
	if errors.Is(err, unix.EEXIST) && f.isOurs() { // a batch makes all of it or nothing
		err = f.send(slices.Concat(f.noDropChains(), chains)...)
	}
	if err != nil {
		return fmt.Errorf("make the table %s: %w", f.name, err)
	}
	return nil
}

// isOurs says whether a table has chains of ours; keepalived gives its chains other names.
func (f nftTable) isOurs() bool {
	return slices.ContainsFunc(nftablesNames(unix.NFT_MSG_GETCHAIN, unix.NFTA_CHAIN_TABLE, unix.NFTA_CHAIN_NAME), func(c nftablesName) bool {
		return c.name == dropIn && c.table == nftablesFamilies[f.family]+" "+f.name
	})
}

// tidyDrops removes tables of these names in which nothing is and that nobody wants.
func (n *Net) tidyDrops(names ...string) error {
	var errs []error
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		for _, f := range nftTables(name, true, true) {
			if drops, err := f.dropped(); n.drops.wants(f) || err != nil || len(drops) > 0 || !f.isOurs() {
				continue // there is no set of drops of ours, or it is needed
			}
			if links, _ := f.mapped(); len(links) == 0 {
				errs = append(errs, f.send(f.deleteTable()))
			}
		}
	}
	return errors.Join(errs...)
}

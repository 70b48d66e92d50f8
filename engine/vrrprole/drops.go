package vrrprole

import (
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// Drop is what drops packets to an address that a master holds, and those from it.
func Drop(a plan.Address, global model.Global) plan.Drop {
	return plan.Drop{Addr: a.Prefix.Addr(), Link: a.Link, Table: global.Nftables().Name}.Normal()
}

// dropTable is the table that the drops of these teams are made in.
func dropTable(teams []*team, global model.Global) kernel.DropTable {
	n := global.Nftables()
	t := kernel.DropTable{Name: n.Name, Priority: n.Priority, Counters: n.Counters}
	eachRouter(teams, func(_ *team, _ int, r *router) {
		for _, d := range r.drops {
			t.IPv4, t.IPv6 = t.IPv4 || d.Addr.Is4(), t.IPv6 || d.Addr.Is6()
		}
	})
	return t
}

// prepareDrops has the table of drops there before the first of them: a take-over does
// not wait for it.
func (h *writer) prepareDrops(t kernel.DropTable) {
	h.do(func(h *writer) {
		if t == h.dropTable {
			return
		}
		h.dropTable = t
		if err := h.net.PrepareDrops(t); err != nil {
			h.tell(kernelRefusal{"nft add table " + plan.Drop{Table: t.Name}.TableName(), err.Error()})
		}
	})
}

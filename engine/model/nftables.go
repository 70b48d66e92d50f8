package model

import (
	"slices"
	"strconv"

	"holdfast/engine/conf"
)

// Nftables is what the words of global_defs say of the table in which packets to addresses
// that are not accepted are dropped.
type Nftables struct {
	Name     string // "" where no name is written
	Priority int32  // of its chains
	Counters bool   // its rules count packets
}

// Nftables gives the table of g.
func (g *Global) Nftables() Nftables {
	t := Nftables{Name: g.keptArg("nftables"), Priority: -1}
	if n, err := strconv.ParseInt(g.keptArg("nftables_priority"), 10, 32); err == nil {
		t.Priority = int32(n)
	}
	t.Counters = slices.ContainsFunc(g.Kept, func(i Item) bool { return i.Word == "nftables_counters" })
	return t
}

// keptArg is the first argument of a word that is kept, "" where there is none; of several
// words the first one counts.
func (g *Global) keptArg(word string) string {
	i := slices.IndexFunc(g.Kept, func(i Item) bool { return i.Word == word })
	if i < 0 || len(g.Kept[i].Args) == 0 {
		return ""
	}
	return conf.Unquote(g.Kept[i].Args[0])
}

// NftablesTables gives the names that cfg has keepalived give to its nftables tables,
// beside those that it gives by itself.
func NftablesTables(cfg Config) (names []string) {
	for _, word := range []string{"nftables", "nftables_ipvs"} {
		if name := cfg.Global.keptArg(word); name != "" {
			names = append(names, name)
		}
	}
	return names
}

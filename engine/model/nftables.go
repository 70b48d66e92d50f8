package model

import "holdfast/engine/conf"

// nftablesWords are the words of global_defs that name tables which keepalived makes.
var nftablesWords = []string{"nftables", "nftables_ipvs"}

// NftablesTables gives the names that cfg has keepalived give to its nftables tables,
// beside those that it gives by itself.
func NftablesTables(cfg Config) (names []string) {
	for _, word := range nftablesWords {
		for _, item := range cfg.Global.Kept { // of several the first one counts
			if item.Word != word {
				continue
			}
			if len(item.Args) > 0 {
				names = append(names, conf.Unquote(item.Args[0]))
			}
			break
		}
	}
	return names
}

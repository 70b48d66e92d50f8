package model

import (
	"slices"
	"testing"
)

func TestNamesOfKeepalivedsTablesAreReadFromTheText(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                      nil,
		"nftables":                              nil,
		"nftables ha":                           {"ha"},
		"nftables \"ha\"\n nftables_ipvs marks": {"ha", "marks"},
		"nftables first\n nftables second":      {"first"},
	} {
		cfg, findings := Parse("x", []byte("global_defs {\n "+text+"\n}\n"), Facts{})
		if got := NftablesTables(Resolve(cfg)); !slices.Equal(got, want) {
			t.Errorf("%q: %q (%v)", text, got, findings)
		}
	}
}

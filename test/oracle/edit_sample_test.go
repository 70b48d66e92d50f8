package oracle

import (
	"slices"
	"strings"
	"testing"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// heads are the words behind the word of a block that has a name.
var heads = map[string]string{"vrrp_instance": "edited", "vrrp_sync_group": "edited", "vrrp_script": "edited", "vrrp_track_process": "edited",
	"track_file": "edited", "track_group": "edited", "bfd_instance": "edited", "garp_group": "", "virtual_server_group": "edited",
	"virtual_server": "192.0.2.200 80", "virtual_server fwmark": "7", "virtual_server group": "edited",
	"real_server": "192.0.2.201 80"}

// firsts are the words that a line of a block of values begins with.
var firsts = map[string]string{"virtual_ipaddress": "192.0.2.202/24", "virtual_ipaddress_excluded": "192.0.2.202/24",
	"static_ipaddress": "192.0.2.202/24", "virtual_routes": "198.51.100.0/24", "static_routes": "198.51.100.0/24",
	"virtual_rules": "from 198.51.100.0/24", "static_rules": "from 198.51.100.0/24", "unicast_peer": "192.0.2.203",
	"virtual_server_group": "192.0.2.204 80", "linkbeat_interfaces": "eth0", "track_interface": "eth0", "track_script": "edited",
	"track_process": "edited", "track_bfd": "edited", "track_file": "edited", "interface_up_down_delays": "eth0 1",
	"weight": "1", "lvs_method": "TUN", "sorry_server_lvs_method": "TUN", "lvs_sync_daemon": "eth0", "init_file": "1",
	"garp_extra_if": "all 1", "vrrp_garp_extra_if": "all 1", "interfaces": "eth0", "group": "edited", "notification_email": "a@example.org"}

// place says where a statement of the table goes: into which blocks, from the
// outermost, and its words.
type place struct {
	blocks []string
	words  []string
	other  []string // what it is changed to
	block  bool
}

// places are those of all directives.
func places(t *testing.T) map[string]place {
	t.Helper()
	table := model.Directives()
	home := map[string]model.Directive{} // of a block's word
	for _, d := range table {
		if was, ok := home[d.Word]; d.Support != model.Obsolete && d.Word != d.Block && (!ok || rank(d) > rank(was)) {
			home[d.Word] = d
		}
	}
	all := map[string]place{}
	for _, d := range table {
		p := place{words: append(strings.Fields(d.Word), value(d, 0)...), other: append(strings.Fields(d.Word), value(d, 1)...), block: d.Opens || strings.HasPrefix(d.Word, "virtual_server ")}
		in := d.Block
		if in != "root" && (!home[in].Opens || home[in].Kind != "block") {
			first := strings.Fields(firsts[in])
			if d.Word == "weight" && strings.HasSuffix(in, "_routes") { // of a next hop only
				first = append(first, "nexthop", "via", "192.0.2.205")
			}
			if !home[in].Opens { // its words stand on the line of another
				first = append([]string{in}, first...)
				in = home[in].Block
			}
			p.words, p.other = slices.Concat(first, p.words), slices.Concat(first, p.other)
		}
		for ; in != "root"; in = home[in].Block {
			if home[in].Word == "" || len(p.blocks) > 6 {
				t.Fatalf("%s %s: no block %q in the table", d.Block, d.Word, in)
			}
			p.blocks = append([]string{in}, p.blocks...)
		}
		if slices.Equal(p.words, p.other) {
			p.other = append(slices.Clone(p.other), "two words")
		}
		all[d.Block+" "+d.Word] = p
	}
	return all
}

// rank prefers words that open a block of statements, and those that take words.
func rank(d model.Directive) int {
	n := 0
	if d.Kind == "block" {
		n += 4
	}
	if d.Opens {
		n += 2
	}
	if d.Kind != "flag" {
		n++
	}
	return n
}

// value is a value for a directive, one of two.
func value(d model.Directive, n int) []string {
	if d.Opens {
		return strings.Fields(heads[d.Word])
	}
	if _, form, ok := strings.Cut(d.Word, " "); ok {
		return map[string][]string{"fwmark": {"7"}, "group": {"edited"}}[form]
	}
	if len(d.Values) > 0 {
		return []string{d.Values[n%len(d.Values)]}
	}
	low, high, _ := strings.Cut(d.Range, "..")
	switch d.Kind {
	case "flag", "":
		return nil
	case "misses":
		return []string{[]string{"+read", "-match"}[n]}
	case "timeouts":
		return []string{"tcp", []string{"5", "6"}[n]}
	case "bool":
		return []string{[]string{"on", "off"}[n]}
	case "text", "name", "names", "interface", "user", "command":
		return []string{[]string{"edited", "it is edited"}[n]}
	case "addr", "gateway", "target", "endpoint", "server":
		return []string{[]string{"192.0.2.8", "2001:db8::8"}[n]}
	case "prefix":
		return []string{[]string{"192.0.2.0/25", "2001:db8::/48"}[n]}
	}
	if low != "" && !strings.Contains(low, ".") {
		return []string{[]string{low, high}[n]}
	}
	return []string{[]string{"1", "2"}[n]}
}

// statement is what is written of a place, and around is the same in blocks of its own
// from depth on.
func (p place) statement() conf.Statement { return conf.Statement{Words: p.words, Block: p.block} }

func (p place) around() conf.Statement {
	s := p.statement()
	for i := len(p.blocks) - 1; i >= 0; i-- {
		words := append([]string{p.blocks[i]}, strings.Fields(heads[p.blocks[i]])...)
		s = conf.Statement{Words: words, Block: true, Inside: []conf.Statement{s}}
	}
	return s
}

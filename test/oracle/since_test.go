package oracle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/model"
)

// release is that of the keepalived that is asked.
const release = "2.2.7"

// around is a text with room for statements of a block at %s.
var around = func() map[string]string {
	server := "virtual_server 10.0.0.1 80 {\n protocol TCP\n lvs_sched rr\n lvs_method NAT\n %s\n real_server 10.0.0.2 80 {\n %s\n }\n}\n"
	instance := "vrrp_instance V {\n interface eth0\n virtual_router_id 5\n virtual_ipaddress {\n 10.1.0.1/24\n }\n %s\n}\n"
	all := map[string]string{
		"root": "%s\n", "vrrp_instance": instance, "virtual_server": fmt.Sprintf(server, "%s", ""), "real_server": fmt.Sprintf(server, "", "%s"),
		"authentication":     fmt.Sprintf(instance, "authentication {\n %s\n}"),
		"vrrp_script":        "vrrp_script S {\n script /bin/true\n %s\n}\n",
		"vrrp_track_process": "vrrp_track_process P {\n process x\n %s\n}\n",
		"track_file":         "track_file F {\n file /tmp/x\n %s\n}\n",
		"bfd_instance":       "bfd_instance B {\n neighbor_ip 10.0.0.1\n %s\n}\n",
		"vrrp_sync_group":    "vrrp_sync_group G {\n %s\n}\n", "global_defs": "global_defs {\n %s\n}\n",
		"garp_group": "garp_group {\n %s\n}\n", "SSL": "SSL {\n %s\n}\n", "track_group": "track_group T {\n %s\n}\n",
	}
	for _, check := range []string{"TCP_CHECK", "SMTP_CHECK", "DNS_CHECK", "UDP_CHECK", "PING_CHECK", "BFD_CHECK", "FILE_CHECK"} {
		all[check] = fmt.Sprintf(all["real_server"], check+" {\n %s\n}")
	}
	all["MISC_CHECK"] = fmt.Sprintf(all["real_server"], "MISC_CHECK {\n misc_path /bin/true\n %s\n}")
	for _, check := range []string{"HTTP_GET", "SSL_GET"} {
		all[check] = fmt.Sprintf(all["real_server"], check+" {\n url {\n path /\n }\n %s\n}")
	}
	all["url"] = fmt.Sprintf(all["real_server"], "HTTP_GET {\n url {\n path /\n %s\n}\n}")
	all["host"] = fmt.Sprintf(all["real_server"], "SMTP_CHECK {\n host {\n %s\n}\n}")
	return all
}()

// unbuilt are words that the release knows, and the package that is asked was
// built without.
var unbuilt = map[string]bool{"vrrp_ipsets": true}

// within is a text with room for words inside of a line of a block at %s.
var within = func() map[string]string {
	tracked := map[string]string{
		"track_interface": "", "track_script": "vrrp_script eth1 {\n script /bin/true\n}\n",
		"track_process": "vrrp_track_process eth1 {\n process x\n}\n", "track_bfd": "bfd_instance eth1 {\n neighbor_ip 10.0.0.1\n}\n",
	}
	all := map[string]string{
		"weight":                  "vrrp_script S {\n script /bin/true\n weight 5 %s\n}\n",
		"init_file":               fmt.Sprintf(around["track_file"], "init_file 5 %s"),
		"lvs_sync_daemon":         fmt.Sprintf(around["global_defs"], "lvs_sync_daemon eth0 %s"),
		"lvs_timeouts":            fmt.Sprintf(around["global_defs"], "lvs_timeouts %s"),
		"lvs_method":              fmt.Sprintf(around["virtual_server"], "lvs_method TUN %s"),
		"sorry_server_lvs_method": fmt.Sprintf(around["virtual_server"], "sorry_server 10.0.0.3 80\n sorry_server_lvs_method TUN %s"),
		"unicast_peer":            fmt.Sprintf(around["vrrp_instance"], "unicast_peer {\n 10.0.0.9 %s\n}"),
		"static_ipaddress":        "static_ipaddress {\n 10.1.0.1/24 dev eth0 %s\n}\n",
		"static_routes":           "static_routes {\n 10.5.0.0/24 dev eth0 %s\n}\n",
		"static_rules":            "static_rules {\n from 10.1.0.0/24 table 5 preference 7 %s\n}\n",
	}
	for block, line := range map[string]string{"virtual_ipaddress": "10.2.0.1/24", "virtual_ipaddress_excluded": "10.2.0.1/24",
		"virtual_routes": "10.5.0.0/24 dev eth0", "virtual_rules": "from 10.1.0.0/24 table 5 preference 7"} {
		all[block] = fmt.Sprintf(around["vrrp_instance"], block+" {\n "+line+" %s\n}")
	}
	for block, defined := range tracked {
		all[block] = defined + fmt.Sprintf(around["vrrp_instance"], block+" {\n eth1 %s\n}")
	}
	return all
}()

// argument is a word inside of a line with a value.
func argument(d model.Directive, word string) string {
	value := map[string]string{"octet": "0x10", "prefix": "10.3.0.0/24", "interface": "eth0", "addr": "224.0.0.9", "gateway": "10.1.0.8",
		"target": "10.1.0.8", "name": "5", "scope": "link", "broadcast": "+", "mark": "7", "span": "5-9", "metric": "7", "time": "20ms",
		"control": "cubic", "lifetime": "forever", "text": "T", "whole": "1", "octal": "1"}[d.Kind]
	if len(d.Values) > 0 {
		value = d.Values[0]
	}
	if strings.HasPrefix(d.Block, "track_") && d.Word != "weight" {
		return "weight 5 " + word // it stands behind a weight only
	}
	if strings.HasSuffix(d.Block, "_routes") && d.Word == "weight" {
		word = "nexthop via 10.1.0.8 " + word
	}
	return strings.TrimSpace(word + " " + value)
}

// A word that keepalived does not know inside of a line it names in its own way.
func TestTheTableKnowsWhichWordsInsideOfALineKeepalivedKnows(t *testing.T) {
	texts, since := map[string]string{}, map[string]model.Since{}
	for _, d := range model.Directives() {
		text, ok := within[d.Block]
		if !ok || strings.Contains(d.Word, " ") {
			continue
		}
		known := append([]model.Since{d.Since}, d.AliasSince...)
		for i, word := range append([]string{d.Word}, d.Aliases...) {
			name := d.Block + "." + word
			texts[name], since[name] = fmt.Sprintf(text, argument(d, word)), known[i]
		}
	}
	if len(texts) < 200 {
		t.Fatalf("%d words", len(texts))
	}
	for name, h := range ask(t, []string{"lo", "eth0", "eth1"}, false, texts) {
		_, word, _ := strings.Cut(name, ".")
		unknown := regexp.MustCompile(`(?i)\bunknown\b.*[ '\[]` + regexp.QuoteMeta(word) + `(?:['\] ]|$)`)
		heard := slices.ContainsFunc(h.complaints, func(c complaint) bool { return unknown.MatchString(c.text) })
		if heard != since[name].After(release) {
			t.Errorf("%s is said to be known since %q; keepalived %s says it is unknown: %v, of %q:\n%v",
				name, since[name], release, heard, texts[name], h.complaints)
		}
	}
}

// A word alone is enough for keepalived to say that it does not know it. Whether
// it does is what the table says of the releases that know it.
func TestTheTableKnowsWhichWordsKeepalivedKnows(t *testing.T) {
	texts, since := map[string]string{}, map[string]model.Since{}
	add := func(block, word string, known model.Since) {
		if text, ok := around[block]; ok && !strings.Contains(word, " ") && !strings.HasPrefix(word, "include") && !unbuilt[word] {
			name := block + "." + word
			texts[name], since[name] = fmt.Sprintf(text, word), known
		}
	}
	for _, d := range model.Directives() {
		if d.Support == model.Obsolete {
			d.Since = model.Never
		}
		add(d.Block, d.Word, d.Since)
		for i, alias := range d.Aliases {
			add(d.Block, alias, d.AliasSince[i])
		}
	}
	if len(texts) < 400 {
		t.Fatalf("%d words", len(texts))
	}
	strangers := 0
	said := ask(t, []string{"lo", "eth0"}, false, texts)
	for name, h := range said {
		_, word, _ := strings.Cut(name, ".")
		unknown := regexp.MustCompile(`Unknown keyword '` + regexp.QuoteMeta(word) + `'`)
		heard := false
		for _, k := range h.complaints {
			heard = heard || unknown.MatchString(k.text)
		}
		if heard {
			strangers++
		}
		if heard != since[name].After(release) {
			t.Errorf("%s is said to be known since %q; keepalived %s says it is unknown: %v", name, since[name], release, heard)
		}
	}
	if strangers < 20 {
		t.Errorf("keepalived names %d words that it does not know", strangers)
	}
}

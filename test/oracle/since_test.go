package oracle

import (
	"fmt"
	"regexp"
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

package model

import (
	"slices"
	"strings"
	"testing"
)

// pairsInLines are two values of each word inside of a line; "" is a word that stands
// alone, set in the first text and missing in the second.
var pairsInLines = map[string][2]string{
	"dev": {"e1", "e2"}, "label": {"e0:1", "e0:2"}, "scope": {"site", "link"}, "brd": {"192.0.2.255", "192.0.2.0"}, "broadcast": {"192.0.2.255", "192.0.2.0"},
	"no_track": {}, "peer": {"192.0.2.7", "192.0.2.8"}, "home": {}, "-nodad": {}, "nodad": {}, "mngtmpaddr": {}, "noprefixroute": {}, "autojoin": {},
	"preferred_lft": {"5", "6"}, "weight": {"5", "6"}, "reverse": {}, "noreverse": {}, "use-vmac": {}, "use_vmac": {},
}

func TestTheDifferencesNameEveryWordInsideOfALine(t *testing.T) {
	line := map[string]string{"virtual_ipaddress": "192.0.2.1/24", "virtual_ipaddress_excluded": "192.0.2.1/24", "track_interface": "e3", "track_script": "chk"}
	seen := 0
	for _, d := range Directives() {
		base, is := line[d.Block]
		if !is || d.Support == Obsolete {
			continue
		}
		pair, known := pairsInLines[d.Word]
		if !known {
			t.Errorf("%s %s: no values to try", d.Block, d.Word)
			continue
		}
		seen++
		weight := ""
		if strings.HasSuffix(d.Word, "reverse") {
			weight = " weight 5"
		}
		a, b := base+weight+" "+d.Word+" "+pair[0], base+weight+" "+d.Word+" "+pair[1]
		switch {
		case d.Word == "noreverse": // the sense that goes without saying
			b = base + weight + " reverse"
		case pair[0] == "":
			b = base + weight
		}
		text := func(l string) Config {
			return resolved(t, "vrrp_script chk {\nscript /bin/chk\nweight 7\n}\nvrrp_instance V {\ninterface e0\nvirtual_router_id 7\n"+d.Block+" {\n"+l+"\n}\n}\n")
		}
		got := Changes(text(a), text(b), VRRP)
		if len(got) != 1 || !strings.HasPrefix(got[0], "V: "+d.Block+" ") {
			t.Errorf("%s: %s -> %s is told as %q", d.Block, a, b, got)
			continue
		}
		old, next, _ := strings.Cut(got[0], " -> ")
		if at := slices.Index(strings.Fields(old+" "), strings.TrimPrefix(d.Word, "-")); at < 0 && !strings.Contains(old, pair[0]) || !strings.Contains(next, pair[1]) {
			t.Errorf("%s: %s -> %s is told as %q", d.Block, a, b, got)
		}
	}
	if seen < 20 {
		t.Errorf("%d words inside of lines were looked at", seen)
	}
}

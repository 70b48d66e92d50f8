package objects

import (
	"fmt"
	"strings"
	"testing"

	"holdfast/engine/model"
)

// ground has an object of every kind, each with comments and odd spacing.
const ground = `! the pair of the shop
global_defs {
    router_id   lb1   # this one
}

vrrp_script chk {
    script /bin/true
}

vrrp_track_process web {
    process nginx
}

vrrp_sync_group G {
    group {
        V   # the only one
    }
}

vrrp_instance V {
	# of the shop
	interface eth0
	virtual_router_id 51 ; not 52
	authentication {
		auth_type PASS
		auth_pass abc
	}
	virtual_ipaddress {
		192.0.2.100/24   # public
	}
}

virtual_server 192.0.2.100 80 {
    # the shop
    protocol TCP
    real_server 192.0.2.31 80 {
        weight 1 # slow
        HTTP_GET {
            url {
                path /
            }
        }
    }
    real_server 192.0.2.32 80 {
        SSL_GET {
        url {
                path /
            }
        }
    }
    real_server 192.0.2.33 80 {
        TCP_CHECK {
        }
    }
    real_server 192.0.2.34 80 {
        SMTP_CHECK {
        }
    }
    real_server 192.0.2.35 80 {
        DNS_CHECK {
        }
    }
    real_server 192.0.2.36 80 {
        MISC_CHECK {
            misc_path /bin/true
        }
    }
    real_server 192.0.2.37 80 {
        UDP_CHECK {
        }
    }
    real_server 192.0.2.38 80 {
        PING_CHECK {
        }
    }
}
# the end
`

// samples are values by the name of their kind.
var samples = map[string]string{
	"addr": "192.0.2.9", "addresses": "192.0.2.200/24 dev eth0", "bool": "off", "codes": "200-204", "command": `/bin/notify "a b" c`,
	"endpoint": "192.0.2.9 80", "fifo": "/run/fifo", "hex": "0a0b", "interface": "eth1", "lines": "x", "mark": "7", "names": "caseless",
	"peers": "192.0.2.8", "prefix": "192.0.2.0/24", "protocol": "UDP", "routes": "10.9.9.0/24 via 192.0.2.7", "rules": "from 10.9.9.0/24 table 7",
	"secs": "3", "server": "192.0.2.9 25", "span": "3", "sync": "eth0 7", "text": "a#b c", "time": "3", "tracks": "eth5", "user": "nobody",
	"vmac": "vrrp.51", "weight": "-7", "whole": "3", "octet": "3", "metric": "3", "control": "10", "initial": "3",
	"timeouts": "tcp 5 udp 7", "every": "all 9", "key": "1 0123456789abcdef0123456789abcdef",
}

// sampleOf is a directive with a value that the table allows.
func sampleOf(t *testing.T, d model.Directive) (Setting, bool) {
	t.Helper()
	s := Setting{Keyword: d.Word}
	value, ok := samples[d.Kind]
	switch {
	case d.Kind == "block":
		return s, false
	case d.Kind == "flag":
		return s, true
	case len(d.Values) > 0:
		value = d.Values[len(d.Values)-1]
	case !ok:
		t.Errorf("%s.%s: add a sample of a %s to samples", d.Block, d.Word, d.Kind)
		return s, false
	case d.Longest > 0:
		value = "s!1"
	case d.Names == "interface":
		value = "eth1"
	}
	if low, _, ranged := strings.Cut(d.Range, ".."); ranged && len(d.Values) == 0 && d.Kind != "codes" {
		value = low
	}
	if d.Opens {
		s.Lines = []string{value}
	} else {
		s.Value = value
	}
	return s, true
}

// places are where the directives of a block are set: the ids of an object, and the
// block of its own that holds them, "" for the object itself.
var places = map[string]struct {
	kind  Kind
	ids   []string
	inner string
}{
	"global_defs": {Global, []string{"global"}, ""}, "vrrp_script": {Script, []string{"chk"}, ""}, "vrrp_track_process": {Process, []string{"web"}, ""},
	"vrrp_sync_group": {Group, []string{"G"}, ""}, "vrrp_instance": {Router, []string{"V"}, ""}, "authentication": {Router, []string{"V"}, "authentication"},
	"virtual_server": {Service, []string{svc}, ""}, "real_server": {Server, []string{svc, "192.0.2.31:80"}, ""},
	"HTTP_GET": {Check, []string{svc, "192.0.2.31:80", "HTTP_GET"}, ""}, "SSL_GET": {Check, []string{svc, "192.0.2.32:80", "SSL_GET"}, ""},
	"TCP_CHECK": {Check, []string{svc, "192.0.2.33:80", "TCP_CHECK"}, ""}, "SMTP_CHECK": {Check, []string{svc, "192.0.2.34:80", "SMTP_CHECK"}, ""},
	"DNS_CHECK": {Check, []string{svc, "192.0.2.35:80", "DNS_CHECK"}, ""}, "MISC_CHECK": {Check, []string{svc, "192.0.2.36:80", "MISC_CHECK"}, ""},
	"UDP_CHECK": {Check, []string{svc, "192.0.2.37:80", "UDP_CHECK"}, ""}, "PING_CHECK": {Check, []string{svc, "192.0.2.38:80", "PING_CHECK"}, ""},
	"url": {Check, []string{svc, "192.0.2.31:80", "HTTP_GET"}, "url"},
}

const svc = "tcp:192.0.2.100:80"

// spelled is a setting as a hand writes it.
func spelled(s Setting) string {
	out := s.Keyword
	if s.Value != "" {
		out += " " + s.Value
		if strings.Contains(s.Value, "#") {
			out = s.Keyword + ` "` + s.Value + `"`
		}
	}
	if s.Lines != nil {
		out += " {\n" + strings.Join(s.Lines, "\n") + "\n}"
	}
	return out
}

// byHand writes a directive into the text itself, at the end of the block.
func byHand(text string, o Object, inner string, s Setting) string {
	lines := strings.SplitAfter(text, "\n")
	end := o.Last - 1
	if inner != "" {
		for end = o.Line; !strings.HasPrefix(strings.TrimSpace(lines[end]), inner); end++ {
		}
		for ; strings.TrimSpace(lines[end]) != "}"; end++ {
		}
	}
	return strings.Join(lines[:end], "") + spelled(s) + "\n" + strings.Join(lines[end:], "")
}

// set sets a directive of an object by the object, or takes it away where to is nil.
func set(x *Text, o Object, inner, word string, to *Setting) (*Text, error) {
	var list []Setting
	if to != nil {
		list = append(list, *to)
	}
	if inner == "" {
		return x.Patch(o, list, word)
	}
	for _, in := range x.Settings(o) {
		if in.Keyword != inner {
			continue
		}
		for _, own := range in.Inside {
			if own.Keyword != word {
				list = append(list, own)
			}
		}
		in.Inside = list
		return x.Patch(o, []Setting{in})
	}
	return nil, fmt.Errorf("no block %s", inner)
}

// written is a directive of an object as it is written, nil where it is not.
func written(x *Text, o Object, inner, word string) *Setting {
	list := x.Settings(o)
	for _, s := range list {
		if s.Keyword == inner {
			list = s.Inside
		}
	}
	for _, s := range list {
		if s.Keyword == word {
			return &s
		}
	}
	return nil
}

func TestEveryDirectiveIsSetByTheObjectAsByTheText(t *testing.T) {
	looked := 0
	for _, d := range model.Directives() {
		place, there := places[d.Block]
		if !there || d.Support != model.Acted || strings.Contains(d.Word, " ") {
			continue
		}
		s, ok := sampleOf(t, d)
		if !ok {
			continue
		}
		looked++
		name := d.Block + "." + d.Word
		x := Open(ground, model.Facts{})
		o, err := x.Find(place.kind, place.ids...)
		if err != nil {
			t.Fatal(err)
		}
		next, err := set(x, o, place.inner, d.Word, &s)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		kept(t, name, ground, next.String(), d.Word)
		if d.Word == "protocol" {
			continue // it is part of the id
		}
		if own := written(x, o, place.inner, d.Word); own != nil {
			changed, err := next.Find(place.kind, place.ids...)
			if err != nil {
				t.Fatal(err)
			}
			back, err := set(next, changed, place.inner, d.Word, own)
			if err != nil || back.String() != ground {
				t.Errorf("%s: set back it leaves %v\n%s", name, err, back)
			}
			continue
		}
		byText := byHand(ground, o, place.inner, s)
		mine := meaning(next)
		theirs, _ := model.Parse(fileName, []byte(byText), model.Facts{})
		if model.Print(mine) != model.Print(theirs) {
			t.Errorf("%s: by the object\n%s\nby the text\n%s", name, next, byText)
		}
		if o, err = next.Find(place.kind, place.ids...); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := set(next, o, place.inner, d.Word, &s)
		if err != nil || again.String() != next.String() {
			t.Errorf("%s: set twice it is not what it is set once: %v\n%s", name, err, again)
		}
		back, err := set(next, o, place.inner, d.Word, nil)
		if err != nil || back.String() != ground {
			t.Errorf("%s: taken away again it leaves %v\n%s", name, err, back)
		}
	}
	if looked < 200 {
		t.Errorf("%d directives were looked at", looked)
	}
}

// kept says which lines were lost that have nothing to do with a word: all others have
// to be there, in their order.
func kept(t *testing.T, name, before, after, word string) {
	t.Helper()
	left := strings.SplitAfter(after, "\n")
	for line := range strings.Lines(before) {
		if strings.Contains(line, word) || word == "group" || word == "virtual_ipaddress" {
			continue
		}
		for len(left) > 0 && left[0] != line {
			left = left[1:]
		}
		if len(left) == 0 {
			t.Errorf("%s: the line %q is lost", name, line)
			return
		}
		left = left[1:]
	}
}

func TestSettingsOfAnObjectSetAgainChangeNothing(t *testing.T) {
	x := Open(ground, model.Facts{})
	for _, o := range x.list {
		next, err := x.Set(o, x.Settings(o))
		if err != nil || next.String() != ground {
			t.Errorf("%s %s: %v\n%s", o.Kind, o.ID, err, next)
		}
	}
	if len(x.list) != 22 {
		t.Errorf("%d objects", len(x.list))
	}
}

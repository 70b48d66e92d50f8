package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/conf"
)

// ground is a text whose every block is there once; a comment of a path marks where
// the words of a block go. Nothing in it keeps a word from taking effect.
const ground = `#
track_group tg {
#track_group
}
global_defs {
#global_defs
}
garp_group {
#garp_group
}
vrrp_script chk {
script /bin/chk
#vrrp_script
}
vrrp_script other {
script /bin/other
}
vrrp_track_process proc {
process a
#vrrp_track_process
}
vrrp_track_process another {
process b
}
track_file file {
file /run/a
#track_file
}
track_file second {
file /run/b
}
bfd_instance near {
neighbor_ip 198.51.100.2
#bfd_instance
}
bfd_instance far {
neighbor_ip 198.51.100.3
}
vrrp_instance VI_1 {
interface eth0
virtual_router_id 7
priority 100
virtual_ipaddress {
192.0.2.1/24
}
authentication {
auth_type PASS
auth_pass base
#vrrp_instance.authentication
}
#vrrp_instance
}
vrrp_instance VI_2 {
interface eth1
virtual_router_id 8
auth_hmac {
key 5 0123456789abcdef0123456789abcdef
key 7 0123456789abcdef0123456789abcdef
active_key 5
#vrrp_instance.auth_hmac
}
}
vrrp_sync_group G {
group {
VI_1
}
#vrrp_sync_group
}
virtual_server 192.0.2.100 80 {
protocol TCP
quorum 4
sorry_server 192.0.2.99 80
#virtual_server
real_server 192.0.2.33 80 {
weight 9
#virtual_server.real_server
HTTP_GET {
url {
path /
#virtual_server.real_server.HTTP_GET.url
}
#virtual_server.real_server.HTTP_GET
}
SSL_GET {
url {
path /
#virtual_server.real_server.SSL_GET.url
}
#virtual_server.real_server.SSL_GET
}
TCP_CHECK {
#virtual_server.real_server.TCP_CHECK
}
SMTP_CHECK {
host {
#virtual_server.real_server.SMTP_CHECK.host
}
#virtual_server.real_server.SMTP_CHECK
}
DNS_CHECK {
#virtual_server.real_server.DNS_CHECK
}
UDP_CHECK {
#virtual_server.real_server.UDP_CHECK
}
PING_CHECK {
#virtual_server.real_server.PING_CHECK
}
BFD_CHECK {
name near
#virtual_server.real_server.BFD_CHECK
}
FILE_CHECK {
track_file file
#virtual_server.real_server.FILE_CHECK
}
MISC_CHECK {
misc_path /bin/misc
#virtual_server.real_server.MISC_CHECK
}
}
}
`

// with is the ground with a word in a block in place of what stands there of it.
func with(t *testing.T, path, word, text string) Config {
	t.Helper()
	var out []string
	lines := strings.Split(ground, "\n")
	at := slices.Index(lines, "#"+path) // "" is the top
	if at < 0 {
		t.Fatalf("no place for the words of %q", path)
	}
	depth := 0
	for i := at - 1; i >= 0; i-- { // back to the brace of the block
		switch {
		case strings.HasSuffix(lines[i], "{"):
			depth--
		case lines[i] == "}":
			depth++
		}
		if depth < 0 {
			break
		}
		if depth == 0 && lines[i] == word+" {" {
			for end := i; ; end++ {
				last := lines[end] == "}"
				if lines[end] = ""; last {
					break
				}
			}
		}
		if f := strings.Fields(lines[i]); depth == 0 && len(f) == 2 && f[0] == word {
			lines[i] = ""
		}
	}
	if text != "" {
		lines[at] = text
	}
	for _, l := range lines {
		if l = strings.TrimSpace(l); !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	c, findings := Parse("x", []byte(strings.Join(out, "\n")), Facts{})
	if Failed(findings) {
		t.Fatalf("%s %s: %v", path, text, findings)
	}
	return Resolve(c)
}

// pairOf gives two values of a word, as text.
func pairOf(d *directive) (a, b string) {
	special := map[string][2]string{
		"priority": {"50", "51"}, "interface": {"eth2", "eth3"}, "preempt_delay": {"5", "7"}, "advert_int": {"5", "7"},
		"quorum": {"2", "3"}, "hysteresis": {"1", "2"}, "weight": {"11", "12"}, "auth_pass": {"first", "second"},
		"payload": {"0102", "0a 3"}, "require_reply": {"aX", "bb"},
		"group": {"{\nVI_1\n}", "{\nVI_2\n}"}, "track_script": {"{\nchk\n}", "{\nother\n}"}, "track_process": {"{\nproc\n}", "{\nanother\n}"}, "track_file": {"{\nfile weight 0\n}", "{\nsecond weight 0\n}"},
		"init_file": {"5", "7 overwrite"}, "process": {"one two", "three"}, "track_bfd": {"{\nnear\n}", "{\nfar\n}"}, "track_interface": {"{\neth8\n}", "{\neth9\n}"},
		"script_user": {"nobody", "daemon"}, "user": {"nobody", "daemon"}, "auth_type": {"PASS", ""},
		"virtual_router_id": {"11", "12"}, "lvs_sync_daemon": {"eth0 inst VI_1", "eth1 id 7 maxlen 1400 port 99 ttl 2 group 224.0.0.99"}, "old_unicast_checksum": {"", "never"}, "lvs_flush_on_stop": {"", "VS"}, "lvs_timeouts": {"tcp 5", "tcp 5 tcpfin 6 udp 7"}, "regex": {`"first"`, `"second"`}, "version": {"2", "3"}, "vrrp_version": {"2", "3"}, "interval": {"5", "7"},
	}
	if d.block.word == "FILE_CHECK" && d.word == "track_file" {
		return "file", "second"
	}
	if d.block.word == "BFD_CHECK" && d.word == "name" {
		return "near", "far"
	}
	if (d.block.word == "vrrp_script" || d.block.word == "bfd_instance") && d.word == "weight" {
		return "5", "7 reverse"
	}
	if p, ok := special[d.word]; ok {
		return p[0], p[1]
	}
	switch d.kindName(d.word) {
	case "flag":
		return "", "no"
	case "bool":
		return "yes", "no"
	case "choice":
		return d.values[0], d.values[1]
	case "whole", "secs":
		return fmt.Sprint(max(5, d.min)), fmt.Sprint(max(7, d.min))
	case "addr":
		return map[string]string{"": "192.0.2.7", "mask": "255.255.0.0", "multicast4": "224.0.0.7", "multicast6": "ff02::7"}[d.addr],
			map[string]string{"": "192.0.2.9", "mask": "255.255.255.0", "multicast4": "224.0.0.9", "multicast6": "ff02::9"}[d.addr]
	case "addresses":
		return "{\n198.51.100.1/24\n}", "{\n198.51.100.9/24\n}"
	case "vmac":
		return "v1", "v1 2:0:0:0:9"
	case "routes":
		return "{\n198.51.100.0/24 via 192.0.2.7\n}", "{\n198.51.101.0/24 dev eth0 table 7\n}"
	case "rules":
		return "{\nfrom 198.51.100.0/24 table 7 preference 9\n}", "{\nto 198.51.100.0/24 blackhole preference 9\n}"
	case "linkbeat":
		return "{\neth0\n}", "{\neth1 MII\n}"
	case "delays":
		return "{\neth0 5\n}", "{\neth0 5 0.5\n}"
	case "peers":
		return "{\n192.0.2.7\n}", "{\n192.0.2.9 min_ttl 250\n}"
	case "lines":
		return "{\none@example.org\n}", "{\ntwo@example.org\n}"
	case "codes":
		return "200-210", "302"
	case "names":
		return "caseless dotall", "utf"
	case "endpoint":
		return "192.0.2.7 80", "192.0.2.9 80"
	case "server":
		return "192.0.2.7 25", "192.0.2.9 25"
	case "every":
		return "5", "all 7"
	case "fifo":
		return "/run/first", "/run/second nobody daemon"
	case "key":
		return "9 " + strings.Repeat("a", 32), "9 hex:" + strings.Repeat("0b", 32)
	case "command":
		return "/bin/first", "/bin/second"
	}
	if d.hex > 0 {
		return strings.Repeat("a", d.hex), strings.Repeat("b", d.hex)
	}
	return "first", "second"
}

// asTold are the values as a difference has them.
func asTold(d *directive, text string) string {
	text = strings.Trim(text, "{\n}")
	if d.kindName(d.word) == "command" {
		return `"` + text + `"`
	}
	return map[string]string{"yes": "true", "no": "false"}[text] + map[bool]string{true: "", false: text}[text == "yes" || text == "no"]
}

func TestTheDifferencesNameEveryWordWithBothValues(t *testing.T) {
	seen, silent := 0, []string{}
	eachWord(t, readTable(), func(t *testing.T, d *directive, path string) {
		seen++
		if d.quiet != "" {
			silent = append(silent, path+"."+d.word+": "+d.quiet)
			return
		}
		a, b := pairOf(d)
		first, second := d.begin()+" "+a, d.begin()+" "+b
		switch kind := d.kindName(d.word); {
		case d.word == "auth_type": // without one, no password is in force either
			second = ""
		case kind == "flag" && len(d.words) == 1:
			first = ""
			second = d.word
			a, b = "no", "yes"
		case len(d.words) > 1: // each is a word of its own
			for _, w := range d.words {
				got := Changes(with(t, path, d.word, ""), with(t, path, d.word, w), d.role)
				if len(got) != 1 || !strings.Contains(got[0], "+ "+w) {
					t.Errorf("%s: told as %q", w, got)
				}
			}
			first, second = d.words[0], d.words[1]
		}
		old, next := with(t, path, d.word, first), with(t, path, d.word, second)
		lines := slices.Concat(Changes(old, next, VRRP), Changes(old, next, LVS))
		about := slices.DeleteFunc(slices.Clone(lines), func(l string) bool {
			return !slices.Contains(strings.Fields(l), d.word)
		})
		if slices.Contains(d.block.naming, d) { // another value is another block
			a, b = strings.ToLower(a), strings.ToLower(b)
			about = lines
		}
		if len(about) == 0 {
			t.Fatalf("%s %s: %s -> %s is not told: %q", path, d.word, a, b, lines)
		}
		for _, l := range about {
			switch {
			case d.secret():
				if strings.Contains(l, a) || strings.Contains(l, b) {
					t.Errorf("the secret is told: %s", l)
				}
			case len(d.words) > 1:
			case !strings.Contains(strings.Join(about, "\n"), asTold(d, a)) || !strings.Contains(strings.Join(about, "\n"), asTold(d, b)):
				t.Errorf("%s: told as %q, want %s and %s in it", path, about, asTold(d, a), asTold(d, b))
			}
		}
		if again := slices.Concat(Changes(next, next, VRRP), Changes(next, next, LVS)); len(again) > 0 {
			t.Errorf("%s: alike, and told as %q", path, again)
		}
	})
	if seen < 150 {
		t.Errorf("%d words were looked at", seen)
	}
	if want := []string{}; !slices.Equal(silent, want) {
		t.Errorf("quiet are %q, want %q", silent, want)
	}
}

// eachWord walks the words of all blocks that have values of their own.
func eachWord(t *testing.T, blk *block, do func(t *testing.T, d *directive, path string)) {
	for _, d := range blk.order {
		if d.subs == nil {
			t.Run(join(blk.path, d.word), func(t *testing.T) { do(t, d, blk.path) })
			continue
		}
		for _, w := range d.words {
			eachWord(t, d.subs[w], do)
		}
	}
}

func TestWhatIsKeptAndReadsDifferentlyIsTold(t *testing.T) {
	told := 0
	var look func(blk *block)
	look = func(blk *block) {
		for word, k := range blk.kept {
			if word != k.word || k.is("moved") || conf.IsInclude(word) || strings.HasPrefix(blk.path, "virtual_server_group") {
				continue
			}
			var p printer
			p.items([]Item{sampleItem(k)})
			told++
			text := func(in string) Config {
				if blk.path == "" {
					c, _ := Parse("x", []byte(ground+in), Facts{})
					return Resolve(c)
				}
				return with(t, blk.path, word, in)
			}
			lines := slices.Concat(Changes(text(""), text(p.String()), VRRP), Changes(text(""), text(p.String()), LVS))
			own := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !slices.Contains(strings.Fields(l), word) })
			if len(own) != 1 || len(lines) > 1 {
				t.Errorf("%s %s: told as %q", blk.path, word, lines)
			}
			if len(lines) == 1 && k.is("secret") && strings.Contains(lines[0], "0f0f") {
				t.Errorf("the secret is told: %s", lines[0])
			}
		}
		for _, d := range blk.order {
			for _, sub := range d.subs {
				if len(sub.kept) > 0 {
					look(sub)
				}
			}
		}
	}
	look(readTable())
	if told < 100 {
		t.Errorf("%d kept words were looked at", told)
	}
}

package model

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/engine/conf"
)

// sample fills every directive of a value by the table, so that a new field is
// tested the day it is declared.
func sample(t testing.TB, blk *block, v reflect.Value, n int) {
	t.Helper()
	if !blk.shares {
		v.FieldByName("Kept").Set(reflect.ValueOf(sampleKept(blk)))
	}
	for _, k := range blk.keys {
		sampleField(t, k, v.FieldByIndex(k.field), n, blk.word)
	}
	for _, d := range blk.order {
		switch {
		case d.same:
			sample(t, d.subs[d.word], v, n)
		case d.subs == nil:
			sampleField(t, d, v.FieldByIndex(d.field), n, d.word)
		case d.typ.Kind() == reflect.Struct:
			sample(t, d.subs[d.word], v.FieldByIndex(d.field), n)
		default:
			list := v.FieldByIndex(d.field)
			for i, w := range append(d.words, d.words[0]) {
				e := reflect.New(d.typ.Elem()).Elem()
				if r, is := e.Addr().Interface().(*Real); is {
					r.ServerOptions = &ServerOptions{}
				}
				sample(t, d.subs[w], e, 10*n+i+1)
				list.Set(reflect.Append(list, e))
			}
		}
	}
}

// sampleKept writes every word of a block that is not acted on.
func sampleKept(blk *block) []Item {
	var list []Item
	for _, w := range slices.Sorted(maps.Keys(blk.kept)) {
		if k := blk.kept[w]; w == k.word && !conf.IsInclude(w) && !k.is("moved") {
			list = put(list, sampleItem(k), true)
		}
	}
	return blk.tidy(list)
}

func sampleField(t testing.TB, d *directive, v reflect.Value, n int, word string) {
	t.Helper()
	p := v.Addr().Interface()
	if o, ok := p.(optional); ok {
		p = o.inside()
		o.written()
	}
	within := func(x int) int {
		if d.ranged {
			return int(math.Ceil(min(max(float64(x), d.min), d.max)))
		}
		return x
	}
	name := "x" + strconv.Itoa(n)
	switch p := p.(type) {
	case *Kind:
		*p = Kind(word)
	case *string:
		*p = name
		if d.names == "interface" {
			*p = "eth" + strconv.Itoa(n)
		}
		if len(d.values) > 0 {
			*p = d.values[n%len(d.values)]
		}
		if d.hex > 0 {
			*p = strings.Repeat("a", d.hex)
		}
	case *bool:
		*p = n%2 == 1 || len(d.values) == 0 && d.off == ""
	case *int:
		*p = within(n)
	case *uint8:
		*p = uint8(within(n))
	case *uint16:
		*p = uint16(within(n))
	case *uint32:
		*p = uint32(within(n))
	case *Seconds:
		*p = Seconds(within(n)) * seconds
	case *Millis:
		*p = Millis(within(n)) * Millis(time.Millisecond)
	case *Secret:
		*p = Secret("s!" + strconv.Itoa(n%1000))
	case *Weight:
		*p = Weight{N: -n % 200, Reverse: n%2 == 0}
	case *User:
		*p = User{"nobody", "daemon"}
	case *Hex:
		*p = Hex(fmt.Sprintf("0a%02x %x", n%250, n%15))
	case *Method:
		*p = []Method{NAT, DR, TUN, tunnelled("gue", "remcsum", 6080), tunnelled("gre", "csum", 0)}[n%5]
	case *Protocol:
		*p = TCP
	case *netip.Addr:
		*p = netip.AddrFrom4([4]byte{192, 0, byte(n >> 8), byte(n)})
		if d.addr == "multicast4" {
			*p = netip.MustParseAddr("224.0.0.9")
		}
		if d.addr == "multicast6" {
			*p = netip.MustParseAddr("ff02::9")
		}
		if d.addr == "mask" {
			*p = netip.MustParseAddr("255.255.0.0")
		}
	case *Endpoint:
		*p = Endpoint{netip.MustParseAddr("192.0.2.9"), 80}
	case *SMTPServer:
		*p = SMTPServer{"mail.example", 2525}
	case *Command:
		u := p.User
		*p = NewCommand(`/bin/notify "it is" ` + strconv.Itoa(n))
		if p.User = u; d.block.words["user"] == nil {
			p.User = Some(User{"nobody", ""})
		}
	case *[]string:
		*p = []string{d.words[0], d.words[len(d.words)-1]}
		if len(d.words) == 1 {
			*p = []string{name + "a", name + "b c"}
		}
	case *[]Address:
		*p = []Address{{Prefix: netip.MustParsePrefix("10.9.9.9/24"), Peer: netip.MustParseAddr("10.9.9.8"), Preferred: "forever", Detect: true, Flags: "noprefixroute home"}, {Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(len(d.word)), byte(n >> 8), byte(n)}), 24), Dev: "eth0", Label: "eth0:1",
			Scope: Some(uint8(253)), Broadcast: Some(Broadcast{Ones: true}), NoTrack: true}}
	case *[]SigningKey:
		*p = []SigningKey{{ID: 7, Value: Secret(strings.Repeat("k", 31) + strconv.Itoa(n%10))}, {ID: 8, Value: "file:/etc/key"}, {ID: 9, Value: Secret("hex:" + strings.Repeat("0a", 32))}}
	case *[]Route:
		*p = readRoutes(t, d.word, "10.9.9.0/24 via 192.0.2.7 dev eth0 table 7 metric "+strconv.Itoa(n), "blackhole 10.9.8.0/24 no_track")
	case *[]Rule:
		*p = readRules(t, d.word, "from 10.9.9.0/24 table 7 preference "+strconv.Itoa(n), "to 10.9.9.0/24 blackhole preference 5 no_track")
	case *[]Track:
		*p = []Track{{Name: name, Weight: Some(Weight{N: -5, Reverse: true})}, {Name: name + "b"}}
		if d.names != "interface" {
			*p = append(*p, Track{Name: name + "c", Weight: Some(Weight{N: 5, Upright: true})})
		}
	case *Every:
		*p = Every{true, Seconds(time.Duration(1+n%100) * time.Second)}
	case *Fifo:
		*p = Fifo{"/run/" + name, User{"nobody", "daemon"}}
	case *ProcessLine:
		*p = ProcessLine(name + "\x00-c\x00a b")
	case *InitFile:
		*p = InitFile{Value: -n % 200, Overwrite: n%2 == 0}
	case *VMAC:
		*p = VMAC{Name: "v" + strconv.Itoa(n%1000), MAC: "2:0:0:0:9", Kept: "group 7"}
	case *Regex:
		*p = Regex("a \"" + name + "\\d'\t$")
	case *RegexOptions:
		*p = RegexOptions{"caseless", "utf"}
	case *[]Peer:
		*p = []Peer{{Addr: netip.MustParseAddr("192.0.2.8"), MinTTL: Some(uint8(9)), MaxTTL: Some(uint8(30))}, {Addr: netip.MustParseAddr("192.0.2.9")}}
	case *[]PolledLink:
		*p = []PolledLink{{"eth0", ""}, {"eth1", "ETHTOOL"}}
	case *[]LinkDelay:
		*p = []LinkDelay{{"eth0", Seconds(time.Second), 0}, {"eth1", 0, Seconds(time.Second / 4)}}
	case *VirtualOf: // in place of an address
	case *Sync:
		*p = Sync{"eth0", name, Some(uint8(0)), Some(uint16(1400)), Some(uint16(9000)), Some(uint8(7)), Some(netip.MustParseAddr("ff02::9"))}
	case *Timeouts:
		*p = Timeouts{TCP: uint32(n), UDP: 7}
	case *[]CodeRange:
		*p = []CodeRange{{200, 200}, {300, 304}}
	default:
		t.Fatalf("%s: no sample for %T", d.word, p)
	}
}

// readRoutes are lines of a list of routes as the parser reads them.
func readRoutes(t testing.TB, word string, lines ...string) []Route {
	c, _ := Parse("x", []byte("vrrp_instance V {\ninterface e\nvirtual_router_id 1\nvirtual_routes {\n"+strings.Join(lines, "\n")+"\n}\n}\n"), Facts{})
	if len(c.Instances) != 1 || len(c.Instances[0].Routes) != len(lines) {
		t.Fatalf("%s: %q", word, lines)
	}
	return c.Instances[0].Routes
}

// readRules is readRoutes for rules.
func readRules(t testing.TB, word string, lines ...string) []Rule {
	c, _ := Parse("x", []byte("vrrp_instance V {\ninterface e\nvirtual_router_id 1\nvirtual_rules {\n"+strings.Join(lines, "\n")+"\n}\n}\n"), Facts{})
	if len(c.Instances) != 1 || len(c.Instances[0].Rules) != len(lines) {
		t.Fatalf("%s: %q", word, lines)
	}
	return c.Instances[0].Rules
}

// wrong says whether a finding is about the grammar of a statement.
func wrong(code string) bool {
	return slices.Contains([]string{"bad-number", "out-of-range", "bad-address", "bad-boolean", "unknown-word",
		"unknown-value", "surplus-words", "no-block", "unexpected-block", "bad-hex", "misplaced-word", "unknown-block"}, code)
}

// everything is a configuration with every directive written.
func everything(t testing.TB) Config {
	var c Config
	sample(t, readTable(), reflect.ValueOf(&c).Elem(), 0)
	return c
}

func TestEveryDirectiveSurvivesTextAndBack(t *testing.T) {
	c := everything(t)
	text := Print(c)
	back, findings := Parse("x", []byte(text), Facts{})
	for _, f := range findings {
		if f.Severity == Warning && f.Code != "kept-not-acted" && f.Args["Word"] != "" && wrong(f.Code) {
			t.Errorf("%s", plain(f))
		}
	}
	if Failed(findings) {
		t.Errorf("findings: %v\n%s", findings, text)
	}
	compare(t, readTable(), reflect.ValueOf(&c).Elem(), reflect.ValueOf(&back).Elem())
	if again := Print(back); again != text {
		t.Errorf("printed differently after one round:\n%s", again)
	}
}

func compare(t *testing.T, blk *block, want, got reflect.Value) {
	if !blk.shares {
		if w, g := blk.keptOf(want), blk.keptOf(got); !reflect.DeepEqual(w, g) {
			t.Errorf("%s: kept %+v came back as %+v", blk.path, w, g)
		}
	}
	for _, d := range blk.order {
		t.Run(d.word, func(t *testing.T) {
			switch {
			case d.same:
				compare(t, d.subs[d.word], want, got)
			case d.subs == nil:
				w, g := want.FieldByIndex(d.field).Interface(), got.FieldByIndex(d.field).Interface()
				if !reflect.DeepEqual(w, g) {
					t.Errorf("came back as %+v, was %+v", g, w)
				}
			case d.typ.Kind() == reflect.Struct:
				compare(t, d.subs[d.word], want.FieldByIndex(d.field), got.FieldByIndex(d.field))
			default:
				w, g := want.FieldByIndex(d.field), got.FieldByIndex(d.field)
				if w.Len() != g.Len() {
					t.Fatalf("%d came back, %d were written", g.Len(), w.Len())
				}
				for i := range w.Len() {
					word := d.words[i%len(d.words)]
					compare(t, d.subs[word], w.Index(i), g.Index(i))
				}
			}
		})
	}
}

func TestEveryWordStandsInOneListOnly(t *testing.T) {
	var look func(b *block)
	look = func(b *block) {
		for w := range b.words {
			if b.kept[w] != nil || b.gone[w] != "" {
				t.Errorf("%s.%s is bound, and listed as not acted on", b.path, w)
			}
		}
		for _, d := range b.order {
			for _, sub := range d.subs {
				look(sub)
			}
		}
	}
	look(readTable())
}

func TestValuesThatKeepalivedTakesInSmallLettersAreTaken(t *testing.T) {
	c, findings := Parse("x", []byte("virtual_server 192.0.2.1 80 {\n protocol tcp\n real_server 192.0.2.2 80 {\n DNS_CHECK {\n type soa\n }\n }\n}\n"), host)
	for _, f := range findings {
		if f.Code == "unknown-value" {
			t.Error(plain(f))
		}
	}
	if v := c.Virtuals[0]; v.Protocol.Val != TCP || v.Servers[0].Checks[0].QueryType.Val != "SOA" {
		t.Errorf("%+v", v)
	}
}

// bare is a text in which nothing is written that has a default.
const bare = `global_defs {
}
vrrp_script S {
    script /bin/true
}
vrrp_instance V {
    interface eth0
    virtual_router_id 1
}
virtual_server 192.0.2.1 80 {
    real_server 192.0.2.2 80 {
        HTTP_GET {
            url {
                path /
            }
        }
        SSL_GET {
            url {
                path /
            }
        }
        TCP_CHECK {
        }
        SMTP_CHECK {
        }
        DNS_CHECK {
        }
        MISC_CHECK {
            misc_path /bin/true
        }
    }
}
`

func TestTheDefaultOfAWordIsWhatIsInForceWithoutIt(t *testing.T) {
	c, _ := Parse("x", []byte(bare), Facts{})
	c = Resolve(c)
	seen := 0
	var look func(blk *block, v reflect.Value)
	look = func(blk *block, v reflect.Value) {
		for _, d := range blk.order {
			field := v
			if !d.same {
				field = v.FieldByIndex(d.field)
			}
			switch o, optional := field.Addr().Interface().(optional); {
			case d.same:
				look(d.subs[d.word], v)
			case d.def != "" && optional:
				if seen++; d.kind.words(d, o.inside()) != d.def {
					t.Errorf("%s %s: %s is in force, the table says %s", blk.path, d.word, d.kind.words(d, o.inside()), d.def)
				}
			case d.subs != nil && field.Kind() == reflect.Struct:
				look(d.subs[d.word], field)
			case d.subs != nil:
				for i := range field.Len() {
					look(d.blockOf(field.Index(i)), field.Index(i))
				}
			}
		}
	}
	look(readTable(), reflect.ValueOf(&c).Elem())
	if seen < 50 {
		t.Errorf("%d defaults were looked at", seen)
	}
}

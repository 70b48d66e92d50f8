package oracle

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holdfast/engine/model"
)

// pairText is a text in the making: what stands before its instances.
type pairText struct {
	root  []string
	names int
}

// name gives a name that no other definition of the text has.
func (p *pairText) name(prefix string) string {
	p.names++
	return fmt.Sprintf("%s%d", prefix, p.names)
}

// feature writes lines of an instance by one feature of the language, so that they
// mean the same.
type feature struct {
	name  string
	write func(p *pairText, lines []string) []string
}

// each writes every line anew.
func each(write func(p *pairText, line string) []string) func(*pairText, []string) []string {
	return func(p *pairText, lines []string) []string {
		var out []string
		for _, l := range lines {
			out = append(out, write(p, l)...)
		}
		return out
	}
}

// features are applied one to what another has written.
var features = []feature{
	{"definition", each(func(p *pairText, line string) []string {
		n := p.name("D")
		p.root = append(p.root, "$"+n+"="+line)
		return []string{"$" + n}
	})},
	{"definition in braces, late", each(func(p *pairText, line string) []string {
		n := p.name("L")
		word, rest, ok := strings.Cut(line, " ")
		if !ok || strings.HasPrefix(line, "@") || strings.ContainsAny(rest, "{$~") {
			return []string{line}
		}
		p.root = append(p.root, "$"+n+"=${"+n+"_}", "$"+n+"_="+rest)
		return []string{word + " ${" + n + "}"}
	})},
	{"definition of several lines", func(p *pairText, lines []string) []string {
		n := p.name("S")
		p.root = append(p.root, "$"+n+"= \\")
		for _, l := range lines {
			p.root = append(p.root, "\t"+l+" \\")
		}
		p.root = append(p.root, "")
		return []string{"$" + n}
	}},
	{"definition with comments", func(p *pairText, lines []string) []string {
		n := p.name("C")
		p.root = append(p.root, "$"+n+"= \\ # begins")
		for i, l := range lines {
			p.root = append(p.root, "# priority 7 \\", "  "+l+map[bool]string{true: " \\", false: " \\ ! ends"}[i%2 == 0])
		}
		p.root = append(p.root, "")
		return []string{"${" + n + "}"}
	}},
	{"definition without a last backslash", func(p *pairText, lines []string) []string {
		n := p.name("W")
		p.root = append(p.root, "$"+n+"="+lines[0]+" \\")
		p.root = append(p.root, strings.Split(strings.Join(lines[1:], " \\\n"), "\n")...)
		return []string{"$" + n}
	}},
	{"lines of this node", each(func(_ *pairText, line string) []string {
		return []string{"@" + node + " " + line, "@other priority 7"}
	})},
	{"lines of all but another", each(func(_ *pairText, line string) []string {
		return []string{"@^" + node + " nonsense", "@^other\t" + line}
	})},
	{"mark by a definition", each(func(p *pairText, line string) []string {
		n, other := p.name("N"), p.name("O")
		p.root = append(p.root, "$"+n+"=@"+node, "$"+other+"=@other")
		return []string{"$" + other + " priority 8", "$" + n + " " + line}
	})},
	{"comment by a definition", func(p *pairText, lines []string) []string {
		n := p.name("H")
		p.root = append(p.root, "$"+n+"=${_HASH}")
		return append([]string{"$" + n + " priority 9", "${_BANG} nonsense"}, lines...)
	}},
	{"value assigned where it is used", func(p *pairText, lines []string) []string {
		var out []string
		for _, l := range lines {
			value, ok := strings.CutPrefix(l, "priority ")
			if !ok || strings.Contains(value, "$") {
				out = append(out, l)
				continue
			}
			n := p.name("A")
			out = append(out, "$"+n+"="+value[:1], "$"+n+"_=${"+n+"}"+value[1:], "priority ${"+n+"_}")
		}
		return out
	}},
	{"sequence", each(func(p *pairText, line string) []string {
		return []string{"~SEQ(" + p.name("I") + ", 1) " + line}
	})},
	{"list", func(p *pairText, lines []string) []string {
		var out []string
		for _, l := range lines {
			value, ok := strings.CutPrefix(l, "priority ")
			if !ok || strings.ContainsAny(value, "${}~ ") {
				out = append(out, l)
				continue
			}
			n := p.name("T")
			out = append(out, "~LST({"+n+",U}, {"+value+"}, {"+value+"}) priority $"+n)
		}
		return out
	}},
	{"sequence of marks and names", each(func(p *pairText, line string) []string {
		n := p.name("J")
		p.root = append(p.root, "$"+n+"="+line)
		return []string{"~SEQ(" + p.name("K") + ", 1, 1, 1) @" + node + " $" + n}
	})},
	{"behind a brace", func(_ *pairText, lines []string) []string {
		var out []string
		for i := 0; i < len(lines); i++ {
			if strings.HasSuffix(lines[i], "{") && i+1 < len(lines) {
				lines[i+1] = lines[i] + " " + lines[i+1]
				continue
			}
			out = append(out, lines[i])
		}
		return out
	}},
	{"comments and blanks", each(func(_ *pairText, line string) []string {
		if strings.HasSuffix(line, "\\") {
			return []string{line}
		}
		return []string{"", "   ! priority 5", line + "\t  # priority 6"}
	})},
	{"carriage returns", each(func(_ *pairText, line string) []string {
		if strings.HasSuffix(line, "\\") {
			return []string{line}
		}
		return []string{"\r", line + "\r"}
	})},
	{"quoted values", each(func(_ *pairText, line string) []string {
		word, value, ok := strings.Cut(line, " ")
		if !ok || strings.ContainsAny(value, " \"$@~{}\\\t\r#!") || strings.HasPrefix(word, "@") {
			return []string{line}
		}
		return []string{word + " \"" + value + "\""}
	})},
	{"signs and zeros", each(func(_ *pairText, line string) []string {
		word, value, ok := strings.Cut(line, " ")
		if n, err := strconv.Atoi(value); ok && err == nil {
			return []string{fmt.Sprintf("%s +%04d", word, n)}
		}
		return []string{line}
	})},
	{"tabs and other blanks", each(func(_ *pairText, line string) []string {
		if strings.ContainsAny(line, "\"~$=\\") {
			return []string{"\t\t" + line}
		}
		return []string{" \t \t" + strings.ReplaceAll(line, " ", "\t \t") + "\t"}
	})},
	{"marks in a sequence", each(func(p *pairText, line string) []string {
		return []string{"~SEQ(" + p.name("M") + ", 3, -1, 3) @^other " + line, "~SEQ(" + p.name("M") + ", 4) @other priority 7"}
	})},
}

// written are the lines of an instance, whichever way they are written.
var written = []string{"priority 120", "advert_int 2", "garp_master_delay 7", "virtual_ipaddress {", "10.9.1.100", "10.9.1.101/24 dev eth0", "}"}

// pairInstance is an instance written by one feature of what another wrote.
func pairInstance(p *pairText, outer, inner feature, no int) string {
	lines := outer.write(p, inner.write(p, slices.Clone(written)))
	return fmt.Sprintf("vrrp_instance V%d {\n  interface eth0\n  virtual_router_id %d\n  %s\n}\n", no, no, strings.Join(lines, "\n  "))
}

func (p *pairText) with(instances string) string {
	return strings.Join(append(p.root, ""), "\n") + instances
}

// pairs are texts of every pair of features; without HOLDFAST_LONG of every seventh.
func pairs() map[string]string {
	texts := map[string]string{}
	for i, outer := range features {
		for j, inner := range features {
			if no := i*len(features) + j; long() || no%7 == 0 {
				var p pairText
				instance := pairInstance(&p, outer, inner, 1)
				texts[fmt.Sprintf("%03d", no)] = p.with(instance)
			}
		}
	}
	return texts
}

func pairName(name string) string {
	var no int
	fmt.Sscanf(name, "%d", &no)
	return features[no/len(features)].name + " of " + features[no%len(features)].name
}

func TestPairsOfFeaturesMeanWhatKeepalivedReads(t *testing.T) {
	t.Parallel()
	texts, said, some := map[string]string{}, map[string]heard{}, map[string]string{}
	askSome := func() {
		if len(some) == 0 {
			return
		}
		maps.Copy(said, ask(t, []string{"lo", "eth0"}, false, some))
		maps.Copy(texts, some)
		clear(some)
	}
	for name, text := range pairs() {
		c, _ := read(name, []byte(text))
		if some[name], some[name+"-export"] = text, export(c); len(some) >= 2*len(features) {
			askSome()
		}
	}
	askSome()
	for name, text := range texts {
		if strings.HasSuffix(name, "-export") {
			continue
		}
		t.Run(name+" "+pairName(name), func(t *testing.T) {
			c, findings := read(name, []byte(text))
			for _, k := range said[name].complaints {
				if !named(k, findings, sayings) {
					t.Errorf("line %d: keepalived says %q, we say nothing", k.line, k.text)
				}
			}
			if said[name].code == 0 {
				onlyWhatIsBeyond(t, findings)
			}
			exported(t, said[name], said[name+"-export"], findings)
			back, _ := read(name, []byte(model.Print(c)))
			if !model.Equal(c, back) || plain(c) != plain(back) {
				t.Errorf("the export reads back as\n%s", model.Print(back))
			}
			form, err := model.JSON(c)
			if err != nil {
				t.Fatal(err)
			}
			again, _, err := model.FromJSON(form, model.Facts{Node: node})
			if err != nil {
				t.Fatal(err)
			}
			if twice, err := model.JSON(again); err != nil || !bytes.Equal(form, twice) {
				t.Errorf("%v: the form reads back as\n%s", err, twice)
			}
			if t.Failed() {
				t.Logf("of\n%s\nexported\n%s", text, texts[name+"-export"])
			}
		})
	}
}

// astrayPair says whether a pair has a finding about what keepalived garbles, or
// reads in two ways: it has no values to compare.
func astrayPair(outer, inner feature) bool {
	var p pairText
	instance := pairInstance(&p, outer, inner, 1)
	_, findings := read("x", []byte(p.with(instance)))
	return slices.ContainsFunc(findings, func(f model.Finding) bool {
		return slices.Contains([]string{"mark-by-definition", "bad-generator", "definition-ends-at-comment"}, f.Code)
	})
}

// One text has the instances of one feature with all others: each is a run of
// keepalived for itself and one for its export.
func TestKeepalivedSeesTheValuesOfPairsInTheExport(t *testing.T) {
	t.Parallel()
	outers := features[2:3]
	if long() {
		outers = features
	}
	for _, outer := range outers {
		t.Run(outer.name, func(t *testing.T) {
			var p pairText
			var instances strings.Builder
			made := 0
			for i, inner := range features {
				if astrayPair(outer, inner) {
					continue
				}
				made++
				instances.WriteString(pairInstance(&p, outer, inner, i+1))
			}
			if made == 0 {
				return // keepalived reads none of them as they are written
			}
			text := p.with(instances.String())
			c, findings := read("pairs.conf", []byte(text))
			if len(c.Instances) != made {
				t.Fatalf("%d instances of\n%s\n%v", len(c.Instances), text, findings)
			}
			said := ask(t, []string{"lo", "eth0"}, true, map[string]string{"text": text, "export": export(c)})
			for _, line := range differing(values(said["text"].values), values(said["export"].values)) {
				t.Errorf("%s", line)
			}
			if n := strings.Count(said["export"].values, "VRRP Instance ="); n != made {
				t.Errorf("%d instances in the dump, not %d", n, made)
			}
			if t.Failed() {
				t.Logf("of\n%s\nexported\n%s", text, export(c))
			}
		})
	}
}

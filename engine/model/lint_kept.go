package model

import (
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// The rules in this file are about words that are not acted on: what keepalived
// says of them, this program says, too.

// versioned is an instance of which something is to be said for the version that it
// speaks.
type versioned struct {
	instance Instance
	auth     conf.Span // the zero Span where there is none
	advert   conf.Span // the zero Span where it is not written
}

// last is the last statement of a word in a block, nil where there is none.
func last(n *conf.Node, word string) *conf.Node {
	for i := len(n.Block.Nodes) - 1; i >= 0; i-- {
		if in := &n.Block.Nodes[i]; in.Word(0) == word && !in.Stray {
			return in
		}
	}
	return nil
}

// lintKept reports words of an instance that keepalived passes over beside others.
func (b *binder) lintKept(in *Instance, n *conf.Node) {
	vmac := last(n, "use_vmac")
	_, auth := b.at(&in.AuthType)
	if auth || in.Advert.Written {
		v := versioned{instance: *in}
		if auth {
			v.auth = b.spanOf(&in.AuthType, n)
		}
		if in.Advert.Written {
			v.advert = b.spanOf(&in.Advert, n)
		}
		b.names.versions = append(b.names.versions, v)
	}
	if promote := last(n, "promote_secondaries"); promote != nil && vmac != nil {
		b.report(Note, "promote-by-vmac", promote.Span(), "Name", in.Name)
	}
	if vmac != nil {
		b.lintLinkName(vmac)
	} else if base := last(n, "vmac_xmit_base"); base != nil && last(n, "use_ipvlan") == nil {
		b.report(Note, "without-vmac", base.Span(), "Name", in.Name, "Word", "vmac_xmit_base")
	}
	if vrf := last(n, "vrf"); vrf != nil {
		b.lintVRF(vrf, n)
	}
}

// lintLinkName reports a name for a new link that an interface of the host bears.
func (b *binder) lintLinkName(vmac *conf.Node) {
	for i := 1; i < len(vmac.Words); i++ {
		name := vmac.Word(i)
		if name == "name" || strings.Contains(name, ":") {
			continue
		}
		if b.there[name] {
			b.report(Warning, "link-name-taken", vmac.WordSpan(i), "Name", name)
		}
		return
	}
}

// lintVRF reports a VRF that keepalived passes over, or that this host lacks.
func (b *binder) lintVRF(vrf, n *conf.Node) {
	if last(n, "interface") != nil {
		b.report(Warning, "vrf-with-interface", vrf.Span(), "Name", vrf.Word(1))
		return
	}
	b.mentionInterface(vrf.Word(1), vrf.WordSpan(1))
}

// before says whether a place comes before another one of the same text.
func before(a, b conf.Span) bool { return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col }

// lintVersions reports what the version that an instance speaks cannot say.
func (b *binder) lintVersions() {
	for _, v := range b.names.versions {
		version, name, every := v.instance.inForce(&b.cfg.Global), v.instance.Name, v.instance.Advert.Val
		switch ah := v.instance.AuthType.Val == "AH" && v.auth != (conf.Span{}); {
		case version == version3 && v.auth != (conf.Span{}):
			b.report(Warning, "auth-in-version-3", v.auth, "Name", name)
		case ah && v.instance.IPv6():
			b.report(Warning, "ah-over-ipv6", v.auth, "Name", name)
		case ah && v.instance.Master && v.instance.priority() != ownerPriority:
			b.report(Warning, "ah-not-master", v.auth, "Name", name)
		}
		if v.advert == (conf.Span{}) {
			continue
		}
		switch {
		case version == version2 && wholeSeconds(every) != every:
			b.report(Warning, "advert-rounded", v.advert, "Name", name, "Default", wholeSeconds(every).String())
		case version == version3 && every > topSeconds:
			b.report(Warning, "advert-too-long", v.advert, "Name", name, "Most", topSeconds.String())
		case version == version3 && hundredths(every) != every:
			b.report(Warning, "advert-in-hundredths", v.advert, "Name", name, "Default", hundredths(every).String())
		}
	}
}

// lintFirewall drops a priority that a later word sets back.
func (b *binder) lintFirewall(g *Global, n *conf.Node) {
	for word, setters := range map[string][]string{
		"nftables_priority": {"nftables", "vrrp_iptables"}, "nftables_ipvs_priority": {"nftables_ipvs"},
	} {
		at := last(n, word)
		if at == nil {
			continue
		}
		for i, setter := range setters {
			by := last(n, setter)
			if i == 0 {
				by = firstOf(n, setter) // a second one is passed over
			}
			if by != nil && before(at.Span(), by.Span()) {
				b.report(Warning, "priority-set-back", at.Span(), "Word", word, "By", setter)
				g.Kept = slices.DeleteFunc(g.Kept, func(i Item) bool { return i.Word == word })
				break
			}
		}
	}
}

// firstOf is the first statement of a word in a block, nil where there is none.
func firstOf(n *conf.Node, word string) *conf.Node {
	for i := range n.Block.Nodes {
		if in := &n.Block.Nodes[i]; in.Word(0) == word && !in.Stray {
			return in
		}
	}
	return nil
}

// overTop brings a value that is too large to the largest one, where keepalived
// does; false means that it is not.
func (b *binder) overTop(k *keptWord, n *conf.Node, out *Item) bool {
	if !k.is("top") {
		return false
	}
	if v, err := strconv.ParseInt(n.Word(1), 10, 64); err != nil || float64(v) <= k.max {
		return false
	}
	most := strconv.FormatFloat(k.max, 'f', -1, 64)
	b.report(Warning, "over-the-top", n.WordSpan(1), "Word", n.Word(0), "Most", most, "Value", n.Word(1))
	out.Args = []string{most}
	return true
}

// validateGarpGroup reports a group without a pace, and drops interfaces of a group above.
func (b *binder) validateGarpGroup(g *GarpGroup, n *conf.Node) bool {
	if !g.GarpInterval.Written && !g.GNAInterval.Written {
		b.report(Warning, "garp-group-without-delay", n.Span())
		return true
	}
	if b.names.garpLinks == nil {
		b.names.garpLinks = map[string]bool{}
	}
	kept := g.Interfaces[:0]
	for _, link := range g.Interfaces {
		if b.names.garpLinks[link] {
			b.report(Warning, "interface-in-two-groups", wordIn(n, link), "Name", link)
			continue
		}
		b.names.garpLinks[link] = true
		kept = append(kept, link)
	}
	g.Interfaces = kept
	return true
}

// wordIn is where a word stands last in a block or in the blocks inside it.
func wordIn(n *conf.Node, word string) conf.Span {
	at := n.Span()
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		for j := range in.Words {
			if in.Word(j) == word {
				at = in.Words[j].Span()
			}
		}
		if in.Block != nil {
			if inner := wordIn(in, word); inner != in.Span() {
				at = inner
			}
		}
	}
	return at
}

// protocolOfRoute reports a route or a rule of a protocol that keepalived does not follow, and
// gives its own instead.
func (l *line) protocolOfRoute(list []option) {
	protocol, ok := written(list, "protocol")
	if _, free := written(list, "no_track"); !ok || free || !protocol.good {
		return
	}
	if number, known := l.number("protocol", l.valueOf(protocol)); known && number != "18" {
		l.about(protocol, "route-of-other-protocol")
	}
}

package main

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// tie finds the line that causes each operation of the plan: an address its line,
// a service the head of its virtual_server, a destination that of its server.
// Then the lines that are a part of these operations: scheduler, weight, interface.
func (x *explainer) tie(nodes []conf.Node) {
	x.owner, x.about = map[int]spot{}, map[subject][]int{}
	for i, o := range x.planned.Operations {
		if about := subjectOf(o); o.Verb != plan.DeleteDestination {
			x.about[about] = append(x.about[about], i)
		}
	}
	for i := range nodes {
		switch n := &nodes[i]; {
		case n.Block == nil:
		case n.Word(0) == "vrrp_instance":
			x.tieInstance(n)
		case n.Word(0) == "virtual_server":
			x.tieVirtual(n)
		}
	}
}

// subject is what an operation is about: an address, a service or a destination.
type subject struct {
	link   string
	prefix netip.Prefix
	key    plan.ServiceKey
	server netip.AddrPort
}

func subjectOf(o plan.Op) subject {
	s := subject{link: o.Address.Link, prefix: o.Address.Prefix, key: o.Service.Key}
	if o.Destination.Addr.IsValid() {
		s.server = netip.AddrPortFrom(o.Destination.Addr, o.Destination.Port)
	}
	return s
}

// claim makes a statement the cause of the operations about something that nothing
// before it caused.
func (x *explainer) claim(n *conf.Node, about subject) (mine []int) {
	at := x.where(n.Span())
	l := x.at(at)
	l.could = l.could || l.kind == actedLine
	for _, i := range x.about[about] {
		if _, taken := x.owner[i]; !taken {
			x.owner[i] = at
			l.causes = append(l.causes, i)
			mine = append(mine, i)
		}
	}
	return mine
}

// part makes the statements of these words a part of operations.
func (x *explainer) part(n *conf.Node, operations []int, words ...string) {
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		l := x.at(x.where(in.Span()))
		if slices.Contains(words, in.Word(0)) && l.kind == actedLine {
			l.adds = append(l.adds, operations...)
		}
	}
}

func (x *explainer) tieInstance(n *conf.Node) {
	var all []int
	for i := range n.Block.Nodes {
		list := &n.Block.Nodes[i]
		if list.Block == nil || list.Word(0) != "virtual_ipaddress" && list.Word(0) != "virtual_ipaddress_excluded" {
			continue
		}
		for j := range list.Block.Nodes {
			line := &list.Block.Nodes[j]
			prefix, ok := prefixOf(line.Word(0))
			if !ok {
				continue
			}
			link := behind(line.Words, "dev")
			if link == "" {
				link = last(n, "interface")
			}
			about := subject{link: link, prefix: prefix}
			mine := x.claim(line, about)
			all = append(all, mine...)
			if l := x.at(x.where(line.Span())); l.could && len(mine) == 0 {
				l.why = x.whyNot(n, link)
				l.adds = append(l.adds, x.about[about]...) // it stands there twice
			}
		}
	}
	x.part(n, all, "interface")
}

// whyNot says why an address needs no operation: nobody would hold it here, or the
// kernel has it.
func (x *explainer) whyNot(instance *conf.Node, link string) string {
	for _, h := range x.planned.Held {
		if h.Object != "" && slices.Contains([]string{link, last(instance, "interface"), instance.Word(1)}, h.Object) {
			return x.Text("held."+h.Code, h.Args)
		}
	}
	return x.Text("explain.there", nil)
}

func (x *explainer) tieVirtual(n *conf.Node) {
	at, ok := endpoint(n, 1)
	if !ok {
		return
	}
	protocol := last(n, "protocol")
	if protocol == "" {
		protocol = x.words[[2]string{"virtual_server", "protocol"}].Default
	}
	key := plan.ServiceKey{Protocol: uint8(protocols[strings.ToUpper(protocol)]), Addr: at.Addr(), Port: at.Port()}
	service := x.claim(n, subject{key: key})
	if l := x.at(x.where(n.Span())); l.could {
		l.why = x.Text("explain.there", nil)
	}
	x.part(n, service, "protocol", "lvs_sched", "lb_algo", "persistence_timeout", "persistence_granularity", "ops",
		"flag-1", "flag-2", "flag-3", "sh-port", "sh-fallback", "mh-port", "mh-fallback")
	var all []int
	for i := range n.Block.Nodes {
		server := &n.Block.Nodes[i]
		if server.Word(0) != "real_server" && server.Word(0) != "sorry_server" {
			continue
		}
		to, ok := endpoint(server, 1)
		if !ok {
			continue
		}
		if to.Port() == 0 {
			to = netip.AddrPortFrom(to.Addr(), at.Port())
		}
		mine := x.claim(server, subject{key: key, server: to})
		if l := x.at(x.where(server.Span())); len(mine) == 0 && l.could {
			l.why = x.idleServer(server, service)
		}
		if server.Block != nil {
			x.part(server, mine, "weight", "lvs_method", "lb_kind", "uthreshold", "lthreshold")
			all = append(all, mine...)
		}
	}
	x.part(n, all, "lvs_method", "lb_kind", "weight")
}

// idleServer says why a server needs no operation.
func (x *explainer) idleServer(server *conf.Node, service []int) string {
	begins := slices.ContainsFunc(service, func(i int) bool { return x.planned.Operations[i].Verb == plan.AddService })
	switch {
	case server.Block == nil:
		return x.Text("explain.sorry", nil)
	case begins:
		return x.Text("explain.out", nil)
	}
	return x.Text("explain.settled", nil)
}

// protocols are those of a service by their names.
var protocols = map[string]model.Protocol{"TCP": model.TCP, "UDP": model.UDP, "SCTP": model.SCTP}

// last is the argument of the last statement of a word.
func last(n *conf.Node, word string) string {
	found := ""
	for i := range n.Block.Nodes {
		if n.Block.Nodes[i].Word(0) == word {
			found = n.Block.Nodes[i].Word(1)
		}
	}
	return found
}

// behind is the word behind another one.
func behind(words []conf.Token, word string) string {
	for i := 1; i+1 < len(words); i++ {
		if words[i].Value() == word {
			return words[i+1].Value()
		}
	}
	return ""
}

// prefixOf is an address with the length of its mask, which is that of one host
// where none is written.
func prefixOf(word string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(word); err == nil {
		return p, true
	}
	a, err := netip.ParseAddr(word)
	return netip.PrefixFrom(a, a.BitLen()), err == nil
}

// endpoint is the address at word i and the port behind it.
func endpoint(n *conf.Node, i int) (netip.AddrPort, bool) {
	a, err := netip.ParseAddr(n.Word(i))
	port, _ := strconv.ParseUint(n.Word(i+1), 10, 16) // none is 0
	return netip.AddrPortFrom(a, uint16(port)), err == nil
}

// loose are the operations that no line causes: what is left of an earlier
// configuration.
func (x *explainer) loose() []int {
	var list []int
	for i := range x.planned.Operations {
		if _, ok := x.owner[i]; !ok {
			list = append(list, i)
		}
	}
	return list
}

// settle makes the lines of an include that found nothing tell so.
func (x *explainer) settle() {
	for i := range x.sections {
		for j := range x.sections[i].lines {
			l := &x.sections[i].lines[j]
			if l.kind == includeLine && l.about == nil && len(l.findings) == 0 {
				l.about = []string{x.Text("explain.reads-none", nil)}
			}
		}
	}
}

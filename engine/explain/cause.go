package explain

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
	under := map[string]string{} // the interfaces that macvlans are made over
	for _, o := range x.Planned.Operations {
		if o.Verb == plan.AddLink {
			under[o.Link.Name] = o.Link.Parent
		}
	}
	for i, o := range x.Planned.Operations {
		if parent := under[o.Address.Link]; parent != "" {
			o.Address.Link = parent // as the text names it
		}
		if parent := under[o.Drop.Link]; parent != "" {
			o.Drop.Link = parent
		}
		if about := subjectOf(o); o.Verb != plan.DeleteDestination {
			x.about[about] = append(x.about[about], i)
			if o.Verb == plan.AddRule { // its line has perhaps no preference
				about.rule.Priority = 0
				x.about[about] = append(x.about[about], i)
			}
		}
	}
	for i := range nodes {
		switch n := &nodes[i]; {
		case n.Block == nil:
		case x.field(model.Root, n) == "Global":
			x.tieGlobal(n)
		case x.field(model.Root, n) == "Instances":
			x.tieInstance(n)
		case x.field(model.Root, n) == "Virtuals":
			x.tieVirtual(n)
		case x.field(model.Root, n) == "StaticAddrs":
			x.tieAddresses(n, n, model.Resolve(model.Config{Global: x.config.Global}).Global.DefaultInterface.Val)
		default:
			x.tieEntries(n, n, x.field(model.Root, n))
		}
	}
}

// subject is what an operation is about: an address, a service, a destination or a
// daemon.
type subject struct {
	link   string
	prefix netip.Prefix
	key    plan.ServiceKey
	server netip.AddrPort
	route  plan.RouteKey
	rule   plan.Rule
	daemon plan.SyncState
	drop   plan.Drop // in whichever table
}

func subjectOf(o plan.Op) subject {
	s := subject{link: o.Address.Link, prefix: o.Address.Prefix, key: o.Service.Key, daemon: o.Daemon.State}
	switch o.Verb {
	case plan.AddRoute, plan.DeleteRoute:
		s.route = o.Route.Key()
	case plan.AddRule, plan.DeleteRule:
		s.rule = o.Rule.Normal()
	case plan.AddDrop, plan.DeleteDrop:
		s.drop = dropOf(o.Drop.Addr, o.Drop.Link)
	}
	if o.Destination.Addr.IsValid() {
		s.server = netip.AddrPortFrom(o.Destination.Addr, o.Destination.Port)
	}
	return s
}

// dropOf is a drop as operations about it are found.
func dropOf(addr netip.Addr, link string) plan.Drop {
	return plan.Drop{Addr: addr, Link: link}.Normal()
}

// claim makes a statement the cause of the operations about something that nothing
// before it caused.
func (x *explainer) claim(n *conf.Node, about subject) (mine []int) {
	at := where(n.Span())
	l := x.At(at)
	l.could = l.could || l.Kind == Acted
	for _, i := range x.about[about] {
		if _, taken := x.owner[i]; !taken {
			x.owner[i] = at
			l.Causes = append(l.Causes, i)
			mine = append(mine, i)
		}
	}
	return mine
}

// part makes the statements that fill these fields a part of operations.
func (x *explainer) part(n *conf.Node, operations []int, fields ...string) {
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		l := x.At(where(in.Span()))
		if l.Kind == Acted && slices.Contains(fields, x.field(n.Word(0), in)) {
			l.Adds = append(l.Adds, operations...)
		}
	}
}

// tieGlobal finds what causes the daemons that copy connections.
func (x *explainer) tieGlobal(n *conf.Node) {
	for i := range n.Block.Nodes {
		if in := &n.Block.Nodes[i]; x.field(n.Word(0), in) == "Sync" {
			x.claim(in, subject{daemon: plan.SyncMaster})
			x.claim(in, subject{daemon: plan.SyncBackup})
		}
	}
}

func (x *explainer) tieInstance(n *conf.Node) {
	var all []int
	for i := range n.Block.Nodes {
		list := &n.Block.Nodes[i]
		if list.Block == nil {
			continue
		}
		if field := x.field(n.Word(0), list); slices.Contains(addressLists, field) {
			all = append(all, x.tieAddresses(n, list, x.last(n, "Interface"))...)
		} else {
			x.tieEntries(n, list, field)
		}
	}
	x.part(n, all, "Interface")
	x.part(n, x.dropsOf(all), "NoAccept", "StrictMode")
	x.part(n, x.linksOf(all), "VMAC")
}

// dropsOf are those of operations that drop packets.
func (x *explainer) dropsOf(operations []int) []int {
	return slices.DeleteFunc(slices.Clone(operations), func(i int) bool { return x.Planned.Operations[i].Verb != plan.AddDrop })
}

// linksOf are the operations that make the links of these additions of addresses.
func (x *explainer) linksOf(additions []int) (list []int) {
	for i, o := range x.Planned.Operations {
		if o.Verb == plan.AddLink && slices.ContainsFunc(additions, func(a int) bool { return x.Planned.Operations[a].Address.Link == o.Link.Name }) {
			list = append(list, i)
		}
	}
	return list
}

// tieAddresses is about a list of addresses in a block; link is that of those which name
// none.
func (x *explainer) tieAddresses(n, list *conf.Node, link string) (all []int) {
	for j := range list.Block.Nodes {
		line := &list.Block.Nodes[j]
		prefix, ok := prefixOf(line.Word(0))
		if !ok {
			continue
		}
		at := behind(line.Words, linkOption)
		if at == "" {
			at = link
		}
		about := subject{link: at, prefix: prefix}
		mine := append(x.claim(line, about), x.claim(line, subject{drop: dropOf(prefix.Addr(), at)})...)
		all = append(all, mine...)
		if l := x.At(where(line.Span())); l.could && len(mine) == 0 {
			l.Why = x.whyNot(n, at)
			l.Adds = append(l.Adds, x.about[about]...) // it stands there twice
		}
	}
	return all
}

// tieEntries is about a list of routes or rules in a block.
func (x *explainer) tieEntries(n, list *conf.Node, field string) {
	if !slices.Contains(entryLists, field) {
		return
	}
	for j := range list.Block.Nodes {
		line := &list.Block.Nodes[j]
		var about subject
		words, known := x.entries[lineOf(line)]
		if !known {
			continue
		}
		if strings.HasSuffix(field, "Rules") {
			rule, err := plan.ParseRule(words)
			if about.rule = rule.Normal(); err != nil {
				continue
			}
		} else if route, err := plan.ParseRoute(words); err != nil {
			continue
		} else {
			about.route = route.Key()
		}
		mine := x.claim(line, about)
		if l := x.At(where(line.Span())); l.could && len(mine) == 0 {
			l.Why = x.whyNot(n, behind(line.Words, linkOption))
		}
	}
}

// lineOf is a statement as the lists of routes and rules have it.
func lineOf(n *conf.Node) string {
	words := make([]string, len(n.Words))
	for i := range words {
		words[i] = n.Words[i].Raw
	}
	return strings.Join(words, " ")
}

// entriesOf are the words of the routes and rules of a configuration, by their lines.
func entriesOf(c model.Config) map[string]string {
	entries := map[string]string{}
	add := func(routes []model.Route, rules []model.Rule) {
		for _, r := range routes {
			entries[r.Line] = r.Words
		}
		for _, r := range rules {
			entries[r.Line] = r.Words
			if r.NoTrack {
				entries[r.Line] = "protocol 0 " + r.Words
			}
		}
	}
	add(c.StaticRoutes, c.StaticRules)
	for _, in := range c.Instances {
		add(in.Routes, in.Rules)
	}
	return entries
}

// whyNot says why an address needs no operation: nobody would hold it here, or the
// kernel has it.
func (x *explainer) whyNot(instance *conf.Node, link string) Note {
	for i := range x.Planned.Held {
		h := &x.Planned.Held[i]
		if h.Object != "" && slices.Contains([]string{link, x.last(instance, "Interface"), instance.Word(1)}, h.Object) {
			return Note{Code: Blocked, Held: h}
		}
	}
	return Note{Code: There}
}

func (x *explainer) tieVirtual(n *conf.Node) {
	at, ok := endpoint(n, 1)
	if mark, err := strconv.ParseUint(n.Word(2), 10, 32); n.Word(1) == "fwmark" && err == nil {
		for _, six := range []bool{false, true} {
			x.claim(n, subject{key: plan.MarkKey(uint32(mark), six)})
		}
	}
	if !ok {
		return
	}
	protocol := x.last(n, "Protocol")
	if protocol == "" {
		protocol = x.unwritten(n.Word(0))
	}
	key := plan.ServiceKey{Protocol: protocolOf(protocol), Addr: at.Addr(), Port: at.Port()}
	service := x.claim(n, subject{key: key})
	if l := x.At(where(n.Span())); l.could {
		l.Why = Note{Code: There}
	}
	x.part(n, service, serviceFields...)
	var all []int
	for i := range n.Block.Nodes {
		server := &n.Block.Nodes[i]
		if !slices.Contains(serverFields, x.field(n.Word(0), server)) {
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
		if l := x.At(where(server.Span())); len(mine) == 0 && l.could {
			l.Why = x.idleServer(server, service)
		}
		if server.Block != nil {
			x.part(server, mine, destinationFields...)
			all = append(all, mine...)
		}
	}
	x.part(n, all, inheritedFields...)
}

// unwritten is the protocol of a virtual server that names none.
func (x *explainer) unwritten(block string) string {
	if x.protocol == "" {
		x.protocol = x.words.Default(block, "Protocol")
	}
	return x.protocol
}

// idleServer says why a server needs no operation.
func (x *explainer) idleServer(server *conf.Node, service []int) Note {
	begins := slices.ContainsFunc(service, func(i int) bool { return x.Planned.Operations[i].Verb == plan.AddService })
	switch {
	case server.Block == nil:
		return Note{Code: Sorry}
	case begins:
		return Note{Code: Out}
	}
	return Note{Code: Settled}
}

// field is the field of its block's struct that a statement fills, "" where it fills
// none.
func (x *explainer) field(block string, n *conf.Node) string {
	if d := x.words[[2]string{block, n.Word(0)}]; d != nil {
		return d.Field
	}
	return ""
}

// last is the argument of the last statement that fills a field.
func (x *explainer) last(n *conf.Node, field string) string {
	found := ""
	for i := range n.Block.Nodes {
		if in := &n.Block.Nodes[i]; x.field(n.Word(0), in) == field {
			found = in.Word(1)
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

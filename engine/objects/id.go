package objects

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// idOf gives an object an id that no object before it has in the same place: the name
// that the engine gives it, and a number where that is taken.
func (t *Text) idOf(o *Object) string {
	id := ""
	switch o.Kind {
	case Global:
		id = GlobalID
	case Service:
		id = serviceID(o.node)
	case Server:
		id = serverID(o.node)
	case Check:
		id = o.block
	default:
		id = o.node.Word(1)
	}
	o.ID = id
	for n := 2; t.taken[o.key()]; n++ {
		o.ID = id + "~" + strconv.Itoa(n)
	}
	t.taken[o.key()] = true
	return o.ID
}

// key tells an object from all others of the text.
func (o *Object) key() string { return string(o.Kind) + "\x00" + strings.Join(o.ids(), "\x00") }

// plain is an address and a port that are written as such.
func plain(addr, port string) (netip.AddrPort, bool) {
	a, err := netip.ParseAddr(addr)
	n, errPort := strconv.ParseUint(port, 10, 16)
	return netip.AddrPortFrom(a, uint16(n)), err == nil && errPort == nil && a.Zone() == ""
}

// defaultProtocol is that of a virtual server that names none.
var defaultProtocol = sync.OnceValue(func() string { return vocabulary().Default(opening[Service], "Protocol") })

// serviceID is the name that the engine gives a virtual server.
func serviceID(n *conf.Node) string {
	settings, written := "", ""
	if n.Block != nil {
		for i := range n.Block.Nodes {
			switch in := &n.Block.Nodes[i]; in.Word(0) {
			case "protocol":
				written = in.Word(1)
			case "ip_family":
				settings += "ip_family " + conf.Quote(in.Word(1)) + "\n"
			}
		}
	}
	protocol := strings.ToUpper(cmp.Or(written, defaultProtocol()))
	if at, ok := plain(n.Word(1), n.Word(2)); ok && len(n.Words) == 3 && (protocol == "TCP" || protocol == "UDP" || protocol == "SCTP") {
		return strings.ToLower(protocol) + ":" + at.String()
	}
	text := "virtual_server " + n.Rest() + " {\nprotocol " + conf.Quote(protocol) + "\n" + settings + "}\n"
	if c, _ := model.Parse(fileName, []byte(text), model.Facts{}); len(c.Virtuals) == 1 {
		return c.Virtuals[0].Name()
	}
	return joined(n)
}

// serverID is the name that the engine gives a real server.
func serverID(n *conf.Node) string {
	if at, ok := plain(n.Word(1), n.Word(2)); ok && len(n.Words) == 3 {
		return at.String()
	}
	text := "virtual_server 192.0.2.1 1 {\nreal_server " + n.Rest() + " {\n}\n}\n"
	if c, _ := model.Parse(fileName, []byte(text), model.Facts{}); len(c.Virtuals) == 1 && len(c.Virtuals[0].Servers) == 1 {
		return c.Virtuals[0].Servers[0].Name()
	}
	return joined(n)
}

// joined is the id of an object whose name means nothing.
func joined(n *conf.Node) string {
	var words []string
	for i := 1; i < len(n.Words); i++ {
		words = append(words, n.Word(i))
	}
	return strings.Join(words, " ")
}

// NameOf is what stands behind the word that begins an object, as far as an id says it.
func NameOf(k Kind, id string) string {
	switch k {
	case Service:
		if _, rest, ok := strings.Cut(id, ":"); ok {
			if at, err := netip.ParseAddrPort(rest); err == nil {
				return at.Addr().String() + " " + strconv.Itoa(int(at.Port()))
			}
		}
		return strings.ReplaceAll(id, ":", " ")
	case Server:
		if at, err := netip.ParseAddrPort(id); err == nil {
			return at.Addr().String() + " " + strconv.Itoa(int(at.Port()))
		}
	case Router, Group, Script, Process:
		return conf.Quote(id)
	}
	return id
}

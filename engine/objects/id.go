package objects

import (
	"net/netip"
	"strconv"
	"strings"

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

// serviceID is the name that the engine gives a virtual server.
func serviceID(n *conf.Node) string {
	settings := ""
	protocol := "TCP"
	if n.Block != nil {
		for i := range n.Block.Nodes {
			switch in := &n.Block.Nodes[i]; in.Word(0) {
			case "protocol":
				protocol = strings.ToUpper(in.Word(1))
				settings += "protocol " + conf.Quote(in.Word(1)) + "\n"
			case "ip_family":
				settings += "ip_family " + conf.Quote(in.Word(1)) + "\n"
			}
		}
	}
	if at, ok := plain(n.Word(1), n.Word(2)); ok && len(n.Words) == 3 && (protocol == "TCP" || protocol == "UDP" || protocol == "SCTP") {
		return strings.ToLower(protocol) + ":" + at.String()
	}
	text := "virtual_server " + n.Rest() + " {\n" + settings + "}\n"
	if c, _ := model.Parse(fileName, []byte(text), model.Facts{}); len(c.Virtuals) == 1 {
		v := c.Virtuals[0]
		if !v.Protocol.Written {
			v.Protocol.Val = model.TCP
		}
		return v.Name()
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

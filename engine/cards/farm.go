package cards

import "net/netip"

// The questions of a web farm.
const (
	pathField  = "path"
	sorryField = "sorry"
)

// noSorry is the answer that leaves a sorry server out.
const noSorry = "none"

// farmCard is a web service whose servers answer the clients themselves.
var farmCard = Card{
	Name: "farm",
	Fields: []Field{
		whichNode, virtual, outside, webPort, realServers,
		{Name: pathField, Kind: Word, Default: "/"}, {Name: sorryField, Kind: Word, Values: []string{noSorry}}, routerID, secret,
	},
	write: func(w *writer) {
		if r, ok := w.router(addressField, interfaceField, vridField); ok {
			w.writeRouter(r)
		}
		w.writeService(service{
			port: w.answers[portField], scheduler: "wrr", method: methodDirect, sorry: w.sorry(), servers: w.servers(), check: w.webCheck(w.answers[pathField]),
		})
	},
}

// sorry is the address and port of the sorry server: where none is named this node's own
// web server.
func (w *writer) sorry() string {
	addr, port := w.prefix(addressField).Addr(), w.answers[portField]
	switch named := w.answers[sorryField]; named {
	case noSorry:
		return ""
	case "":
		if addr.Is6() {
			return "::1 " + port
		}
		return "127.0.0.1 " + port
	default:
		a, err := netip.ParseAddr(named)
		if err != nil || a.Zone() != "" {
			w.refuse(refuse(NotAddress, sorryField, "Value", named))
			return ""
		}
		return a.String() + " " + port // its own: a packet that is not rewritten keeps the port
	}
}

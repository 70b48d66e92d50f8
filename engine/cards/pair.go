package cards

import (
	"strings"

	"holdfast/engine/conf"
)

// pairCard is one address that two nodes take turns to hold.
var pairCard = Card{
	Name:   "pair",
	Fields: []Field{whichNode, virtual, outside, routerID, secret},
	write: func(w *writer) {
		if r, ok := w.router(addressField, interfaceField, vridField); ok {
			w.writeRouter(r)
		} else if len(w.faults) == 0 {
			w.refuse(refuse(AddressTwice, addressField, "Value", w.prefix(addressField).Addr().String()))
		}
	},
}

// processField is the question for the process of a proxy.
const processField = "process"

// proxyCard is a pair whose address follows the process of a proxy.
var proxyCard = Card{
	Name:   "proxy",
	Fields: []Field{whichNode, virtual, outside, {Name: processField, Kind: Word, Default: "nginx", Values: []string{"nginx", "haproxy"}}, routerID, secret},
	write: func(w *writer) {
		r, ok := w.router(addressField, interfaceField, vridField)
		if !ok {
			if len(w.faults) == 0 {
				w.refuse(refuse(AddressTwice, addressField, "Value", w.prefix(addressField).Addr().String()))
			}
			return
		}
		process := w.answers[processField]
		name := w.checkName(process)
		w.block(func() {
			w.line("process", conf.Quote(process))
			w.line("weight", "-10")
		}, "vrrp_track_process", name)
		r.processes = []string{name}
		w.writeRouter(r)
	},
}

// checkName is a free name for the check of a process, in letters that no text asks to be
// quoted.
func (w *writer) checkName(process string) string {
	plain := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, process[strings.LastIndexByte(process, '/')+1:])
	name := "chk_" + plain
	if w.names[name] {
		return w.free(name + "_")
	}
	w.names[name] = true
	return name
}

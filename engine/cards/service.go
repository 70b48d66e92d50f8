package cards

import (
	"net/netip"
	"strconv"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// service are the parts of a virtual server.
type service struct {
	port      string
	scheduler string
	method    string
	sorry     string // address and port; "": none
	servers   []server
	check     func() // writes the check of a real server
}

// writeService writes a virtual server on the address of the card.
func (w *writer) writeService(s service) {
	addr := w.prefix(addressField).Addr()
	n, _ := strconv.Atoi(s.port)
	w.service = "tcp:" + netip.AddrPortFrom(addr, uint16(n)).String()
	w.direct = s.method != methodNAT
	for _, v := range w.virtual {
		if v.Name() == w.service {
			w.refuse(refuse(ServiceThere, addressField, "Name", w.service))
		}
	}
	for _, one := range s.servers {
		if one.addr.Is4() != addr.Is4() && s.method != methodTunnel {
			w.refuse(refuse(OtherFamily, serversField, "Value", one.addr.String(), "Address", addr.String()))
		}
	}
	w.block(func() {
		w.line("delay_loop", "6")
		w.line("lb_algo", s.scheduler)
		w.line("lb_kind", s.method)
		w.line("protocol", "TCP")
		if s.sorry != "" {
			w.line("sorry_server", s.sorry)
		}
		for _, one := range s.servers {
			w.block(func() {
				w.line("weight", strconv.Itoa(one.weight))
				s.check()
			}, "real_server", one.addr.String(), s.port)
		}
	}, "virtual_server", addr.String(), s.port)
}

// The methods of forwarding.
const (
	methodNAT    = "NAT"
	methodDirect = "DR"
	methodTunnel = "TUN"
)

// servers are those of the card. Their form was looked at before.
func (w *writer) servers() []server {
	all, _ := serversOf(serversField, w.answers[serversField])
	return all
}

// tries writes how patient a check is.
func (w *writer) tries() {
	w.line("connect_timeout", "3")
	w.line("retry", "3")
	w.line("delay_before_retry", "3")
}

// webCheck asks for a page, which has to come with status 200.
func (w *writer) webCheck(path string) func() {
	return func() {
		w.block(func() {
			w.block(func() {
				w.line("path", conf.Quote(path))
				w.line("status_code", "200")
			}, "url")
			w.tries()
		}, string(model.HTTPGet))
	}
}

// tcpCheck opens a connection.
func (w *writer) tcpCheck() { w.block(w.tries, string(model.TCPCheck)) }

// mailCheck asks a mail server for its greeting.
func (w *writer) mailCheck() { w.block(w.tries, string(model.SMTPCheck)) }

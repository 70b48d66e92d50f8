package lvs

import (
	"fmt"
	"net/netip"
	"strings"

	"holdfast/engine/model"
)

// Carry takes the state of a virtual server over to its new declaration.
// Servers are matched by address and port, checks by Identity: a check that
// stays keeps its health. A check that is new on a server that stays begins as
// its server stands, so that nobody who is down comes up unproved; a new server
// begins as at a start. The quorum stays until Step has seen Began.
func Carry(old Virtual, s VirtualState, v Virtual) VirtualState {
	next := v.Begin()
	next.Quorum = s.Quorum
	at := make(map[netip.AddrPort]int, len(old.Servers))
	for i := len(old.Servers) - 1; i >= 0; i-- {
		at[Server(old.Servers[i])] = i
	}
	for i, r := range v.Servers {
		j, stays := at[Server(r)]
		if !stays {
			continue
		}
		was := s.Servers[j]
		known := make(map[string]Health, len(was.Checks))
		for k, c := range old.Servers[j].Checks {
			known[Identity(c)] = was.Checks[k]
		}
		for k, c := range r.Checks {
			if h, same := known[Identity(c)]; same {
				next.Servers[i].Checks[k] = h
			} else if len(was.Checks) > 0 {
				next.Servers[i].Checks[k].Up = was.Up()
			}
		}
	}
	return next
}

// Server is the identity of a real server within its virtual server.
func Server(r model.Real) netip.AddrPort { return netip.AddrPortFrom(r.Addr.Unmap(), r.Port) }

// Identity is what a resolved check asks for, as text: two checks with one
// identity are the same check. When it runs does not belong to it, so that a
// changed delay_loop does not make a server that is down come up.
func Identity(c model.Check) string {
	var b strings.Builder
	fmt.Fprint(&b, c.Kind, " ", c.Target, " ", c.BindTo.Val, " ", c.BindPort.Val, " ", c.FWMark.Val)
	switch c.Kind {
	case model.HTTPGet, model.SSLGet:
		fmt.Fprintf(&b, " %q %v", c.HTTP.Val, c.SNI)
		for _, u := range c.URLs {
			fmt.Fprintf(&b, " %q %q %v %q %q", u.Path, u.Digest.Val, u.Codes, u.VirtualHost.Val, u.Regex.Val)
		}
	case model.SMTPCheck:
		fmt.Fprintf(&b, " %q", c.Helo.Val)
	case model.DNSCheck:
		fmt.Fprintf(&b, " %q %q", c.QueryType.Val, c.QueryName.Val)
	case model.MiscCheck:
		fmt.Fprintf(&b, " %q %v %v", c.Command.Argv, c.Command.User.Val, c.MiscDynamic)
	}
	return b.String()
}

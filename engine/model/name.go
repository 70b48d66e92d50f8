package model

import (
	"net/netip"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// String is the protocol as ipvsadm and our names write it: "tcp", "udp" or
// "sctp"; any other is its IANA number.
func (p Protocol) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case SCTP:
		return "sctp"
	}
	return strconv.Itoa(int(p))
}

// Name is the virtual server's identity: "tcp:192.0.2.100:80".
func (v Virtual) Name() string {
	if v.Of != (VirtualOf{}) {
		return v.of().name(v.Protocol.Val)
	}
	return v.Protocol.Val.String() + ":" + netip.AddrPortFrom(v.Addr, v.Port).String()
}

// Name is the real server's identity inside its virtual server: "192.0.2.33:80".
func (r Real) Name() string { return netip.AddrPortFrom(r.Addr, r.Port).String() }

// Name says what the check does and to whom, after Resolve:
// "HTTP_GET http://192.0.2.33:80/", "TCP_CHECK 192.0.2.33:80", "PING_CHECK 192.0.2.33", "MISC_CHECK /usr/bin/true".
func (c Check) Name() string {
	target := netip.AddrPortFrom(c.Target.Addr, c.Target.Port).String()
	path := ""
	if len(c.URLs) > 0 {
		path = c.URLs[0].Path
	}
	kind := string(c.Kind)
	switch c.Kind {
	case HTTPGet:
		return kind + " http://" + target + path
	case SSLGet:
		return kind + " https://" + target + path
	case DNSCheck:
		return kind + " " + target + " " + c.QueryType.Val + " " + c.AskedName()
	case PingCheck:
		return kind + " " + c.Target.Addr.String()
	case MiscCheck:
		return kind + " " + c.Command.Line
	case FileCheck:
		return kind + " " + c.TrackFile.Val
	case BFDCheck:
		return kind + " " + c.Session.Val
	}
	return kind + " " + target
}

// called is how a text names a service or a server: its address, and its port where
// there is one.
func called(n *conf.Node) string { return strings.TrimSpace(n.Word(1) + " " + n.Word(2)) }

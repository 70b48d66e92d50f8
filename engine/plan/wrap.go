package plan

import "strconv"

// Wrap is how packets are wrapped on their way to a destination by tunnel. The zero
// value is IP in IP.
type Wrap struct {
	Kind WrapKind `json:"kind,omitzero"`
	Sum  WrapSum  `json:"sum,omitzero"`
	Port uint16   `json:"port,omitzero"` // UDP, of GUE
}

// WrapKind is the kind of a tunnel (IP_VS_CONN_F_TUNNEL_TYPE_* of linux/ip_vs.h).
type WrapKind uint8

// The kinds of tunnels.
const (
	IPIP WrapKind = 0
	GUE  WrapKind = 1
	GRE  WrapKind = 2
)

// WrapSum says what checksum the outer packet has (IP_VS_TUNNEL_ENCAP_FLAG_*).
type WrapSum uint8

// The checksums of tunnels.
const (
	NoSum     WrapSum = 0
	Sum       WrapSum = 1
	RemoteSum WrapSum = 2
)

// normal leaves out what the kernel does not look at.
func (w Wrap) normal(m Method) Wrap {
	switch {
	case m != Tunnel || w.Kind == IPIP:
		return Wrap{}
	case w.Kind == GRE:
		w.Port = 0
	}
	return w
}

// line are the options of ipvsadm for the kind of a tunnel.
func (w Wrap) line() string {
	out := map[WrapKind]string{GUE: " --tun-type gue --tun-port " + strconv.Itoa(int(w.Port)), GRE: " --tun-type gre"}[w.Kind]
	if out == "" {
		return ""
	}
	return out + map[WrapSum]string{Sum: " --tun-csum", RemoteSum: " --tun-remcsum"}[w.Sum]
}

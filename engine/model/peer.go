package model

import (
	"net/netip"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// scanPeers reads a line of unicast_peer: ADDRESS [min_ttl N] [max_ttl N].
func scanPeers(l *line, into any) bool {
	var p Peer
	return l.scanPeer(&p) && add(l, into, p)
}

// scanPeer reads one peer. A hop limit that is none is passed over, as by keepalived.
func (l *line) scanPeer(p *Peer) bool {
	l.at = -1
	w, ok := l.next()
	if !ok {
		return false
	}
	host, _, _ := strings.Cut(w, "/") // keepalived passes over a length here
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return l.fail(Warning, "bad-address", w)
	}
	peer := Peer{Addr: addr.Unmap()}
	list := l.options(nil)
	for _, o := range list {
		n, err := strconv.ParseUint(l.valueOf(o), 10, 8)
		switch {
		case !o.good || err != nil:
		case o.word == "min_ttl":
			peer.MinTTL = Some(uint8(n))
		default:
			peer.MaxTTL = Some(uint8(n))
		}
	}
	if least, low := written(list, "min_ttl"); low && peer.MinTTL.Written && peer.MaxTTL.Written && peer.MinTTL.Val > peer.MaxTTL.Val {
		l.about(least, "never-heard", "Most", strconv.Itoa(int(peer.MaxTTL.Val)))
	}
	*p = peer
	return true
}

// Limited says whether the peer's adverts may have some hop limits only.
func (p Peer) Limited() bool { return p.MinTTL.Written || p.MaxTTL.Written }

// String is the peer as a line of unicast_peer.
func (p Peer) String() string {
	words := []string{p.Addr.String()}
	if p.MinTTL.Written {
		words = append(words, "min_ttl", strconv.Itoa(int(p.MinTTL.Val)))
	}
	if p.MaxTTL.Written {
		words = append(words, "max_ttl", strconv.Itoa(int(p.MaxTTL.Val)))
	}
	return strings.Join(words, " ")
}

// validatePeers reports what keepalived says of the words of unicast, of which some mean
// nothing beside others. Of the two words for the source the last one counts: a text
// keeps both in that order only.
func (b *binder) validatePeers(in *Instance, n *conf.Node) {
	if in.Source.Written && in.UnicastSource.Written {
		mcast, unicast := b.spanOf(&in.Source, n), b.spanOf(&in.UnicastSource, n)
		if before(mcast, unicast) {
			b.report(Note, "source-twice", unicast, "Word", "mcast_src_ip", "Value", in.Source.Val.String())
		} else {
			b.report(Note, "source-twice", mcast, "Word", "unicast_src_ip", "Value", in.UnicastSource.Val.String())
			in.UnicastSource = Opt[netip.Addr]{}
		}
	}
	for i := range in.Peers {
		if p := &in.Peers[i]; p.Addr.Is6() != in.IPv6() {
			b.report(Warning, "peer-of-other-family", b.spanOf(p, n), "Name", in.Name, "Value", p.Addr.String())
		}
	}
	if in.Unicast() {
		return
	}
	if in.FaultNoPeer {
		b.report(Warning, "fault-without-peers", b.spanOf(&in.FaultNoPeer, n), "Name", in.Name)
		return
	}
	for _, word := range []string{"unicast_ttl", "check_unicast_src", "unicast_src_ip", "unicast_peer"} {
		if at := last(n, word); at != nil {
			b.report(Warning, "unicast-without-peers", at.Words[0].Span(), "Name", in.Name, "Word", word)
			return
		}
	}
}

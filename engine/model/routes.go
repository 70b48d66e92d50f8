package model

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// The words of a route, a rule and a unicast peer, as ip route and ip rule have
// them; = means that a value follows.
const (
	routeText = `unicast local broadcast multicast throw unreachable prohibit blackhole nat to= default inet inet6
		via= gw= or= dev= oif= src= table= protocol= proto= scope= priority= metric= preference= tos= dsfield= mtu= lock
		hoplimit= advmss= rtt= rttvar= reordering= window= cwnd= ssthresh= realms= realm= rto_min= initcwnd= initrwnd= quickack=
		congctl= pref= fastopen_no_cookie= ttl-propagate= expires= features= ecn encap as= onlink nexthop weight= append
		vrf= track_group= no_track enabled disabled`
	ruleText = `not from= to= iif= dev= oif= tos= dsfield= fwmark= preference= priority= pref= order= table= lookup= realms= goto=
		protocol= suppress_prefixlength= suppress_ifgroup= tun_id= l3mdev uidrange= ip_proto= ipproto= sport= dport=
		type= unicast unreachable blackhole prohibit nop nat= inet6 inet no_track track_group= all`
	peerText = `min_ttl= max_ttl=`
)

var (
	routeWords = sync.OnceValue(func() map[string]bool { return wordList(routeText) })
	ruleWords  = sync.OnceValue(func() map[string]bool { return wordList(ruleText) })
	peerWords  = sync.OnceValue(func() map[string]bool { return wordList(peerText) })
)

// wordList says of each word whether a value follows.
func wordList(text string) map[string]bool {
	list := map[string]bool{}
	for _, w := range strings.Fields(text) {
		name, follows := strings.CutSuffix(w, "=")
		list[name] = follows
	}
	return list
}

// known looks for misspelt words on a line that is not acted on. What begins with
// a digit, or holds a sign of an address, is a value; so is all behind encap,
// whose words depend on its kind.
func (l *line) known(list map[string]bool, from int) {
	l.at = from - 1
	for w, ok := l.next(); ok; w, ok = l.next() {
		follows, known := list[w]
		switch {
		case w == "encap":
			return
		case known && follows:
			if v, ok := l.next(); ok && (v == "inet" || v == "inet6" || v == "lock") {
				l.at++ // via inet6 ADDRESS, mtu lock N
			} else if !ok {
				l.fail(Error, "missing-value", "", "Word", l.d.word+" "+w)
			}
		case !known && !strings.ContainsAny(w, "0123456789.:/"):
			l.fail(Warning, "unknown-word", w, "Word", w, "Block", l.d.word, "Hint", nearest(w, slices.Collect(maps.Keys(list))))
		}
	}
}

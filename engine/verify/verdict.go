package verify

import (
	"slices"

	"holdfast/engine/code"
)

// Verdict is what was found out about one server and one address of its service.
type Verdict struct {
	Code   string // one of code.Verdicts
	MAC    *MAC   // of the server, or of the gateway to it; nil: nobody said
	Others []MAC  // who else says that it has the address: the master of the pair, or a stranger
}

// Rounds is how often a server is asked at most.
const Rounds = 12

// enough is how often a server is asked at least before its silence counts.
const enough = 3

// Done says whether no further question can change the verdict. Silence counts where the
// server answered what it was asked afterwards.
func (p *Probe) Done() bool {
	if p.rounds >= Rounds {
		return true
	}
	if !p.known || p.rounds < 2 {
		return false
	}
	if p.answered[serviceAsked] == silence && (p.t.TCP || p.t.UDP || p.t.Tunnel) || p.answered[serviceEcho] != yes && p.answered[serviceAsked] != yes {
		return p.rounds >= enough && p.own >= 2 && (p.unwrap || p.back || p.rounds > enough)
	}
	return p.rounds >= enough
}

// Settled says whether the next round need not be waited for: what was asked in this one
// has been answered.
func (p *Probe) Settled() bool {
	if p.rounds == 1 {
		return p.known
	}
	return p.known && p.answered[serviceAsked] != silence && p.own >= 2*(p.rounds-1)
}

// Verdict is what the answers so far say.
func (p *Probe) Verdict() Verdict {
	v := Verdict{Code: p.code()}
	if p.known {
		v.MAC = &p.next
	}
	v.Others = slices.DeleteFunc(slices.Clone(p.macs), func(m MAC) bool { return p.known && m == p.next && p.t.onLink() })
	return v
}

func (p *Probe) code() string {
	service, ping := p.answered[serviceAsked], p.answered[serviceEcho]
	announces := p.t.onLink() && (slices.Contains(p.macs, p.next) || p.asks)
	switch {
	case !p.known:
		return code.ServerUnreachable
	case announces:
		return code.AnswersARP
	case service == yes:
		return code.Ready
	case p.unwrap:
		return code.NoTunnel
	case service == no:
		return code.NotListening
	case service == barred || ping == barred:
		return code.ServerDrops
	case ping == yes && (!p.t.TCP || p.t.Service.Port() == 0):
		return code.AddressThere
	case ping == yes:
		return code.ServerDrops
	case p.back:
		return code.AddressMissing
	case p.t.Tunnel && (p.answered[plainAsked] != silence || p.answered[plainEcho] == yes):
		return code.TunnelDrops
	case p.own > 0 && p.t.onLink():
		return code.AddressMissing
	case p.own > 0:
		return code.NothingAnswers
	case p.t.onLink():
		return code.ServerDrops
	}
	return code.ServerUnreachable
}

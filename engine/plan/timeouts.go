package plan

import "fmt"

// Timeouts are those of IPVS: after how many seconds it forgets a connection on which
// nothing comes. Of a wish, 0 leaves what the kernel has.
type Timeouts struct {
	TCP uint32 `json:"tcp,omitzero"`
	FIN uint32 `json:"fin,omitzero"` // of TCP, after a FIN
	UDP uint32 `json:"udp,omitzero"`
}

// Over is t with its gaps filled from below.
func (t Timeouts) Over(below Timeouts) Timeouts {
	pick := func(own, other uint32) uint32 {
		if own == 0 {
			return other
		}
		return own
	}
	return Timeouts{TCP: pick(t.TCP, below.TCP), FIN: pick(t.FIN, below.FIN), UDP: pick(t.UDP, below.UDP)}
}

func (t Timeouts) line() string { return fmt.Sprintf("ipvsadm --set %d %d %d", t.TCP, t.FIN, t.UDP) }

// diffTimeouts sets all three, as the kernel's answer to one call.
func diffTimeouts(have, want Timeouts) Plan {
	if want = want.Over(have); want == have {
		return nil
	}
	return Plan{{Verb: SetTimeouts, Timeouts: want}}
}

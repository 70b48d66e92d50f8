package vrrprole

import (
	"holdfast/engine/bfd"
	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// held lists what keeps sessions from being spoken.
func (s *sessions) held() (list []control.Blocked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.list {
		args := map[string]string{"object": one.cfg.Name}
		if why := s.refused[keyOfSession(one.cfg).listen()]; why != "" {
			args["reason"] = why
			list = append(list, control.Blocked{Object: one.cfg.Name, Code: code.BFDPort, Args: args})
		} else if one.refused != "" {
			args["reason"] = one.refused
			list = append(list, control.Blocked{Object: one.cfg.Name, Code: code.BFDSource, Args: args})
		}
	}
	return list
}

// answers are what tracks see of the sessions: as in keepalived one that is not up is
// bad from the start.
func (s *sessions) answers() map[string]vrrp.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	answers := make(map[string]vrrp.Answer, len(s.list))
	for _, one := range s.list {
		answers[one.cfg.Name] = answerOf(one.state.Phase)
	}
	return answers
}

func answerOf(p bfd.Phase) vrrp.Answer {
	if p == bfd.Up {
		return vrrp.Good
	}
	return vrrp.Bad
}

// phases are those of the sessions, for a plan.
func (s *sessions) phases() map[sessionKey]bfd.Phase {
	s.mu.Lock()
	defer s.mu.Unlock()
	phases := make(map[sessionKey]bfd.Phase, len(s.list))
	for _, one := range s.list {
		phases[keyOfSession(one.cfg)] = one.state.Phase
	}
	return phases
}

// answersUnder are what tracks would see of the sessions of a configuration right after
// a change to it.
func answersUnder(cfg model.Config, phases map[sessionKey]bfd.Phase) map[string]vrrp.Answer {
	answers := map[string]vrrp.Answer{}
	for _, c := range cfg.BFDs {
		answers[c.Name] = answerOf(phases[keyOfSession(c)])
	}
	return answers
}

// status tells where the sessions stand, and how many packets did not count, by reason.
func (s *sessions) status() (list []control.SessionStatus, drops map[string]uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.list {
		st := one.state
		line := control.SessionStatus{
			Name: one.cfg.Name, Neighbor: one.cfg.Neighbor.Val.String(), Multihop: one.cfg.Multihop.Val, Passive: one.cfg.Passive,
			State: st.Phase.String(), Since: st.Since, Diag: st.Diag.String(), RemoteState: st.RemotePhase.String(), RemoteDiag: st.RemoteDiag.String(),
			Interval: st.Interval(), Detection: st.DetectionTime(), Heard: st.Heard, Sent: one.sent, Received: one.received,
		}
		if one.cfg.Source.Written {
			line.Source = one.cfg.Source.Val.String()
		}
		list = append(list, line)
	}
	for why, n := range s.drops {
		if drops == nil {
			drops = map[string]uint64{}
		}
		drops[string(why)] = n
	}
	return list, drops
}

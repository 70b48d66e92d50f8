package lvsrole

import (
	"context"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
)

// radio is the vrrp role as far as a follower of its sessions sees it.
type radio struct {
	mu   sync.Mutex
	tell func(sessionSeen)
}

func (r *radio) follow(ctx context.Context, _ string, tell func(sessionSeen)) {
	r.mu.Lock()
	r.tell = tell
	r.mu.Unlock()
	<-ctx.Done()
}

func (r *radio) say(state string) {
	r.mu.Lock()
	tell := r.tell
	r.mu.Unlock()
	tell(sessionSeen{"near", state, state == "UP"})
}

// followed is a virtual server with a server that a session stands for, and one without a check.
func followed(alpha bool) model.Config {
	check := model.Check{Kind: model.BFDCheck, Session: model.Some("near"), Alpha: model.Some(alpha)}
	server := func(addr string, checks ...model.Check) model.Real {
		return model.Real{Addr: netip.MustParseAddr(addr), Port: 80, Weight: model.Some(1), ServerOptions: &model.ServerOptions{}, Checks: checks}
	}
	return model.Config{Virtuals: []model.Virtual{{
		Addr: netip.MustParseAddr("192.0.2.100"), Port: 80, Protocol: model.Opt[model.Protocol]{Val: model.TCP},
		Scheduler: model.Some("rr"), Quorum: model.Opt[int]{Val: 1},
		Servers: []model.Real{server("192.0.2.33", check), server("192.0.2.34")},
	}}}
}

func TestAServerFollowsItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, r := newWorld(t), &radio{}
		opt := w.options()
		opt.FollowSessions = r.follow
		p := w.boot(followed(false), opt)
		time.Sleep(time.Minute)
		one := func() control.ServerStatus { return p.status().Virtuals[0].Servers[0] }
		if s := one(); s.State != "UNCHECKED" || !s.InPool {
			t.Errorf("before the session is heard of: %+v", s)
		}
		if len(w.probed) > 0 {
			t.Errorf("probes: %v", w.probed)
		}
		for _, c := range []struct {
			state, word string
			pool        bool
		}{{"DOWN", "DOWN", false}, {"UP", "UP", true}, {"DOWN", "DOWN", false}, {"UP", "UP", true}} {
			r.say(c.state)
			time.Sleep(time.Millisecond)
			if s := one(); s.State != c.word || s.InPool != c.pool || s.Checks[0].Text != c.state || s.Checks[0].Name != "BFD_CHECK near" {
				t.Errorf("session %s: %+v", c.state, s)
			}
		}
		next := followed(false)
		next.Virtuals[0].Servers[1].Checks = next.Virtuals[0].Servers[0].Checks
		if _, err := p.role.Apply(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		if s := p.status().Virtuals[0].Servers[1]; s.State != "UP" {
			t.Errorf("a new server of a session that is known: %+v", s)
		}
		p.crash()
	})
}

func TestAServerWithAlphaWaitsForItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, r := newWorld(t), &radio{}
		opt := w.options()
		opt.FollowSessions = r.follow
		p := w.boot(followed(true), opt)
		if s := p.status().Virtuals[0].Servers[0]; s.InPool {
			t.Errorf("before: %+v", s)
		}
		synctest.Wait()
		r.say("UP")
		time.Sleep(time.Millisecond)
		if s := p.status().Virtuals[0].Servers[0]; s.State != "UP" || !s.InPool {
			t.Errorf("after: %+v", s)
		}
		p.crash()
	})
}

// An end on purpose takes no server out of the pool, as in keepalived.
func TestWhatTheJournalSaysOfASessionMovesAServerOrNot(t *testing.T) {
	for _, c := range []struct {
		from, to, reason string
		some, good       bool
	}{
		{"ADMIN_DOWN", "DOWN", "", true, false}, {"DOWN", "INIT", "", false, false}, {"INIT", "UP", "", true, true}, {"DOWN", "UP", "", true, true},
		{"UP", "DOWN", code.SessionExpired, true, false}, {"UP", "DOWN", code.SessionEnded, true, false}, {"UP", "DOWN", code.SessionStopped, false, false},
	} {
		e := journal.Entry{Object: "near", Facts: map[string]string{journal.FactFrom: c.from, journal.FactTo: c.to, journal.FactReason: c.reason}}
		if s, some := seenOf(e); some != c.some || some && s.good != c.good {
			t.Errorf("%+v: %+v, %v", c, s, some)
		}
	}
}

// BFD_CHECK names a session that is for checks; one of another is none.
func TestWordsReachTheSessionOfACheck(t *testing.T) {
	const text = `bfd_instance near {
    neighbor_ip 192.0.2.33
    checker
}
bfd_instance far {
    neighbor_ip 192.0.2.34
    vrrp
}
virtual_server 192.0.2.100 80 {
    protocol TCP
    retry 3
    real_server 192.0.2.33 80 {
        BFD_CHECK {
            name near
            alpha
        }
    }
    real_server 192.0.2.34 80 {
        BFD_CHECK {
            name far
        }
    }
}
`
	cfg, findings := model.Parse("x", []byte(text), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	servers := model.Resolve(cfg).Virtuals[0].Servers
	if len(servers[1].Checks) > 0 {
		t.Errorf("a session of the vrrp role alone is asked: %+v", servers[1].Checks)
	}
	synctest.Test(t, func(t *testing.T) {
		w, r := newWorld(t), &radio{}
		opt := w.options()
		opt.FollowSessions = r.follow
		p := w.boot(model.Resolve(cfg), opt)
		synctest.Wait()
		for _, c := range []struct {
			state string
			pool  bool
		}{{"DOWN", false}, {"UP", true}, {"DOWN", false}} {
			r.say(c.state)
			time.Sleep(time.Millisecond)
			if s := p.status().Virtuals[0].Servers[0]; s.InPool != c.pool {
				t.Errorf("session %s: %+v", c.state, s)
			}
		}
		p.crash()
	})
}

package lvsrole

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
)

// words gives the words of the only service and of its servers, with the reasons of
// those that are not checked.
func wordsOf(s control.Status) string {
	v := s.Virtuals[0]
	words := []string{v.State}
	for _, r := range v.Servers {
		word := r.State
		if r.State == "UNCHECKED" {
			word += "(" + r.Reason + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestAServerIsUncheckedUntilItsCheckHasAnswered(t *testing.T) {
	for _, c := range []struct {
		what, more, before, after string
	}{
		{"in the pool until it fails", "", "UNCHECKED UNCHECKED(not-checked) UNCHECKED(not-checked)", "UP UP UP"},
		{"out of it until it succeeds", "alpha", "SORRY UNCHECKED(not-checked-alpha) UNCHECKED(not-checked-alpha)", "UP UP UP"},
	} {
		t.Run(c.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				p := w.boot(configOf(t, tutorial(c.more)), w.options())
				defer p.crash()
				synctest.Wait()
				s := p.status()
				if got := wordsOf(s); got != c.before {
					t.Errorf("before its first check: %s, want %s", got, c.before)
				}
				for _, r := range s.Virtuals[0].Servers {
					if !r.UpSince.IsZero() {
						t.Errorf("%s is up since %v, and nobody asked it", r.Name, r.UpSince)
					}
				}
				time.Sleep(20 * time.Second)
				synctest.Wait()
				if got := wordsOf(p.status()); got != c.after {
					t.Errorf("after it: %s, want %s", got, c.after)
				}
			})
		})
	}
}

func TestAServerWithoutAnyCheckIsNeverCalledUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		text := "virtual_server 192.0.2.100 80 {\nlb_algo rr\nlb_kind DR\nprotocol TCP\nreal_server 192.0.2.33 80 {\n}\n}\n"
		p := w.boot(configOf(t, text), w.options())
		defer p.crash()
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if got := wordsOf(p.status()); got != "UNCHECKED UNCHECKED(no-check)" {
			t.Error(got)
		}
		if got := w.pool(); got != "192.0.2.33=1" {
			t.Errorf("pool %s", got)
		}
	})
}

func TestAServerWhoseCheckChangedIsUncheckedUntilTheNewOneAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		time.Sleep(20 * time.Second)
		p.apply(configOf(t, strings.Replace(tutorial(""), "path /", "path /other", 1)))
		synctest.Wait()
		if got := wordsOf(p.status()); got != "UNCHECKED UNCHECKED(not-checked) UP" {
			t.Error(got)
		}
	})
}

func TestSinceIsWhenTheWordBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		booted := time.Now()
		time.Sleep(20 * time.Second)
		synctest.Wait()
		up := p.status().Virtuals[0]
		if first := up.Servers[0]; first.Since.Sub(booted) < startTime || !first.Since.Equal(first.Checks[0].At) && first.Since.After(first.Checks[0].At) {
			t.Errorf("UP since %v after the start, by the check of %v", first.Since.Sub(booted), first.Checks[0].At.Sub(booted))
		}
		w.breakDown(firstServer, "connection refused")
		seen := map[string]control.VirtualStatus{}
		for range 40 {
			time.Sleep(time.Second)
			synctest.Wait()
			v := p.status().Virtuals[0]
			if _, there := seen[v.Servers[0].State]; !there {
				seen[v.Servers[0].State] = v
			}
		}
		failing, down := seen["FAILING"], seen["DOWN"]
		if failing.Name == "" || down.Name == "" {
			t.Fatalf("went through %v", seen)
		}
		if s := failing.Servers[0]; !s.Since.Equal(s.Checks[0].At) || !s.UpSince.Equal(up.Servers[0].UpSince) {
			t.Errorf("FAILING since %v, up since %v", s.Since, s.UpSince)
		}
		if s := down.Servers[0]; !s.Since.Equal(s.Checks[0].At) || !s.Since.After(failing.Servers[0].Since) || !s.UpSince.IsZero() {
			t.Errorf("DOWN since %v, up since %v", s.Since, s.UpSince)
		}
		if down.State != "DEGRADED" || !down.Since.Equal(down.Servers[0].Since) || !down.UpSince.Equal(up.UpSince) {
			t.Errorf("%s since %v, quorum since %v", down.State, down.Since, down.UpSince)
		}
		if s := down.Servers[1]; !s.Since.Equal(up.Servers[1].Since) {
			t.Errorf("the other server is up since %v", s.Since)
		}
	})
}

func TestSinceOutlivesTheProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		cfg := configOf(t, tutorial(""))
		p := w.boot(cfg, w.options())
		time.Sleep(20 * time.Second)
		w.breakDown(firstServer, "connection refused")
		time.Sleep(30 * time.Second)
		synctest.Wait()
		was := p.status().Virtuals[0]
		p.stop(control.Handoff)
		time.Sleep(time.Second)
		p = w.boot(cfg, w.options())
		defer p.crash()
		synctest.Wait()
		is := p.status().Virtuals[0]
		if is.State != "DEGRADED" || !is.Since.Equal(was.Since) || !is.Servers[0].Since.Equal(was.Servers[0].Since) {
			t.Errorf("%s since %v, server since %v; were since %v and %v", is.State, is.Since, is.Servers[0].Since, was.Since, was.Servers[0].Since)
		}
	})
}

func TestHeldBackIsSinceTheTableIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.absent = true
		p := w.boot(configOf(t, tutorial("")), w.options())
		defer p.crash()
		time.Sleep(20 * time.Second)
		synctest.Wait()
		held := p.status().Virtuals[0]
		w.mu.Lock()
		w.absent = false
		w.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		free := p.status().Virtuals[0]
		if held.State != "HELD" || free.State != "UP" || !free.Since.After(held.Since.Add(10*time.Second)) || !free.UpSince.Equal(held.UpSince) {
			t.Errorf("%s since %v, then %s since %v; quorum since %v, then %v", held.State, held.Since, free.State, free.Since, held.UpSince, free.UpSince)
		}
	})
}

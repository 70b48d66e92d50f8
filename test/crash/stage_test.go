package crash

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/store"
	"holdfast/test/lab"
)

const (
	high   = 150 // priority of d1, whose processes die
	low    = 100 // priority of d2, the peer
	advert = time.Second
	late   = 50 * time.Millisecond
)

// masterDown is how long the peer waits for d1 (RFC 3768, 6.1).
var masterDown = 3*advert + time.Duration(256-low)*time.Second/256

// world is a director whose processes die, its peer, a client that keeps asking,
// and who watches them.
type world struct {
	*testing.T
	lab       *lab.Lab
	d1, d2    *lab.Node
	victim    *lab.Director
	peer      *lab.Director
	wire      *lab.Wire
	addresses *lab.AddressWatch
	client    *lab.Steady
	virtual   netip.Addr
	since     time.Time // the pair is steady from here on
}

// newWorld starts the pair and waits until d1 is the steady master.
func newWorld(t *testing.T, victim, peer lab.Program) *world {
	t.Helper()
	t.Parallel()
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2", "c"}})
	w := &world{T: t, lab: l, d1: l.Node("d1"), d2: l.Node("d2"), wire: l.Capture(), virtual: l.Addr(100)}
	w.d1.Web(":80", "from d1")
	w.d2.Web(":80", "from d2")
	w.addresses = w.d1.WatchAddresses()
	w.victim = w.d1.Direct(victim, w.config("MASTER", high))
	w.peer = w.d2.Direct(peer, w.config("BACKUP", low))
	if victim.Argv("", "", "")[1] == "serve" {
		w.apply(w.config("MASTER", high))
	}
	w.settled()
	w.since = time.Now()
	w.client = l.Node("c").Steady("http://"+w.virtual.String()+"/", 50*time.Millisecond, time.Second)
	time.Sleep(advert)
	return w
}

// config is one side of the pair. The virtual server's own check goes to the
// local web server; where the kernel has no IPVS its table is held back.
func (w *world) config(state string, priority int) string {
	return fmt.Sprintf(`global_defs {
    router_id crash
    script_user root
}
vrrp_script chk_down {
    script "/usr/bin/test ! -f %s/d1/etc/down"
    interval 1
    weight -1
}
vrrp_instance VI_1 {
    state %s
    interface eth0
    virtual_router_id 51
    priority %d
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass 64e06f86
    }
    virtual_ipaddress {
        192.0.2.100/32
    }
    track_script {
        chk_down
    }
}
virtual_server 192.0.2.100 8080 {
    delay_loop 1
    lb_algo rr
    lb_kind DR
    protocol TCP
    real_server 192.0.2.32 80 {
        TCP_CHECK {
            connect_timeout 1
        }
    }
}
`, w.lab.Dir, state, priority)
}

// role is the way to a role's socket.
func (w *world) role(name string) *control.Client {
	return control.Dial(w.victim.Run + "/" + name + ".sock")
}

// apply makes a text the running one of both roles, as the console does.
func (w *world) apply(text string) {
	w.Helper()
	for _, role := range []string{"vrrp", "lvs"} {
		w.soon(role+" answers", 10*time.Second, func() bool {
			_, err := w.role(role).Status(w.Context())
			return err == nil
		})
		if _, err := w.role(role).Apply(w.Context(), control.ApplyRequest{Text: text}); err != nil {
			w.Fatalf("apply to %s: %v", role, err)
		}
	}
}

func (w *world) signal(pid int, s syscall.Signal) {
	w.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		w.Fatal(err)
	}
}

// settled waits until d1 is the one master and holds the address alone.
func (w *world) settled() {
	w.Helper()
	w.wire.Steady(w.d1.Addr, high, 20*time.Second)
	w.soon("d1 holds the address alone", 2*time.Second, func() bool { return w.d1.Holds(w.virtual) && !w.d2.Holds(w.virtual) })
}

// soon waits for something to become true.
func (w *world) soon(what string, limit time.Duration, holds func() bool) {
	w.Helper()
	for end := time.Now().Add(limit); !holds(); {
		if time.Now().After(end) {
			w.Fatalf("not within %s: %s", limit, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// unmoved expects that the address stayed on d1 all the time, that the peer
// never spoke, and that no request of the client failed.
func (w *world) unmoved() {
	w.Helper()
	if moved := w.addresses.Changes(w.virtual, w.since); len(moved) > 0 {
		w.Errorf("the address moved: %v", moved)
	}
	if spoke := w.wire.Adverts(w.d2.Addr, w.since); len(spoke) > 0 {
		w.Errorf("the peer took over: %v", spoke)
	}
	report := w.client.Stop()
	if failed := lab.Failures(report); failed > 0 || len(report) < 20 {
		w.Errorf("%d of %d requests failed", failed, len(report))
	}
}

// gaps expects the times between d1's adverts to be within bounds.
func (w *world) gaps(least, most time.Duration) {
	w.Helper()
	adverts := w.wire.Adverts(w.d1.Addr, w.since)
	if len(adverts) < 3 {
		w.Fatalf("d1 sent only %d adverts", len(adverts))
	}
	shortest, longest := time.Hour, time.Duration(0)
	for i := 1; i < len(adverts); i++ {
		gap := adverts[i].At.Sub(adverts[i-1].At)
		shortest, longest = min(shortest, gap), max(longest, gap)
		if gap < least || gap > most {
			w.Errorf("an advert %s after the last one, want %s to %s: %v", gap, least, most, adverts[i])
		}
	}
	w.Logf("%d adverts, %s to %s apart", len(adverts), shortest.Round(time.Millisecond), longest.Round(time.Millisecond))
}

// alone expects that no two vrrp roles of d1 ever spoke at the same time: two
// would send their adverts between each other's.
func (w *world) alone() {
	w.Helper()
	adverts := w.wire.Adverts(w.d1.Addr, w.since)
	for i := 1; i < len(adverts); i++ {
		if gap := adverts[i].At.Sub(adverts[i-1].At); gap < advert/2 && adverts[i].Priority != 0 {
			w.Errorf("two adverts of d1 within %s: %v", gap, adverts[i-1:i+1])
		}
	}
}

// whole expects a role's journal to be without a gap from its first entry on,
// and returns its newest number.
func (w *world) whole(role string) uint64 {
	w.Helper()
	status, err := w.role(role).Status(w.Context())
	if err != nil {
		w.Fatalf("status of %s: %v", role, err)
	}
	ctx, cancel := context.WithTimeout(w.Context(), 5*time.Second)
	defer cancel()
	var next uint64 = 1
	err = w.role(role).Journal(ctx, 0, func(e journal.Entry) error {
		if e.Seq != next || e.Kind == journal.Lost {
			w.Errorf("the journal of %s has entry %d (%s) where %d was due", role, e.Seq, e.Kind, next)
		}
		if next = e.Seq + 1; e.Seq >= status.Seq {
			cancel()
		}
		return nil
	})
	if next <= status.Seq {
		w.Errorf("the journal of %s ends at %d, not %d: %v", role, next-1, status.Seq, err)
	}
	return status.Seq
}

// stored expects the console's database to have every entry of a role up to one.
func (w *world) stored(role string, last uint64) {
	w.Helper()
	var seen map[uint64]bool
	w.soon(fmt.Sprintf("the database has the %d entries of %s", last, role), 15*time.Second, func() bool {
		s, err := store.Open(context.Background(), w.victim.Run+"/data/web")
		if err != nil {
			w.Fatalf("open the database: %v", err)
		}
		defer s.Close()
		rows, err := s.JournalPage(context.Background(), store.JournalFilter{Limit: 1000})
		if err != nil {
			w.Fatalf("read the journal: %v", err)
		}
		seen = map[uint64]bool{}
		for _, r := range rows {
			if r.Entry.Role == role && r.Entry.Kind != journal.Lost {
				seen[r.Entry.Seq] = true
			}
		}
		return uint64(len(seen)) >= last
	})
	for seq := uint64(1); seq <= last; seq++ {
		if !seen[seq] {
			w.Errorf("entry %d of %s is not in the database", seq, role)
		}
	}
}

// stir makes the vrrp role write journal entries: its script fails and recovers.
func (w *world) stir() {
	w.Helper()
	before := time.Now()
	w.victim.Write("down", "", 0o644)
	w.wire.Expect("a lower priority of d1", before, 5*time.Second, lab.From(w.d1.Addr, high-1))
	if err := os.Remove(w.victim.Etc + "/down"); err != nil {
		w.Fatal(err)
	}
	w.wire.Expect("the full priority of d1", time.Now(), 5*time.Second, lab.From(w.d1.Addr, high))
}

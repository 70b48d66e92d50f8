package interop

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
)

// A role that stands still, as one that hangs does, sends no adverts and keeps its
// address. It is ended, and the address released, when the first peer may take over; that
// of the lowest priority takes one more interval.
func TestAHoldfastThatStandsStillIsNoSecondHolder(t *testing.T) {
	t.Parallel()
	const every = 2 * time.Second
	p := newPair(t, lab.Holdfast(), keepalived())
	slow := func(state string, priority int, d *lab.Director) {
		text := config(state, priority, d.Etc+"/down")
		auth := text[strings.Index(text, "    authentication"):strings.Index(text, "    virtual_ipaddress")]
		text = strings.NewReplacer(auth, "", "advert_int 1", "advert_int 2\n    version 3").Replace(text)
		d.Write("keepalived.conf", text, 0o644)
	}
	slow("MASTER", high, p.d1)
	slow("BACKUP", 1, p.d2)
	p.d1.Start()
	p.settled(10 * every)
	p.d2.Start()
	p.wire.Expect("d1 goes on", time.Now().Add(every), 5*every, lab.From(p.a1, high))
	here, there := p.lab.Node("d1").WatchAddresses(), p.lab.Node("d2").WatchAddresses()
	pids := p.lab.Node("d1").Find("vrrp")
	if len(pids) != 1 {
		t.Fatalf("%d vrrp roles", len(pids))
	}
	// The parent learns of an advert a moment after it. A role that stands still within
	// that moment is ended an interval sooner, and then nobody else takes over.
	for since := time.Duration(0); since < every/4 || since > every/2; since = time.Since(p.lastAdvert(p.a1).At) {
		time.Sleep(10 * time.Millisecond)
	}
	at := time.Now()
	if err := syscall.Kill(pids[0], syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	heir := p.wire.Expect("d2 takes over", at, 10*every, lab.From(p.a2, 1))
	for end := time.Now().Add(10 * time.Second); len(there.Changes(p.virtual, at)) == 0 || len(here.Changes(p.virtual, at)) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("d1 let go: %v; d2 took: %v", here.Changes(p.virtual, at), there.Changes(p.virtual, at))
		}
	}
	gone, taken := here.Changes(p.virtual, at)[0], there.Changes(p.virtual, at)[0]
	t.Logf("measured: the last advert %v before the standstill, the address gone %v and taken %v after it",
		at.Sub(p.lastAdvert(p.a1).At), gone.At.Sub(at), taken.At.Sub(at))
	if !gone.Gone || gone.At.After(taken.At) || gone.At.After(heir.At) {
		t.Errorf("d1 held the address until %v after d2 had taken it", gone.At.Sub(taken.At))
	}
	p.wire.Expect("d1 is master again", taken.At, 20*every, lab.From(p.a1, high))
}

package traffic

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"holdfast/test/lab"
)

const (
	high   = 150
	low    = 100
	advert = time.Second

	masterDown = 3 * advert // and the skew, for the peer

	pace     = 100 * time.Millisecond // between the client's requests
	patience = 5 * time.Second        // of one request; what is asked here is whether it fails
)

func config(state string, priority int) string {
	return fmt.Sprintf(`vrrp_instance VI_1 {
    state %s
    interface eth0
    virtual_router_id 51
    priority %d
    advert_int 1
    virtual_ipaddress {
        192.0.2.100/32
    }
}
virtual_server 192.0.2.100 80 {
    delay_loop 1
    lb_algo rr
    lb_kind DR
    protocol TCP
    real_server 192.0.2.33 80 {
        TCP_CHECK {
            connect_timeout 1
            retry 1
            delay_before_retry 1
        }
    }
    real_server 192.0.2.34 80 {
        TCP_CHECK {
            connect_timeout 1
            retry 1
            delay_before_retry 1
        }
    }
}
`, state, priority)
}

// world is a pair of directors before two web servers, with a client that keeps
// asking through the table.
type world struct {
	*testing.T
	lab       *lab.Lab
	d1, d2    *lab.Node
	web2      *lab.Web
	node1     *lab.Director
	wire      *lab.Wire
	addresses *lab.AddressWatch
	netlink   *lab.NetlinkWatch
	client    *lab.Steady
	virtual   netip.Addr
	since     time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	l := lab.New(t, lab.Options{})
	w := &world{T: t, lab: l, d1: l.Node("d1"), d2: l.Node("d2"), wire: l.Capture(), virtual: l.Addr(100)}
	for _, name := range []string{"r1", "r2"} {
		l.Node(name).RealServer(w.virtual)
	}
	l.Node("r1").Web(":80", "from r1")
	w.web2 = l.Node("r2").Web(":80", "from r2")
	w.d1.ForgetsTheDead()
	w.addresses, w.netlink = w.d1.WatchAddresses(), w.d1.WatchNetlink()
	w.node1 = w.d1.Direct(lab.Holdfast(), config("MASTER", high))
	w.d2.Direct(lab.Keepalived(), config("BACKUP", low))
	w.wire.Steady(w.d1.Addr, high, 30*time.Second)
	w.pool(2)
	w.since = time.Now()
	w.netlink.Reset()
	w.client = l.Node("c").Steady("http://"+w.virtual.String()+"/", pace, patience)
	time.Sleep(advert)
	return w
}

// pool waits until d1's table has so many servers.
func (w *world) pool(size int) {
	w.Helper()
	for end := time.Now().Add(30 * time.Second); len(w.d1.Pool()) != size; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			w.Fatalf("the table has %v, want %d servers", w.d1.Pool(), size)
		}
	}
}

// undisturbed expects that since the beginning no request failed, no address
// moved, the adverts came soon enough for every backup, and that nobody wrote to
// the table. How late an advert may be at most is measured where processes start
// faster than in a guest.
func (w *world) undisturbed() {
	w.Helper()
	report := w.client.Stop()
	if failed := lab.Failures(report); failed > 0 || len(report) < 20 {
		first := slices.IndexFunc(report, func(a lab.Answer) bool { return a.Err != nil })
		w.Errorf("%d of %d requests failed, first: %v", failed, len(report), report[max(first, 0)])
		w.lab.Explain()
	}
	if moved := w.addresses.Changes(w.virtual, w.since); len(moved) > 0 {
		w.Errorf("the address moved: %v", moved)
	}
	if spoke := w.wire.Adverts(w.d2.Addr, w.since); len(spoke) > 0 {
		w.Errorf("the peer took over: %v", spoke)
	}
	adverts := w.wire.Adverts(w.d1.Addr, w.since)
	for i := 1; i < len(adverts); i++ {
		if gap := adverts[i].At.Sub(adverts[i-1].At); gap > masterDown {
			w.Errorf("an advert came %s after the last one, want at most %s", gap, masterDown)
		}
	}
	wrote := w.netlink.Counts()
	delete(wrote, "new-address") // a router that resumes asks for what is there; that nothing moved was seen above
	if len(wrote) > 0 {
		w.Errorf("the kernel was asked for %v, want nothing", wrote)
	}
	w.Logf("%d requests, %d adverts", len(report), len(adverts))
}

func TestGuestCheckerDiesAndNoConnectionNotices(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		w.d1.Kill("lvs")
		time.Sleep(5 * advert)
	}
	w.undisturbed()
}

func TestGuestRouterDiesAndNoConnectionNotices(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		w.d1.Kill("vrrp")
		time.Sleep(5 * advert)
	}
	w.undisturbed()
}

func TestGuestParentDiesAndItsSuccessorDisturbsNothing(t *testing.T) {
	w := newWorld(t)
	at := w.d1.Kill("run")
	w.node1.Wait(time.Second)
	w.wire.Expect("an advert of the orphan", at, 2*advert, lab.From(w.d1.Addr, high))
	w.node1.Start()
	time.Sleep(6 * advert)
	w.undisturbed()
}

// A server that was down when the checker died stays out: the new one neither
// puts it back nor asks the kernel for anything.
func TestGuestCheckerDiesAndTheDeadServerStaysOut(t *testing.T) {
	w := newWorld(t)
	w.web2.Stop()
	w.pool(1)
	w.client.Stop()
	time.Sleep(advert) // the watch is told a little later than the kernel
	w.netlink.Reset()
	w.since = time.Now()
	w.client = w.lab.Node("c").Steady("http://"+w.virtual.String()+"/", pace, patience)
	time.Sleep(advert)
	w.d1.Kill("lvs")
	time.Sleep(6 * advert)
	w.undisturbed()
	w.web2.Start()
	w.pool(2)
}

package scale

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/test/lab"
)

const (
	services = 1000
	advert   = time.Second
)

// config is a master with a thousand virtual servers of two real servers each.
// The weight is that of one real server in the middle.
func config(weight int) string {
	var b strings.Builder
	b.WriteString(`global_defs {
    router_id scale
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 150
    advert_int 1
    virtual_ipaddress {
        192.0.2.100/32
    }
}
`)
	for i := range services {
		w := 1
		if i == services/2 {
			w = weight
		}
		fmt.Fprintf(&b, `virtual_server 192.0.2.100 %d {
    lb_algo wrr
    lb_kind DR
    protocol TCP
    real_server 192.0.2.33 %[1]d {
        weight %d
    }
    real_server 192.0.2.34 %[1]d {
        weight 1
    }
}
`, 1000+i, w)
	}
	return b.String()
}

func TestGuestOneWeightOfAThousandServicesCostsOneOperation(t *testing.T) {
	l := lab.New(t, lab.Options{Nodes: []string{"d1"}})
	d1 := l.Node("d1")
	wire, netlink := l.Capture(), d1.WatchNetlink()
	began := time.Now()
	d := d1.Direct(lab.Holdfast(), config(1))
	for end := time.Now().Add(time.Minute); len(d1.Pool()) < 2*services; time.Sleep(500 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the table has %d of %d destinations", len(d1.Pool()), 2*services)
		}
	}
	t.Logf("%d services with %d destinations in the table after %s", services, 2*services, time.Since(began).Round(100*time.Millisecond))
	wire.Steady(d1.Addr, 150, 20*time.Second)

	one := map[string]int{"set-dest": 1}
	change := func(how string, weight int, apply func()) {
		t.Helper()
		time.Sleep(2 * advert)
		netlink.Reset()
		since := time.Now()
		apply()
		line := fmt.Sprintf("-a -t 192.0.2.100:%d -r 192.0.2.33:%[1]d -g -w %d", 1000+services/2, weight)
		for end := time.Now().Add(time.Minute); !slices.Contains(d1.Table(), line); time.Sleep(200 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: the new weight did not arrive", how)
			}
		}
		within := time.Since(since).Round(10 * time.Millisecond)
		time.Sleep(2 * advert)
		if got := netlink.Counts(); !maps.Equal(got, one) {
			t.Errorf("%s: the kernel was asked for %v, want %v", how, got, one)
		}
		adverts := wire.Adverts(d1.Addr, since.Add(-advert))
		var longest time.Duration
		for i := 1; i < len(adverts); i++ {
			longest = max(longest, adverts[i].At.Sub(adverts[i-1].At))
		}
		if longest > advert+advert/10 {
			t.Errorf("%s: an advert came %s after the last one", how, longest)
		}
		t.Logf("%s: in the table within %s, longest wait for an advert %s", how, within, longest.Round(time.Millisecond))
	}
	change("SIGHUP", 2, func() {
		d.Write("keepalived.conf", config(2), 0o644)
		d.Signal(syscall.SIGHUP)
	})
	change("apply", 3, func() {
		for _, role := range []string{"vrrp", "lvs"} {
			if _, err := control.Dial(d.Run+"/"+role+".sock").Apply(t.Context(), control.ApplyRequest{Text: config(3)}); err != nil {
				t.Fatalf("apply to %s: %v", role, err)
			}
		}
	})
	began = time.Now()
	d.Stop()
	if left := d1.Table(); len(left) > 0 {
		t.Errorf("%d lines are left in the table after the stop", len(left))
	}
	t.Logf("stopped within %s", time.Since(began).Round(100*time.Millisecond))
}

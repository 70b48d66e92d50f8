package interop

import (
	"context"
	"testing"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/test/lab"
)

// A router that does not hear this node is named while both are master, and no longer.
func TestTwoMastersOverAWayThatLeadsInOneDirectionAreTold(t *testing.T) {
	t.Parallel()
	p := newPair(t, lab.Holdfast(), keepalived())
	p.d1.Write("keepalived.conf", peerConfig("MASTER", high, toPeers("192.0.2.32")), 0o644)
	p.d2.Write("keepalived.conf", peerConfig("BACKUP", low, toPeers("192.0.2.31")), 0o644)
	p.d2.Start()
	p.election()
	role := control.Dial(control.Socket(p.d1.Run, "vrrp"))
	told := func() string {
		status, err := role.Status(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range status.Instances[0].Incidents {
			if i.Code == code.TwoMasters {
				return i.Cause + " " + i.From
			}
		}
		return ""
	}
	n, before := p.lab.Node("d1"), time.Now()
	n.Run("ip", "neigh", "replace", p.a2.String(), "lladdr", "02:00:00:00:00:99", "nud", "permanent", "dev", "eth0")
	first := p.wire.Expect("d2 takes over", before, 3*masterDown, lab.From(p.a2, low))
	within(t, 10*time.Second, func() []string {
		if got := told(); got != code.OneWay+" "+p.a2.String() {
			return []string{"two masters, and told is " + got}
		}
		return nil
	})
	t.Logf("told %s after the first advert of the second master", time.Since(first.At).Round(10*time.Millisecond))
	n.Run("ip", "neigh", "del", p.a2.String(), "dev", "eth0")
	p.settled(10 * advert)
	within(t, 10*time.Second, func() []string {
		if got := told(); got != "" {
			return []string{"one master, and told is " + got}
		}
		return nil
	})
	p.d1.Stop()
	p.d2.Stop()
}

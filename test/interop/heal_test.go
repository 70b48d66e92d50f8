package interop

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/test/lab"
)

// After a partition there are two masters. Where the better one is heard first, the
// other gives way, and the clients know the address at the MAC that spoke last: its own.
// With higher_prio_send_advert it speaks once more, and the better one announces anew.
func TestAfterAPartitionTheBetterMasterAnnouncesWhereTheOtherSpokeOnceMore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ better, other lab.Program }{
		{keepalived(), lab.Holdfast()}, {lab.Holdfast(), keepalived()}, {keepalived(), keepalived()},
	} {
		t.Run(c.better.Name+" better than "+c.other.Name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, c.better, c.other)
			p.d2.Write("keepalived.conf", strings.Replace(config("BACKUP", low, p.d2.Etc+"/down"), "interface eth0", "interface eth0\n    higher_prio_send_advert", 1), 0o644)
			p.d1.Start()
			p.settled(masterDown + 5*advert)
			p.d2.Start()
			time.Sleep(3 * advert)
			p.apart(true)
			cut := time.Now()
			p.wire.Expect("d2 is master, too", cut, 2*masterDown, lab.From(p.a2, low))
			spoke := p.wire.Expect("d2 speaks", time.Now(), 2*advert, lab.From(p.a2, low))
			p.apart(false) // d1 is next: the two are not in step
			healed := p.wire.Expect("d1 speaks", spoke.At, 2*advert, lab.From(p.a1, high))
			last := p.wire.Expect("d2 speaks once more", healed.At, late, lab.From(p.a2, low))
			p.wire.Expect("d1 answers", last.At, late, lab.From(p.a1, high))
			p.announced(p.lab.Node("d1"), last)
			p.owns(p.lab.Node("d2"), false)
			time.Sleep(2 * advert)
			if more := p.wire.Adverts(p.a2, last.At.Add(time.Millisecond)); len(more) > 0 {
				p.Errorf("d2 went on: %v", more)
			}
		})
	}
}

// apart cuts the two directors off from each other; the wire still sees both.
func (p *pair) apart(cut bool) {
	p.Helper()
	word := map[bool]string{true: "on", false: "off"}[cut]
	for _, n := range []string{"d1", "d2"} {
		p.lab.Switch().Run("ip", "link", "set", fmt.Sprintf("p-%s", n), "type", "bridge_slave", "isolated", word)
	}
}

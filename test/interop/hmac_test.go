package interop

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/engine/kernel"
	"holdfast/test/lab"
)

// trailing is one router's side with signed adverts (auth_hmac), ten a second.
func trailing(priority int, key, words string) string {
	text := peerConfig("BACKUP", priority, words, "auth_hmac {\nkey 7 "+strings.Repeat(key, 32)+"\nactive_key 7\n}")
	return strings.Replace(text, "advert_int 1", "version 3\nadvert_int 0.1", 1)
}

// Two Holdfasts that sign: the better one takes over, a captured advert of it that is
// sent again, by the hand of the node itself, changes nothing, and a wrong key is told.
func TestAPairThatSignsElectsAndTakesNothingThatIsOldOrForged(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][2]string{
		"the group": {"", ""},
		"peers":     {toPeers("192.0.2.32"), toPeers("192.0.2.31")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, lab.Holdfast(), lab.Holdfast())
			p.d1.Write("keepalived.conf", trailing(high, "a", words[0]), 0o644)
			p.d2.Write("keepalived.conf", trailing(low, "a", words[1]), 0o644)
			began := time.Now()
			p.d2.Start()
			p.wire.Expect("d2 is master alone", began, masterDown, lab.From(p.a2, low))
			p.d1.Start()
			p.wire.Expect("d1 is better", began, masterDown, lab.From(p.a1, high))
			p.settled(5 * advert)
			last := p.lastAdvert(p.a1)

			p.d1.Signal(15)
			p.wire.Expect("d2 takes over after a goodbye", last.At, masterDown, lab.From(p.a2, low))
			p.d1.Wait(10 * time.Second)
			again := time.Now()
			if err := p.lab.Node("d1").Do(func() error { return replay(last) }); err != nil {
				t.Fatal(err)
			}
			p.wire.Expect("the advert of d1 once more", again, masterDown, lab.From(p.a1, high))
			p.said("d2", fmt.Sprintf("from=%s code=packet-replayed", p.a1))
			p.wire.Expect("d2 is master still", time.Now(), masterDown, lab.From(p.a2, low))
			p.owns(p.lab.Node("d2"), true)

			p.d1.Write("keepalived.conf", trailing(high, "b", words[0]), 0o644)
			again = time.Now()
			p.d1.Start()
			p.wire.Expect("d1 with another key", again, masterDown, lab.From(p.a1, high))
			p.said("d2", fmt.Sprintf("from=%s code=packet-hmac-failed", p.a1))
			p.wire.Expect("d2 is master still", time.Now(), masterDown, lab.From(p.a2, low))
		})
	}
}

// replay sends a captured advert once more.
func replay(f lab.Frame) error {
	group := f.Dst
	if !group.IsMulticast() {
		group = netip.IPv4Unspecified()
	}
	v, err := kernel.OpenVRRP("eth0", group)
	if err != nil {
		return err
	}
	defer v.Close()
	return v.Send(kernel.Header{Src: f.Src, Dst: f.Dst, TTL: int(f.Packet[8])}, f.Packet[20:])
}

// said waits until the log of a director has these words.
func (p *pair) said(director, words string) {
	p.Helper()
	logs, err := filepath.Glob(p.lab.Dir + "/" + director + "*.log")
	if err != nil || len(logs) == 0 {
		p.Fatalf("no logs: %v", err)
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(logs[0])
		if err == nil && strings.Contains(string(text), words) {
			return
		}
		if time.Now().After(end) {
			p.Fatalf("the log of %s says nothing of %s: %s", director, words, text)
		}
	}
}

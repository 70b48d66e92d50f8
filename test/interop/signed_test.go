package interop

import (
	"testing"
	"time"

	"holdfast/test/lab"
)

// signed is one router's side with an authentication header (auth_type AH).
func signed(state string, priority int, key string, words ...string) string {
	text := peerConfig(state, priority, append(words, "authentication {\nauth_type AH\nauth_pass "+key+"\n}")...)
	return text
}

func TestPairsWithAuthenticationHeadersElectTheirMaster(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][2]string{
		"the group": {"", ""},
		"peers":     {toPeers("192.0.2.32"), toPeers("192.0.2.31")},
	} {
		for _, programs := range [][2]lab.Program{{keepalived(), lab.Holdfast()}, {lab.Holdfast(), keepalived()}} {
			t.Run(programs[0].Name+" with "+programs[1].Name+" over "+name, func(t *testing.T) {
				t.Parallel()
				p := newPair(t, programs[0], programs[1])
				p.d1.Write("keepalived.conf", signed("MASTER", high, "abcd1234", words[0]), 0o644)
				p.d2.Write("keepalived.conf", signed("BACKUP", low, "abcd1234", words[1]), 0o644)
				p.d2.Start()
				p.election()
				p.crash()
				p.election()
				p.stop()
				for _, f := range p.wire.Since(time.Time{}) {
					if f.Kind == lab.Advert && f.Packet[9] != 51 {
						t.Fatalf("an advert without the header: %v", f)
					}
				}
				p.d2.Stop()
			})
		}
	}
}

// Where the keys differ both are master, and Holdfast says whose key it is that does not
// fit.
func TestAWrongKeyOfAnAuthenticationHeaderIsTold(t *testing.T) {
	t.Parallel()
	p := newPair(t, keepalived(), lab.Holdfast())
	p.d1.Write("keepalived.conf", signed("BACKUP", high, "abcd1234"), 0o644)
	p.d2.Write("keepalived.conf", signed("BACKUP", low, "other"), 0o644)
	before := time.Now()
	p.d1.Start()
	p.d2.Start()
	p.wire.Expect("d1 is master", before, 4*masterDown, lab.From(p.a1, high))
	p.wire.Expect("d2 is master, too", before, 4*masterDown, lab.From(p.a2, low))
	p.said("d2", "from="+p.a1.String()+" code=packet-auth-failed")
}

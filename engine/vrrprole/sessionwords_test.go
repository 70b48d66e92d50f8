package vrrprole

import (
	"net/netip"
	"testing"
	"time"

	"holdfast/engine/bfd"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// What keepalived.conf says of a session is what its rule says.
func TestWordsReachTheSession(t *testing.T) {
	whole := readConfig(t, `bfd_instance a {
    neighbor_ip 192.0.2.2
    source_ip 192.0.2.1
    min_rx 20
    min_tx 0.5
    min_tx 30
    idle_tx 500
    multiplier 3
    passive
    ttl 254
    max_hops 2
    multihop yes
    weight -20
    vrrp
}
bfd_instance b {
    neighbor_ip 2001:db8::2
    checker
}
bfd_instance c {
    neighbor_ip 192.0.2.3
}
vrrp_instance V {
    interface eth0
    virtual_router_id 1
    virtual_ipaddress {
        192.0.2.100
    }
    track_bfd {
        a
        b
        c weight 5 reverse
    }
}
vrrp_instance W {
    interface eth0
    virtual_router_id 2
    virtual_ipaddress {
        192.0.2.101
    }
}
vrrp_sync_group G {
    group {
        W
    }
    track_bfd {
        c
    }
}
`)
	if len(whole.BFDs) != 3 {
		t.Fatalf("%d sessions", len(whole.BFDs))
	}
	a, b, c := whole.BFDs[0], whole.BFDs[1], whole.BFDs[2]
	want := bfd.Session{MinTx: 30 * time.Millisecond, MinRx: 20 * time.Millisecond, IdleTx: 500 * time.Millisecond, Multiplier: 3, Passive: true, TTL: 254, MaxHops: 2}
	if got := ruleOf(a); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := keyOfSession(a); got != (sessionKey{"a", netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("192.0.2.1"), true}) || got.listen() != (listenKey{bfd.MultihopPort, false}) {
		t.Errorf("%+v", got)
	}
	if got := keyOfSession(b).listen(); got != (listenKey{bfd.Port, true}) {
		t.Errorf("%+v", got)
	}
	none := bfd.Session{MinTx: 10 * time.Millisecond, MinRx: 10 * time.Millisecond, IdleTx: time.Second, Multiplier: 5, TTL: 255}
	if got := ruleOf(c); got != none {
		t.Errorf("%+v, want %+v", got, none)
	}
	// Over IPv6 keepalived sends 64 where nothing is written: that is heard, and 255 is sent.
	if got := ruleOf(b); got.TTL != 255 || !got.Hears(64) || got.Hears(63) {
		t.Errorf("over IPv6: %+v", got)
	}
	tracks := map[string][]vrrp.Track{}
	for _, team := range newTeams(whole) {
		for _, r := range team.routers {
			for _, track := range r.core.Tracks {
				if track.Kind == vrrp.ByBFD {
					tracks[r.cfg.Name] = append(tracks[r.cfg.Name], track)
				}
			}
		}
	}
	v, w := tracks["V"], tracks["W"]
	if len(v) != 2 || v[0] != (vrrp.Track{Kind: vrrp.ByBFD, Name: "a", Weight: -20}) || v[1] != (vrrp.Track{Kind: vrrp.ByBFD, Name: "c", Weight: 5, Reverse: true}) {
		t.Errorf("V tracks %+v: b is for checks alone", v)
	}
	if len(w) != 1 || w[0] != (vrrp.Track{Kind: vrrp.ByBFD, Name: "c"}) {
		t.Errorf("W tracks %+v", w)
	}
}

func readConfig(t *testing.T, text string) model.Config {
	t.Helper()
	cfg, findings := model.Parse("x", []byte(text), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	return model.Resolve(cfg)
}

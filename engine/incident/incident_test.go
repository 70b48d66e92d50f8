package incident

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

var (
	t0    = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	own   = netip.MustParseAddr("192.0.2.1")
	peer  = netip.MustParseAddr("192.0.2.2")
	vip   = netip.MustParseAddr("192.0.2.100")
	other = netip.MustParseAddr("192.0.2.200")
)

// ago is an instant so many seconds before now, which is t0.
func ago(seconds float64) time.Time { return t0.Add(-time.Duration(seconds * float64(time.Second))) }

// heard is a router that advertises from one instant to another.
func heard(vrid, priority uint8, since, last time.Time, addrs ...netip.Addr) register.Entry {
	a := vrrp.Advert{Version: vrrp.Version2, Type: 1, VRID: vrid, Priority: priority, Interval: time.Second, Addrs: addrs}
	return register.Entry{
		Sender: register.Sender{Link: "eth0", VRID: vrid, From: peer}, Since: since, First: since, Last: last, Count: 9,
		Packet: vrrp.Packet{Payload: a.Append(nil, peer, vrrp.Group4), From: peer, To: vrrp.Group4, TTL: 255},
	}
}

func in(role vrrp.Role, since time.Time) Router {
	return Router{
		State:  vrrp.State{Role: role, Since: since, Priority: 100, Conditions: vrrp.Conditions{Source: own}},
		Advert: time.Second, Own: []netip.Addr{vip}, Told: []netip.Addr{vip},
	}
}

// found are the incidents of a router in one line each.
func found(r Router) (list []string) {
	for _, i := range Of(r, t0) {
		line := fmt.Sprintf("%s %s", i.Severity, i.Code)
		if i.Cause != "" {
			line += " because of " + i.Cause
		}
		if i.From.IsValid() {
			line += " from " + i.From.String()
		}
		if !i.Since.IsZero() {
			line += fmt.Sprintf(" for %v", t0.Sub(i.Since))
		}
		list = append(list, line)
	}
	return list
}

func TestWhatIsWrongFollowsFromWhatIsHeard(t *testing.T) {
	master, backup := in(vrrp.Master, ago(60)), in(vrrp.Backup, ago(60))
	fault := in(vrrp.Fault, ago(10))
	fault.State.Conditions.Fault, fault.State.Reason = vrrp.ScriptFailed, vrrp.ScriptFailed
	for what, c := range map[string]struct {
		in   Router
		do   func(*Router)
		want string
	}{
		"a backup that hears its master": {backup, func(r *Router) {
			r.State.Holder = peer
			r.Heard = []register.Entry{heard(51, 150, ago(60), ago(0.5), vip)}
		}, ""},
		"a master alone": {master, func(*Router) {}, "unknown backup-unknown for 1m0s"},
		"a master whose peer was master before": {master, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 90, ago(300), ago(61), vip)}
		}, "unknown backup-unknown from 192.0.2.2 for 1m0s"},
		"a master whose peers are all out of reach": {master, func(r *Router) {
			r.Peers, r.Silenced = 1, map[string]string{"192.0.2.2": "network is unreachable"}
		}, "warning backup-unknown because of peers-unreachable for 1m0s"},
		"another password": {master, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 150, ago(20), ago(1), vip)}
			r.Faults = []Fault{{Why: vrrp.AuthFailed, From: peer, Since: ago(20), Last: ago(1)}}
		}, "error two-masters because of packet-auth-failed from 192.0.2.2 for 20s"},
		"another version, and the other router fell silent because of ours": {master, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 150, ago(20), ago(15), vip)}
			r.Faults = []Fault{{Why: vrrp.BadVersion, From: peer, Since: ago(20), Last: ago(15), Muted: true}}
		}, "error two-masters because of packet-version from 192.0.2.2 for 20s"},
		"another password before the timer ran out": {backup, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 150, ago(2), ago(1), vip)}
			r.Faults = []Fault{{Why: vrrp.AuthFailed, From: peer, Since: ago(2), Last: ago(1)}}
		}, "warning wrong-password because of packet-auth-failed from 192.0.2.2 for 2s"},
		"another interval, of one that spoke before we were master": {master, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 150, ago(90), ago(63), vip)}
			r.Faults = []Fault{{Why: vrrp.BadInterval, From: peer, Since: ago(90), Last: ago(63)}}
		}, "warning wrong-interval because of packet-interval from 192.0.2.2 for 1m30s; unknown backup-unknown for 1m0s"},
		"a lower router that does not hear us": {master, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 90, ago(20), ago(0.2), vip)}
		}, "error two-masters because of one-way from 192.0.2.2 for 20s"},
		"a lower router that has not heard us yet": {master, func(r *Router) {
			r.State.Since = ago(1)
			r.Heard = []register.Entry{heard(51, 90, ago(20), ago(0.2), vip)}
		}, "unknown backup-unknown from 192.0.2.2 for 1s"},
		"our address under another number": {master, func(r *Router) {
			r.Others = []register.Entry{heard(52, 100, ago(20), ago(0.2), vip)}
		}, "error two-masters because of other-vrid from 192.0.2.2 for 20s"},
		"another address under another number": {master, func(r *Router) {
			r.Others = []register.Entry{heard(52, 100, ago(20), ago(0.2), other)}
		}, "unknown backup-unknown for 1m0s"},
		"our number for other addresses": {master, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 100, ago(20), ago(0.2), other)}
			r.Faults = []Fault{{Why: vrrp.OtherPair, From: peer, Since: ago(20), Last: ago(0.2)}}
		}, "warning vrid-taken because of packet-other-pair from 192.0.2.2 for 20s; unknown backup-unknown for 1m0s"},
		"our number for no address at all": {master, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 100, ago(20), ago(0.2))}
			r.Faults = []Fault{{Why: vrrp.NoAddresses, From: peer, Since: ago(20), Last: ago(0.2)}}
		}, "warning adverts-not-counted because of packet-no-addresses from 192.0.2.2 for 20s; unknown backup-unknown for 1m0s"},
		"our number for other addresses, with another password": {master, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 100, ago(20), ago(0.2), other)}
			r.Faults = []Fault{{Why: vrrp.AuthFailed, From: peer, Since: ago(20), Last: ago(0.2)}}
		}, "warning vrid-taken because of packet-auth-failed from 192.0.2.2 for 20s; unknown backup-unknown for 1m0s"},
		"other addresses beside ours": {backup, func(r *Router) {
			r.State.Holder = peer
			r.Heard = []register.Entry{heard(51, 150, ago(20), ago(0.2), vip, other)}
			r.Faults = []Fault{{Why: vrrp.OddAddresses, From: peer, Since: ago(20), Last: ago(0.2)}}
		}, "warning addresses-differ because of packet-addresses from 192.0.2.2 for 20s"},
		"other addresses beside ours, of a router that refuses ours and fell silent": {master, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 90, ago(20), ago(20), vip, other)}
			r.Faults = []Fault{{Why: vrrp.OddAddresses, From: peer, Since: ago(20), Last: ago(20), Muted: true}}
		}, "error two-masters because of packet-addresses from 192.0.2.2 for 20s"},
		"our own advert": {master, func(r *Router) {
			mine := heard(51, 100, ago(20), ago(0.2), vip)
			mine.From = own
			r.Heard, r.Faults = []register.Entry{mine}, []Fault{{Why: vrrp.OwnAddress, From: own, Since: ago(20), Last: ago(0.2)}}
		}, "warning own-advert-back because of packet-own-address from 192.0.2.1 for 20s; unknown backup-unknown for 1m0s"},
		"a fault, and nobody takes over": {fault, func(*Router) {}, "error no-master because of script-failed for 10s"},
		"a fault, and another one is master": {fault, func(r *Router) {
			r.Heard = []register.Entry{heard(51, 150, ago(9), ago(0.2), vip)}
		}, ""},
		"a fault a moment ago":               {fault, func(r *Router) { r.State.Since = ago(2) }, ""},
		"a fault that keeps us from hearing": {fault, func(r *Router) { r.Deaf = true }, ""},
		"a backup that waits for its group":  {backup, func(r *Router) { r.Grouped, r.State.Wants = true, true }, "error no-master because of group-waits for 1m0s"},
		"a backup in its quiet time":         {backup, func(r *Router) { r.Waits = true }, "error no-master because of startup-delay for 1m0s"},
	} {
		r := c.in
		c.do(&r)
		if got := strings.Join(found(r), "; "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", what, got, c.want)
		}
	}
}

func TestAddressesThatDifferAreNamed(t *testing.T) {
	r := in(vrrp.Backup, ago(60))
	r.State.Holder = peer
	r.Heard = []register.Entry{heard(51, 150, ago(20), ago(0.2), vip, other)}
	r.Faults = []Fault{{Why: vrrp.OddAddresses, From: peer, Since: ago(20), Last: ago(0.2)}}
	list := Of(r, t0)
	if len(list) != 1 || !slices.Equal(list[0].Addrs, []netip.Addr{other}) || list[0].Priority != 150 {
		t.Errorf("%+v", list)
	}
}

func TestTwoMastersBesideUsAreTold(t *testing.T) {
	r := in(vrrp.Backup, ago(60))
	third := heard(52, 77, ago(20), ago(0.2), vip)
	third.From = netip.MustParseAddr("192.0.2.3")
	r.State.Holder, r.Heard, r.Others = peer, []register.Entry{heard(51, 150, ago(60), ago(0.5), vip)}, []register.Entry{third}
	list := Of(r, t0)
	if len(list) != 1 || list[0].Code != code.TwoMasters || list[0].From != third.From || list[0].VRID != 52 {
		t.Errorf("%+v", list)
	}
}

package vrrprole

import (
	"net/netip"
	"slices"
	"testing"

	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

const lineWords = `
vrrp_script up {
    script "/bin/true"
    weight 5 reverse
}
vrrp_script down {
    script "/bin/true"
    weight 6 reverse
}
vrrp_script level {
    script "/bin/true"
    weight 9 reverse
}
vrrp_instance V {
    interface eth0
    virtual_router_id 7
    virtual_ipaddress {
        192.0.2.100/24 dev eth1 label eth1:v brd + scope site
        192.0.2.101/24 broadcast 192.0.2.255
        192.0.2.102/24 dev eth2 no_track
    }
    virtual_ipaddress_excluded {
        192.0.2.103/24 dev eth5
        192.0.2.104/24 dev eth6 no_track
        192.0.2.105 peer 192.0.2.9 brd +
        192.0.2.106/24 noprefixroute autojoin
        2001:db8::1/64 home -nodad preferred_lft 60
        2001:db8::2 mngtmpaddr
        2001:db8::3 preferred_lft forever
    }
    track_interface {
        eth3 weight 10 reverse
        eth4 weight 11 noreverse
    }
    track_script {
        up
        down weight 7
        level weight 8 noreverse
    }
}
`

func lineRouter(t *testing.T) *router {
	t.Helper()
	c, findings := model.Parse("x", []byte(lineWords), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	c = model.Resolve(c)
	return newRouter(c.Instances[0], c.Global, nil)
}

func TestWordsOfAnAddressReachTheKernel(t *testing.T) {
	r := lineRouter(t)
	want := []string{
		"ip address add 192.0.2.100/24 dev eth1 scope site label eth1:v brd 192.0.2.255",
		"ip address add 192.0.2.101/24 dev eth0 scope global brd 192.0.2.255",
		"ip address add 192.0.2.102/24 dev eth2 scope global",
		"ip address add 192.0.2.103/24 dev eth5 scope global",
		"ip address add 192.0.2.104/24 dev eth6 scope global",
		"ip address add 192.0.2.105 peer 192.0.2.9/32 dev eth0 scope global",
		"ip address add 192.0.2.106/24 dev eth0 scope global noprefixroute autojoin",
		"ip address add 2001:db8::1/64 dev eth0 scope global home preferred_lft 60",
		"ip address add 2001:db8::2/128 dev eth0 scope global mngtmpaddr nodad preferred_lft 0",
		"ip address add 2001:db8::3/128 dev eth0 scope global nodad",
	}
	if len(r.addrs) != len(want) {
		t.Fatalf("%d addresses: %v", len(r.addrs), r.addrs)
	}
	for i, a := range r.addrs {
		if got := (plan.Op{Verb: plan.AddAddress, Address: a}).String(); got != want[i] {
			t.Errorf("%s, want %s", got, want[i])
		}
	}
}

func TestAnAddressWithNoTrackIsNotLookedAfter(t *testing.T) {
	r := lineRouter(t)
	if !r.holds("eth1", netip.MustParsePrefix("192.0.2.100/24")) || r.holds("eth2", netip.MustParsePrefix("192.0.2.102/24")) {
		t.Error("no_track does not decide which address is put back")
	}
	for link, want := range map[string]bool{"eth1": true, "eth2": false, "eth5": true, "eth6": false} {
		tracked := slices.ContainsFunc(r.core.Tracks, func(t vrrp.Track) bool { return t.Name == link })
		if tracked != want {
			t.Errorf("%s is tracked: %v", link, tracked)
		}
	}
}

func TestWeightAndReverseOfATrackReachTheElection(t *testing.T) {
	for name, want := range map[string]vrrp.Track{
		"eth3": {Kind: vrrp.ByInterface, Name: "eth3", Weight: 10, Reverse: true},
		"eth4": {Kind: vrrp.ByInterface, Name: "eth4", Weight: 11}, // noreverse
		"up":   {Kind: vrrp.ByScript, Name: "up", Weight: 5, Reverse: true},
		// keepalived's alloc_track_script: the sense is the script's where the line does not name one.
		"down":  {Kind: vrrp.ByScript, Name: "down", Weight: 7, Reverse: true},
		"level": {Kind: vrrp.ByScript, Name: "level", Weight: 8},
	} {
		if !slices.Contains(lineRouter(t).core.Tracks, want) {
			t.Errorf("%s: %+v", name, lineRouter(t).core.Tracks)
		}
	}
}

func TestOwnerThatSparesAnAddressTracksTheOthersAsWritten(t *testing.T) {
	r := lineRouter(t)
	r.core.Priority = vrrp.PriorityOwner
	first := r.addrs[0]
	links := map[string]kernel.Link{first.Link: {Name: first.Link, Addrs: []netip.Prefix{first.Prefix}}}
	spareOwn(links, []*team{{routers: []*router{r}}}, nil)
	if len(r.addrs) != 9 || !r.holds("eth0", netip.MustParsePrefix("192.0.2.101/24")) || r.holds("eth2", netip.MustParsePrefix("192.0.2.102/24")) {
		t.Errorf("no_track moved to another address of %v", r.addrs)
	}
}

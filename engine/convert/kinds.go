package convert

import "slices"

// Kind is what a difference means to a pair. Its sentence has the id
// "pair.kind.KIND" in assets, but for Setting, which needs none.
type Kind string

// The kinds: it tells the nodes apart; it has to be the same, or the routers do not
// understand each other; it is the same although it should tell them apart; any other
// setting.
const (
	Identity   Kind = "identity"
	MustAgree  Kind = "must-agree"
	MustDiffer Kind = "must-differ"
	Setting    Kind = "setting"
)

// The words of these kinds. alone are identity words of which both nodes may hardly
// have the same. No table declares this: the test holds that each is a word of
// keepalived.conf.
var (
	identity  = []string{"router_id", "state", "interface", "priority", "unicast_src_ip", "mcast_src_ip", "unicast_peer", "smtp_helo_name", "notification_email_from", "instance"}
	mustAgree = []string{"virtual_router_id", "advert_int", "auth_type", "auth_pass", "auth_hmac", "anti_replay", "version", "vrrp_version", "vrrp_mcast_group4", "vrrp_mcast_group6", "mcast_dst_ip", "virtual_ipaddress"}
	alone     = []string{"router_id", "unicast_src_ip", "mcast_src_ip"}
)

func kindOf(word string) Kind {
	switch {
	case slices.Contains(identity, word):
		return Identity
	case slices.Contains(mustAgree, word):
		return MustAgree
	}
	return Setting
}

package beside

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/engine/plan"
	"holdfast/test/lab"
)

// option is a virtual server with words of its own, and what a reload makes of them.
// Its address follows from its place in the list.
type option struct {
	name          string
	virtual       string // words of the virtual server, in place of rr and NAT over TCP
	server        string // words of its first real server
	then, thenTwo string // both after the reload
	six           bool   // it is of IPv6, with its servers
	portless      bool   // it has no port
	apart         string // why the kernel has otherwise after the reload; "" is that it has not
}

const tcp = "protocol TCP\n"

func sched(words string) string { return tcp + "lvs_sched " + words }

// options are the words of virtual and real servers that the table shows, one a row.
func options() (list []option) {
	for _, s := range strings.Fields("rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq") {
		list = append(list, option{name: "lvs_sched " + s, virtual: sched(s), then: sched("rr")})
	}
	for _, f := range strings.Fields("flag-1 flag-2 flag-3 sh-port sh-fallback mh-port mh-fallback") {
		list = append(list, option{name: f, virtual: sched("sh\n" + f), then: sched("mh\n" + f)})
	}
	all := func(name, virtual, server, then, thenTwo string) {
		list = append(list, option{name: name, virtual: virtual, server: server, then: then, thenTwo: thenTwo})
	}
	all("lb_algo and lb_kind", tcp+"lb_algo wrr\nlb_kind DR", "", tcp+"lb_algo rr\nlb_kind NAT", "")
	all("nothing but the protocol", tcp, "", tcp+"lvs_sched lc", "")
	all("ops", "protocol UDP\nlvs_sched rr\nops", "", "protocol UDP\nlvs_sched rr", "")
	all("hashed", sched("rr\nhashed"), "", sched("rr"), "")
	all("protocol UDP", "protocol UDP\nlvs_sched rr", "", "protocol UDP\nlvs_sched wrr", "")
	all("protocol SCTP", "protocol SCTP\nlvs_sched rr", "", "protocol SCTP\nlvs_sched wrr", "")
	for _, p := range []string{"persistence_timeout 50", "persistence_timeout", "persistence_timeout 600\npersistence_granularity 255.255.255.0",
		"persistence_granularity 255.255.240.0", "persistence_timeout 50\nops", "persistence_timeout 2678400"} {
		all(strings.ReplaceAll(p, "\n", ", "), sched("rr\n"+p), "", sched("rr"), "")
		all("then "+strings.ReplaceAll(p, "\n", ", "), sched("rr"), "", sched("rr\n"+p), "")
	}
	all("persistence_engine", "protocol UDP\nlvs_sched rr\npersistence_timeout 60\npersistence_engine sip", "", "protocol UDP\nlvs_sched rr\npersistence_timeout 70\npersistence_engine sip", "")
	all("persistence_engine alone", "protocol UDP\nlvs_sched rr\npersistence_engine sip", "", "protocol UDP\nlvs_sched wrr\npersistence_engine sip", "")
	for _, m := range []string{"NAT", "DR", "TUN", "TUN type ipip", "TUN type gue port 6080", "TUN type gue port 6080 nocsum", "TUN type gue port 6080 csum", "TUN type gue port 6080 remcsum",
		"TUN type gre", "TUN type gre csum", "TUN type gue", "TUN type gre remcsum", "TUN type ipip csum", "TUN nocsum"} {
		all("lvs_method "+m, sched("rr\nlvs_method "+m), "", sched("wrr\nlvs_method "+m), "weight 3")
		all("lvs_method "+m+" of a server", sched("rr"), "lvs_method "+m, sched("wrr"), "weight 3\nlvs_method "+m)
	}
	all("a server of its own method", sched("rr\nlvs_method TUN type gue port 6080"), "lvs_method DR", sched("rr\nlvs_method TUN type gue port 6080"), "lvs_method DR\nweight 2")
	all("another kind of tunnel", sched("rr\nlvs_method TUN type gre"), "lvs_method TUN", sched("rr\nlvs_method TUN type gre"), "lvs_method TUN\nweight 2")
	for _, w := range []string{"weight 0", "weight 5", "weight 65535", "weight 2147483647"} {
		all(w, sched("rr"), w, sched("rr"), "weight 7")
		all(w+" of all", sched("rr\n"+strings.Replace(w, " 0", " 1", 1)), "", sched("rr\nweight 7"), "")
	}
	all("thresholds and weight", sched("rr"), "uthreshold 100\nlthreshold 50", sched("rr"), "weight 2\nuthreshold 100\nlthreshold 50")
	list = append(list, option{name: "thresholds", virtual: sched("rr"), server: "uthreshold 100\nlthreshold 50", then: sched("rr"), thenTwo: "uthreshold 4294967295\nlthreshold 1",
		apart: "keepalived tells the kernel of a threshold that changes only where the weight changes, too"})
	for _, v := range []string{"lvs_sched rr", "lvs_method DR", "lvs_method TUN", "persistence_timeout 50\npersistence_granularity 48", "sorry_server fd00::99 80\nsorry_server_inhibit"} {
		list = append(list, option{name: strings.ReplaceAll(v, "\n", ", ") + " of IPv6", virtual: tcp + v, then: tcp + v, thenTwo: "weight 4", six: true})
	}
	for _, v := range []string{"lvs_method NAT", "lvs_method DR", "persistence_timeout 90", "sorry_server 192.0.2.99 80"} {
		list = append(list, option{name: strings.ReplaceAll(v, "\n", ", ") + " without a port", virtual: sched("rr\n" + v), then: sched("wrr\n" + v), portless: true})
	}
	all("inhibit_on_failure", sched("rr\ninhibit_on_failure"), "", sched("wrr\ninhibit_on_failure"), "")
	all("alpha", sched("rr\nalpha"), "TCP_CHECK {\n}", sched("wrr\nalpha"), "TCP_CHECK {\n}")
	all("alpha and inhibit_on_failure", sched("rr\nalpha\ninhibit_on_failure"), "TCP_CHECK {\n}", sched("wrr\nalpha\ninhibit_on_failure"), "TCP_CHECK {\n}")
	all("alpha of a server", sched("rr"), "alpha\nTCP_CHECK {\n}", sched("wrr"), "alpha\nTCP_CHECK {\n}")
	all("alpha of a check", sched("rr"), "TCP_CHECK {\nalpha\n}", sched("wrr"), "TCP_CHECK {\nalpha\n}")
	all("sorry_server", sched("rr\nsorry_server 192.0.2.99 80"), "", sched("wrr\nsorry_server 192.0.2.98 80"), "")
	all("sorry_server in use", sched("rr\nalpha\nquorum 2\nsorry_server 192.0.2.99 8080"), "alpha\nTCP_CHECK {\n}", sched("wrr\nalpha\nquorum 2\nsorry_server 192.0.2.99 8080"), "alpha\nTCP_CHECK {\n}")
	all("sorry_server_lvs_method", sched("rr\nquorum 2\nsorry_server 192.0.2.99 80\nsorry_server_lvs_method TUN type gre csum"), "alpha\nTCP_CHECK {\n}",
		sched("wrr\nquorum 2\nsorry_server 192.0.2.99 80\nsorry_server_lvs_method TUN type gre csum"), "alpha\nTCP_CHECK {\n}")
	all("sorry_server_inhibit", sched("rr\nsorry_server 192.0.2.99 80\nsorry_server_inhibit"), "", sched("wrr\nsorry_server 192.0.2.99 80\nsorry_server_inhibit"), "")
	all("quorum and hysteresis", sched("rr\nquorum 2\nhysteresis 1\nsorry_server 192.0.2.99 80"), "weight 3", sched("rr\nquorum 3\nhysteresis 1\nsorry_server 192.0.2.99 80"), "weight 3")
	return list
}

// text is the file with all of them, after the reload or before.
func text(list []option, after bool) string {
	var b strings.Builder
	for i, o := range list {
		virtual, server := o.virtual, o.server
		if after {
			virtual, server = o.then, o.thenTwo
		}
		port, net := " 80", "192.0.2."
		if o.portless {
			port = ""
		}
		if o.six {
			net = "fd00::"
		}
		fmt.Fprintf(&b, "# %s\nvirtual_server %s%s {\n%s\nreal_server %s33 80 {\n%s\n}\nreal_server %s34 80 {\n}\n}\n", o.name, o.address(i), port, virtual, net, server, net)
	}
	// The last one tells that all is there.
	fmt.Fprintf(&b, "virtual_server fwmark %d {\nlvs_sched rr\nreal_server 192.0.2.33 80 {\n}\n}\n", markOf(after))
	return b.String()
}

func markOf(after bool) uint32 {
	if after {
		return 2
	}
	return 1
}

// address is that of the i-th of the list.
func (o option) address(i int) netip.Addr {
	if o.six {
		return netip.AddrFrom16([16]byte{0: 0xfd, 15: byte(i)})
	}
	return netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
}

func TestGuestEveryOptionMakesTheTableThatKeepalivedMakes(t *testing.T) {
	t.Parallel()
	list := options()
	theirs, ours := newHost(t, lab.Keepalived(), text(list, false)), newHost(t, lab.Holdfast(), text(list, false))
	for _, after := range []bool{false, true} {
		if after {
			for _, h := range []*host{theirs, ours} {
				h.Write("keepalived.conf", text(list, true), 0o644)
				h.Signal(syscall.SIGHUP)
			}
		}
		mark := plan.MarkKey(markOf(after), false)
		want := reached(t, theirs, func(s plan.State) bool { return hasServed(s, mark) })
		as := alike(list, after)
		got := reached(t, ours, func(s plan.State) bool { return cmp.Equal(as(s), as(want), same) })
		if len(want.Services) < len(list) {
			t.Fatalf("keepalived has %d services", len(want.Services))
		}
		for i, o := range list {
			t.Run(fmt.Sprintf("%s/%v", strings.ReplaceAll(o.name, "/", "-"), after), func(t *testing.T) {
				d := cmp.Diff(servicesAt(want, o.address(i)), servicesAt(got, o.address(i)), same)
				if apart := after && o.apart != ""; apart == (d == "") {
					t.Errorf("the kernel has (+) beside keepalived (-), apart %q:\n%s", o.apart, d)
				}
			})
		}
	}
	ours.Stop()
	if left := ours.state(); len(left.Services) > 0 {
		t.Errorf("holdfast leaves\n%s", words(left))
	}
}

// alike leaves of a state what is the same after the reload, or before.
func alike(list []option, after bool) func(plan.State) plan.State {
	return func(s plan.State) plan.State {
		s.Services = slices.DeleteFunc(slices.Clone(s.Services), func(v plan.Service) bool {
			i := slices.IndexFunc(list, func(o option) bool { return o.apart != "" })
			return after && i >= 0 && v.Key.Addr == list[i].address(i)
		})
		return s
	}
}

// hasServed says whether the service of a mark is there with its server.
func hasServed(s plan.State, mark plan.ServiceKey) bool {
	return slices.ContainsFunc(s.Services, func(v plan.Service) bool { return v.Key == mark && len(v.Destinations) > 0 })
}

func servicesAt(s plan.State, a netip.Addr) (list []plan.Service) {
	for _, v := range s.Services {
		if v.Key.Addr == a && v.Key.Mark == 0 {
			list = append(list, v)
		}
	}
	return list
}

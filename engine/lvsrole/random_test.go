package lvsrole

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// allSchedulers are those that a text can name.
var allSchedulers = strings.Fields("rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq twos")

// randomText is a configuration of up to four virtual servers out of ten, with up
// to four real servers out of six each, so that two texts have much in common.
func randomText(r *rand.Rand, schedulers []string) string {
	var b strings.Builder
	for _, i := range r.Perm(10)[:r.IntN(5)] {
		randomVirtual(&b, r, i, schedulers)
	}
	return b.String()
}

func randomVirtual(b *strings.Builder, r *rand.Rand, i int, schedulers []string) {
	line := func(odds float64, format string, args ...any) {
		if r.Float64() < odds {
			fmt.Fprintf(b, format+"\n", args...)
		}
	}
	one := func(words ...string) string { return words[r.IntN(len(words))] }
	net, any := "10.9.0.", "192.0.2."
	if i%3 == 0 {
		net, any = "2001:db8:9::", "2001:db8::"
	}
	port := 80 + i/4*363
	if i == 7 {
		port = 0
	}
	fmt.Fprintf(b, "virtual_server %s%d %d {\nprotocol %s\nlvs_sched %s\nlvs_method %s\n",
		any, 100+i/2, port, []string{"TCP", "UDP"}[i%2], one(schedulers...), one("NAT", "DR", "TUN"))
	b.WriteString("delay_loop 2\nwarmup 0\nretry 0\n")
	for _, flag := range []string{"flag-1", "flag-2", "flag-3"} {
		line(0.2, "%s", flag)
	}
	line(0.3, "ops")
	line(0.3, "persistence_timeout %d", 10+10*r.IntN(3))
	if i%3 != 0 {
		line(0.2, "persistence_granularity 255.255.255.%d", []int{0, 128, 255}[r.IntN(3)])
	}
	line(0.2, "alpha")
	line(0.3, "quorum %d", 1+r.IntN(6))
	line(0.2, "hysteresis %d", r.IntN(2))
	line(0.2, "inhibit_on_failure")
	if r.Float64() < 0.5 {
		fmt.Fprintf(b, "sorry_server %s%d %d\n", net, 1+r.IntN(7), 8080)
		line(0.4, "sorry_server_inhibit")
		line(0.4, "sorry_server_lvs_method %s", one("NAT", "DR", "TUN"))
	}
	for _, s := range r.Perm(6)[:r.IntN(5)] {
		fmt.Fprintf(b, "real_server %s%d %d {\nweight %d\n", net, 1+s, port, r.IntN(5))
		line(0.3, "lvs_method %s", one("NAT", "DR", "TUN"))
		line(0.3, "inhibit_on_failure")
		if r.Float64() < 0.3 {
			lower := 1 + r.IntN(50)
			fmt.Fprintf(b, "lthreshold %d\nuthreshold %d\n", lower, lower+1+r.IntN(50))
		}
		for check := range r.IntN(3) {
			fmt.Fprintf(b, "TCP_CHECK {\nconnect_port %d\n}\n", 8000+check+r.IntN(2)*10)
		}
		b.WriteString("}\n")
	}
	b.WriteString("}\n")
}

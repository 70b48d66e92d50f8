package interop

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/test/lab"
)

// situation is a virtual router of a pair: what Holdfast on d1 says of it before and after
// a reload, what keepalived on d2 says, and what has to be told of that.
type situation struct {
	what          string
	before, after string // words of d1; "" is no instance
	peer          string // words of d2; "" is no instance
	forecast      string // code and cause of the plan
	incidents     string // codes and causes after it, in their order
	d1, d2        bool   // who holds the address in the end
	vrid          int    // that d1 has after the reload, where it is another one
	addr          string // of d2, where it is another one
	why           string // of d1, after the reload
	whether       string // what the script that it tracks would change, after the reload
	failed        bool   // d1 holds the address while the script fails
}

// prio is the plain way to say an instance.
func prio(n int, words ...string) string {
	return fmt.Sprintf("priority %d\nadvert_int 1\n%s", n, strings.Join(words, "\n"))
}

const (
	one   = "authentication {\nauth_type PASS\nauth_pass one\n}"
	other = "authentication {\nauth_type PASS\nauth_pass other\n}"
)

// tracks is an instance's wish to lose so much with the script chk.
func tracks(weight int) string { return fmt.Sprintf("track_script {\nchk weight %d\n}", weight) }

var situations = []situation{
	{what: "the backup becomes the better one", why: code.WhyBetter, before: prio(90), after: prio(150), peer: prio(100), forecast: code.ForecastWins, incidents: code.BackupUnknown, d1: true},
	{what: "the backup stays the lower one", why: code.WhyLower, before: prio(90), after: prio(99), peer: prio(100), d2: true},
	{what: "the backup may not preempt", why: code.WhyNoPreempt, before: prio(90, "nopreempt"), after: prio(150, "nopreempt"), peer: prio(100), d2: true},
	{what: "the backup preempts after a delay", why: code.WhyBetter, before: prio(90), after: prio(150, "preempt_delay 2"), peer: prio(100), forecast: code.ForecastWins, incidents: code.BackupUnknown, d1: true},
	{what: "the backup takes another password", why: code.WhyAlone, before: prio(90, one), after: prio(90, other), peer: prio(100, one),
		forecast: code.ForecastTwo + " " + code.PacketAuthFailed, incidents: code.TwoMasters + " " + code.PacketAuthFailed, d1: true, d2: true},
	{what: "the backup takes no password", why: code.WhyAlone, before: prio(90, one), after: prio(90), peer: prio(100, one),
		forecast: code.ForecastTwo + " " + code.PacketAuthMismatch, incidents: code.TwoMasters + " " + code.PacketAuthMismatch, d1: true, d2: true},
	{what: "the backup takes another interval", why: code.WhyAlone, before: prio(90), after: "priority 90\nadvert_int 2", peer: prio(100),
		forecast: code.ForecastTwo + " " + code.PacketInterval, incidents: code.TwoMasters + " " + code.PacketInterval, d1: true, d2: true},
	{what: "the backup takes another version", why: code.WhyAlone, before: prio(90), after: prio(90, "version 3"), peer: prio(100),
		forecast: code.ForecastTwo + " " + code.PacketVersion, incidents: code.TwoMasters + " " + code.PacketVersion, d1: true, d2: true},
	{what: "the backup takes another number", why: code.WhyAlone, before: prio(90), after: prio(90), peer: prio(100), vrid: 201,
		forecast: code.ForecastTwo + " " + code.OtherVRID, incidents: code.TwoMasters + " " + code.OtherVRID, d1: true, d2: true},
	{what: "the master takes another number", why: code.WhyAlone, before: prio(150), after: prio(150), peer: prio(100), vrid: 202,
		forecast: code.ForecastMayBeTwo + " " + code.OtherVRID, incidents: code.TwoMasters + " " + code.OtherVRID, d1: true, d2: true},
	{what: "the master takes another password", why: code.WhyAlone, before: prio(150, one), after: prio(150, other), peer: prio(100, one),
		forecast: code.ForecastMayBeTwo + " " + code.PacketAuthFailed, incidents: code.TwoMasters + " " + code.PacketAuthFailed, d1: true, d2: true},
	{what: "the master stays the better one", why: code.WhyBetter, before: prio(150), after: prio(120), peer: prio(100), incidents: code.BackupUnknown, d1: true},
	{what: "the master becomes the lower one", why: code.WhyLower, before: prio(150), after: prio(80), peer: prio(100), forecast: code.ForecastMayYield, d2: true},
	{what: "the master depends on a link that is missing", why: code.WhyFault, before: prio(150), after: prio(150, "track_interface {\neth9\n}"), peer: prio(100),
		forecast: code.ForecastLeaves + " " + code.NoInterface, d2: true},
	{what: "a better one is new", why: code.WhyBetter, after: prio(150), peer: prio(100), forecast: code.ForecastWins, incidents: code.BackupUnknown, d1: true},
	{what: "a lower one is new", why: code.WhyLower, after: prio(50), peer: prio(100), forecast: code.ForecastOther, d2: true},
	{what: "the only one is new", why: code.WhyAlone, after: prio(50), forecast: code.ForecastTakes, incidents: code.BackupUnknown, d1: true},
	{what: "the master goes", before: prio(150), peer: prio(100), forecast: code.ForecastLeaves + " " + code.Removed, d2: true},
	{what: "the backup has one address more", why: code.WhyBetter, before: prio(150), after: prio(150), peer: prio(100, "#more"),
		incidents: code.AddressesDiffer + " " + code.PacketAddresses + ", " + code.BackupUnknown, d1: true, d2: true},
	{what: "a script takes too little", before: prio(150), after: prio(150, tracks(-49)), peer: prio(100),
		incidents: code.BackupUnknown, d1: true, why: code.WhyBetter, whether: "fails 101 stays", failed: true},
	{what: "a script takes enough", before: prio(150), after: prio(150, tracks(-60)), peer: prio(100),
		incidents: code.BackupUnknown, d1: true, why: code.WhyBetter, whether: "fails 90 there"},
	{what: "a script without a weight", before: prio(150), after: prio(150, tracks(0)), peer: prio(100),
		incidents: code.BackupUnknown, d1: true, why: code.WhyBetter, whether: "fails 0 fault"},
	{what: "another pair has the number", why: code.WhyAlone, before: prio(150), after: prio(150), peer: prio(100), addr: "192.0.2.99",
		incidents: code.VRIDTaken + " " + code.PacketOtherPair + ", " + code.BackupUnknown, d1: true},
	{what: "the backup speaks to the group, its master to peers", why: code.WhyAlone, before: prio(90, toPeers("192.0.2.32")), after: prio(90), peer: prio(100, toPeers("192.0.2.31")),
		forecast: code.ForecastTwo + " " + code.PacketUnicast, incidents: code.TwoMasters + " " + code.PacketUnicast, d1: true, d2: true},
}

// vip is the address of the situation with an index.
func vip(i int) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, byte(100 + i)}) }

// textOf is the text of one director.
func textOf(say func(s situation) (words, addr string, vrid int)) string {
	var b strings.Builder
	for i, s := range situations {
		words, addr, vrid := say(s)
		if words == "" {
			continue
		}
		if addr == "" {
			addr = vip(i).String()
		}
		if vrid == 0 {
			vrid = i + 1
		}
		more := ""
		if strings.Contains(words, "#more") {
			more = fmt.Sprintf("198.51.100.%d/32\n", i)
		}
		fmt.Fprintf(&b, "vrrp_instance VI_%d {\nstate BACKUP\ninterface eth0\nvirtual_router_id %d\nvirtual_ipaddress {\n%s/32\n%s}\n%s\n}\n", i, vrid, addr, more, words)
	}
	return b.String()
}

// TestWhatIsToldOfASituationIsWhatHappens plays all situations at once, each in a virtual
// router of its own: the forecast is asked for before the reload; holders and incidents
// are compared after it.
func TestWhatIsToldOfASituationIsWhatHappens(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2"}})
	n1, n2 := l.Node("d1"), l.Node("d2")
	n2.Direct(keepalived(), textOf(func(s situation) (string, string, int) { return s.peer, s.addr, 0 }))
	within(t, 20*time.Second, func() (wrong []string) {
		for i, s := range situations {
			if s.peer != "" && s.addr == "" && !n2.Holds(vip(i)) {
				wrong = append(wrong, s.what+": keepalived is not master yet")
			}
		}
		return wrong
	})
	down := l.Dir + "/d1/etc/down"
	chk := fmt.Sprintf("global_defs {\nscript_user root\n}\nvrrp_script chk {\nscript \"/usr/bin/test ! -f %s\"\ninterval 1\n}\n", down)
	d1 := n1.Direct(lab.Holdfast(), chk+textOf(func(s situation) (string, string, int) { return s.before, "", 0 }))
	role := control.Dial(control.Socket(d1.Run, "vrrp"))
	within(t, 30*time.Second, func() (wrong []string) {
		for i, s := range situations {
			if s.before != "" && n1.Holds(vip(i)) != strings.HasPrefix(s.before, prio(150)) {
				wrong = append(wrong, s.what+": before the reload d1 is not what it should be")
			}
		}
		return wrong
	})
	next := chk + textOf(func(s situation) (string, string, int) { return s.after, "", s.vrid })
	planned, err := role.Plan(context.Background(), next)
	if err != nil || !planned.Foretold {
		t.Fatal(err, planned.Foretold)
	}
	for i, s := range situations {
		var got []string
		for _, f := range planned.Forecast {
			if f.Object == fmt.Sprintf("VI_%d", i) {
				got = append(got, strings.TrimSpace(f.Code+" "+f.Cause))
			}
		}
		if strings.Join(got, ", ") != s.forecast {
			t.Errorf("%s: foretold %q, want %q", s.what, got, s.forecast)
		}
	}
	d1.Write("keepalived.conf", next, 0o644)
	d1.Signal(syscall.SIGHUP)
	within(t, 30*time.Second, func() (wrong []string) {
		status, err := role.Status(context.Background())
		if err != nil {
			return []string{err.Error()}
		}
		for i, s := range situations {
			if got := incidentsOf(status, i); got != s.incidents {
				wrong = append(wrong, fmt.Sprintf("%s: told of %q, want %q", s.what, got, s.incidents))
			}
			if code, whether := whyOf(status, i); code != s.why || whether != s.whether {
				wrong = append(wrong, fmt.Sprintf("%s: why %s and whether %q, want %s and %q", s.what, code, whether, s.why, s.whether))
			}
			if d1, d2 := n1.Holds(vip(i)), n2.Holds(vip(i)); d1 != s.d1 || d2 != s.d2 {
				wrong = append(wrong, fmt.Sprintf("%s: held by d1 %v, by d2 %v", s.what, d1, d2))
			}
		}
		return wrong
	})
	d1.Write("down", "", 0o644)
	within(t, 20*time.Second, func() (wrong []string) {
		for i, s := range situations {
			if s.whether != "" && (n1.Holds(vip(i)) != s.failed || n2.Holds(vip(i)) == s.failed) {
				wrong = append(wrong, s.what+": the script fails, and the address is not where it was said to be")
			}
		}
		return wrong
	})
}

// whyOf is why the situation with an index is as it is, and what its script would change.
func whyOf(status control.Status, i int) (why, whether string) {
	at := slices.IndexFunc(status.Instances, func(in control.InstanceStatus) bool { return in.Name == fmt.Sprintf("VI_%d", i) })
	if at < 0 || status.Instances[at].Why == nil {
		return "", ""
	}
	y := status.Instances[at].Why
	for _, one := range y.Ifs {
		if one.Kind == "script" && one.Fails {
			whether += fmt.Sprintf("fails %d %s", one.Priority, one.Code)
		}
	}
	return y.Code, whether
}

// incidentsOf are those of the situation with an index.
func incidentsOf(status control.Status, i int) string {
	at := slices.IndexFunc(status.Instances, func(in control.InstanceStatus) bool { return in.Name == fmt.Sprintf("VI_%d", i) })
	if at < 0 {
		return ""
	}
	var list []string
	for _, one := range status.Instances[at].Incidents {
		list = append(list, strings.TrimSpace(one.Code+" "+one.Cause))
	}
	return strings.Join(list, ", ")
}

// within waits until nothing is wrong any more.
func within(t *testing.T, limit time.Duration, look func() (wrong []string)) {
	t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(100 * time.Millisecond) {
		wrong := look()
		if len(wrong) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatal(strings.Join(wrong, "\n"))
		}
	}
}

package why

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"holdfast/engine/vrrp"
)

var (
	t0   = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	peer = netip.MustParseAddr("192.0.2.2")
)

// script is a tracked script that is well, or fails.
func script(name string, weight int, well bool) Tracked {
	t := Tracked{Track: vrrp.Track{Kind: vrrp.ByScript, Name: name, Weight: weight}, Answer: vrrp.Bad}
	if well {
		t.Answer = vrrp.Good
	}
	return t
}

// instance is one in a role, of a base priority, with what it tracks.
func instance(role vrrp.Role, base uint8, other uint8, tracks ...Tracked) Instance {
	in := Instance{Core: vrrp.Instance{Priority: base, Advert: time.Second}, Tracks: tracks}
	adjust := 0
	for _, t := range tracks {
		adds, fault := t.Means(t.Answer, t.Value)
		if adjust += adds; fault != vrrp.NoReason {
			in.State.Conditions.Fault = fault
		}
	}
	in.State.Role, in.State.Priority = role, in.Core.Effective(adjust)
	if other > 0 {
		in.Other = Router{peer, other}
	}
	return in
}

// said is all that is told of an instance, in a line.
func said(in Instance) string {
	w := Of(in, t0)
	s := w.Code
	if w.Sum != "" {
		s += "; " + w.Sum
	}
	for _, i := range w.Ifs {
		verb := "comes back"
		if i.Fails {
			verb = "fails"
		}
		s += fmt.Sprintf("; if %s %s %d %s", i.Name, verb, i.Priority, i.Code)
	}
	return s
}

func TestEachRoleHasItsReasonItsSumAndWhatWouldChangeIt(t *testing.T) {
	noPreempt := instance(vrrp.Backup, 150, 100)
	noPreempt.Core.NoPreempt = true
	delayed := instance(vrrp.Backup, 150, 100)
	delayed.State.Preempt = t0.Add(time.Minute)
	waits := instance(vrrp.Backup, 150, 0)
	waits.State.Wants = true
	for what, c := range map[string]struct {
		in   Instance
		want string
	}{
		"a master alone":                           {instance(vrrp.Master, 100, 0), "alone"},
		"an owner":                                 {instance(vrrp.Master, 255, 0), "owner"},
		"a better master":                          {instance(vrrp.Master, 100, 98), "better"},
		"a master whose better peer is silent":     {instance(vrrp.Master, 100, 150), "unheard"},
		"a backup of a better one":                 {instance(vrrp.Backup, 99, 100), "lower"},
		"a backup of an equal one":                 {instance(vrrp.Backup, 100, 100), "equal"},
		"a backup that may not preempt":            {noPreempt, "no-preempt"},
		"a backup whose delay is not over":         {delayed, "delay"},
		"a backup that is about to preempt":        {instance(vrrp.Backup, 150, 100), "soon"},
		"a backup that has heard nobody":           {instance(vrrp.Backup, 150, 0), "listens"},
		"a backup that waits for its group":        {waits, "group"},
		"one that begins":                          {instance(vrrp.Init, 100, 0), "begins"},
		"a script that takes too little":           {instance(vrrp.Master, 101, 98, script("chk", -2, true)), "better; if chk fails 99 stays"},
		"a script that takes enough":               {instance(vrrp.Master, 101, 100, script("chk", -2, true)), "better; if chk fails 99 there"},
		"a script that makes them equal":           {instance(vrrp.Master, 101, 99, script("chk", -2, true)), "better; if chk fails 99 stays"},
		"a script, and no other router is known":   {instance(vrrp.Master, 101, 0, script("chk", -2, true)), "alone; if chk fails 99 unknown"},
		"a script that gives what it would take":   {instance(vrrp.Master, 100, 101, script("chk", 5, true)), "better; 100 + 5 (chk) = 105; if chk fails 100 there"},
		"a failed script that keeps us below":      {instance(vrrp.Backup, 150, 100, script("chk", -60, false)), "lower; 150 - 60 (chk) = 90; if chk comes back 150 here"},
		"a failed script that changes nothing":     {instance(vrrp.Backup, 90, 100, script("chk", -5, false)), "lower; 90 - 5 (chk) = 85; if chk comes back 90 stays"},
		"a script without a weight":                {instance(vrrp.Master, 100, 98, script("chk", 0, true)), "better; if chk fails 0 fault"},
		"a fault that may end":                     {instance(vrrp.Fault, 100, 98, script("chk", 0, false)), "fault; if chk comes back 100 returns"},
		"two faults, of which one may end":         {instance(vrrp.Fault, 100, 98, script("a", 0, false), script("b", 0, false)), "fault"},
		"a sum that is kept within its bounds":     {instance(vrrp.Master, 200, 0, script("chk", 100, true)), "alone; 200 + 100 (chk) = 300 -> 254; if chk fails 200 unknown"},
		"two scripts that go down together":        {instance(vrrp.Master, 150, 100, script("a", -30, false), script("b", -30, true)), "better; 150 - 30 (a) = 120; if a comes back 150 stays; if b fails 90 there"},
		"a script that has not answered yet":       {instance(vrrp.Master, 150, 100, Tracked{Track: vrrp.Track{Kind: vrrp.ByScript, Name: "chk", Weight: -60}}), "better"},
		"a number in a file, which has no reverse": {instance(vrrp.Master, 150, 100, Tracked{Track: vrrp.Track{Kind: vrrp.ByFile, Name: "f", Weight: 1}, Answer: vrrp.Good, Value: -7}), "better; 150 - 7 (f) = 143"},
	} {
		if got := said(c.in); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", what, got, c.want)
		}
	}
}

func TestABackupSaysWhenItTakesOver(t *testing.T) {
	in := instance(vrrp.Backup, 150, 100)
	in.State.Due = t0.Add(2 * time.Second)
	if w := Of(in, t0); w.In != 2*time.Second {
		t.Errorf("in %v", w.In)
	}
	in.State.Preempt = t0.Add(10 * time.Second)
	if w := Of(in, t0); w.In != 10*time.Second || !strings.HasPrefix(w.Code, "delay") {
		t.Errorf("%s in %v", w.Code, w.In)
	}
}

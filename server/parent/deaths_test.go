package parent

import (
	"syscall"
	"testing"
	"time"
)

func TestFirstDeathIsFollowedByAStartAtOnceAndLaterOnesByGrowingPauses(t *testing.T) {
	now := time.Unix(0, 0)
	var d deaths
	last := time.Duration(-1)
	for i := range 8 {
		var pause time.Duration
		d, pause, _ = d.add(now, true)
		if i == 0 && pause != 0 {
			t.Fatalf("first pause %v", pause)
		}
		if pause < last || pause > time.Second {
			t.Fatalf("pause %d is %v after %v", i, pause, last)
		}
		last = pause
	}
	if last != time.Second {
		t.Fatalf("last pause %v", last)
	}
}

func TestThirdDeathInAMinuteCondemnsTheText(t *testing.T) {
	now := time.Unix(0, 0)
	d, _, first := deaths(nil).add(now, true)
	d, _, second := d.add(now.Add(30*time.Second), true)
	_, _, third := d.add(now.Add(59*time.Second), true)
	if first || second || !third {
		t.Fatal(first, second, third)
	}
}

func TestDeathsOlderThanAMinuteAreForgotten(t *testing.T) {
	now := time.Unix(0, 0)
	d, _, _ := deaths(nil).add(now, true)
	d, _, _ = d.add(now.Add(30*time.Second), true)
	d, pause, condemned := d.add(now.Add(61*time.Second), true)
	if condemned || len(d) != 2 || pause != pauses[1] {
		t.Fatal(d, pause, condemned)
	}
}

func TestDeathsFromOutsideCondemnNoText(t *testing.T) {
	now, d := time.Unix(0, 0), deaths(nil)
	for i := range 20 {
		var condemned bool
		if d, _, condemned = d.add(now.Add(time.Duration(i)*time.Second), i == 3 || i == 9); condemned {
			t.Fatal("condemned by death", i)
		}
	}
	if _, _, condemned := d.add(now.Add(20*time.Second), true); !condemned {
		t.Error("the third that the text may be the cause of does not condemn it")
	}
}

func TestOnlyDeathsThatTheTextMayCauseAreBlamedOnIt(t *testing.T) {
	exit := func(code int) syscall.WaitStatus { return syscall.WaitStatus(code << 8) }
	for name, c := range map[string]struct {
		how     syscall.WaitStatus
		lived   time.Duration
		starved bool
		want    bool
	}{
		"a panic":                     {exit(2), time.Hour, false, true},
		"an error":                    {exit(1), time.Millisecond, false, true},
		"an end without an error":     {exit(0), time.Second, false, false},
		"a request to end":            {syscall.WaitStatus(syscall.SIGTERM), time.Millisecond, false, false},
		"a hangup":                    {syscall.WaitStatus(syscall.SIGHUP), time.Hour, false, false},
		"too much of the processor":   {syscall.WaitStatus(syscall.SIGXCPU), time.Hour, false, true},
		"a fault of memory":           {syscall.WaitStatus(syscall.SIGSEGV), time.Hour, false, true},
		"kill -9":                     {syscall.WaitStatus(syscall.SIGKILL), time.Hour, false, false},
		"kill -9 at the start":        {syscall.WaitStatus(syscall.SIGKILL), time.Millisecond, false, false},
		"lack of memory at the start": {syscall.WaitStatus(syscall.SIGKILL), time.Second, true, true},
		"lack of memory much later":   {syscall.WaitStatus(syscall.SIGKILL), time.Hour, true, false},
	} {
		if got := blames(c.how, c.lived, c.starved); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

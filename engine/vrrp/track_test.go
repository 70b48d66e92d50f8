package vrrp

import "testing"

func TestWeightedTracks(t *testing.T) {
	for _, c := range []struct {
		track            Track
		good, bad, known int // what it adds while good, bad, unknown
	}{
		{Track{Weight: 10}, 10, 0, 0},
		{Track{Weight: -10}, 0, -10, 0},
		{Track{Weight: 10, Reverse: true}, -10, 0, 0},
		{Track{Weight: -10, Reverse: true}, 0, 10, 0},
		{Track{}, 0, 0, 0},
	} {
		if got := c.track.Adds(Good); got != c.good {
			t.Errorf("%+v adds %d while good", c.track, got)
		}
		for _, a := range []Answer{Bad, Missing} {
			if got := c.track.Adds(a); got != c.bad {
				t.Errorf("%+v adds %d while bad", c.track, got)
			}
		}
		for _, a := range []Answer{Unknown, Absent} {
			if got := c.track.Adds(a); got != c.known {
				t.Errorf("%+v adds %d while unknown", c.track, got)
			}
		}
	}
}

func TestUnweightedTracksMakeAFault(t *testing.T) {
	script := Track{Kind: ByScript}
	reverse := Track{Kind: ByScript, Reverse: true}
	for _, c := range []struct {
		track  Track
		answer Answer
		want   Reason
	}{
		{script, Bad, ScriptFailed}, {script, Good, NoReason}, {script, Unknown, NoReason}, {script, Absent, NoReason},
		{reverse, Good, ScriptFailed}, {reverse, Bad, NoReason}, {reverse, Absent, NoReason},
		{Track{Kind: ByBFD}, Bad, SessionDown}, {Track{Kind: ByBFD, Reverse: true}, Good, SessionDown},
		{Track{}, Bad, LinkDown}, {Track{}, Missing, NoInterface}, {Track{Weight: 5}, Bad, NoReason},
	} {
		if got := c.track.Fails(c.answer); got != c.want {
			t.Errorf("%+v with answer %d: %q", c.track, c.answer, got)
		}
	}
}

func TestStandAddsUpAllTracks(t *testing.T) {
	in := router()
	in.Tracks = []Track{
		{ByInterface, "eth0", 0, false}, {ByScript, "plus", 5, false},
		{ByScript, "minus", -7, false}, {ByScript, "must", 0, false},
	}
	answers := map[string]Answer{"eth0": Good, "plus": Good, "minus": Bad, "must": Unknown}
	f := in.Conditions(own, func(t Track) (Answer, int64) { return answers[t.Name], 0 })
	if want := (Conditions{Adjust: -2, Waiting: true, Source: own}); f != want {
		t.Errorf("%+v, want %+v", f, want)
	}
	answers["eth0"] = Bad
	if f = in.Conditions(own, func(t Track) (Answer, int64) { return answers[t.Name], 0 }); f.Fault != LinkDown || f.Object != "eth0" {
		t.Errorf("%+v", f)
	}
}

func TestNoSourceAddressIsAFault(t *testing.T) {
	if f := router().Conditions(well.Source.Next().Prev().Unmap(), nil); f.Fault != NoReason {
		t.Errorf("%+v", f)
	}
	if f := router().Conditions(Conditions{}.Source, nil); f.Fault != NoAddress {
		t.Errorf("%+v", f)
	}
}

func TestTheNumberInAFileTimesItsWeightIsAdded(t *testing.T) {
	for _, row := range []struct {
		weight  int
		reverse bool
		value   int64
		adds    int
		why     Reason
	}{
		{1, false, 7, 7, NoReason}, {2, false, 7, 14, NoReason}, {-2, false, 7, -14, NoReason}, {2, true, 7, -14, NoReason},
		{1, false, 999, 253, NoReason}, {1, false, -253, -253, NoReason}, {1, false, -254, 0, FileSays}, {254, false, -2147483648, 0, FileSays},
		{254, false, 2147483647, 253, NoReason}, {254, true, 2147483647, 0, FileSays},
		{0, false, 0, 0, NoReason}, {0, false, -1, 0, FileSays}, {0, true, 0, 0, FileSays}, {0, true, 5, 0, NoReason},
	} {
		track := Track{Kind: ByFile, Weight: row.weight, Reverse: row.reverse}
		if adds, why := track.Means(Good, row.value); adds != row.adds || why != row.why {
			t.Errorf("%+v with %d: %d, %q", track, row.value, adds, why)
		}
		if adds, why := track.Means(Unknown, row.value); adds != 0 || why != NoReason {
			t.Errorf("%+v, not read yet: %d, %q", track, adds, why)
		}
	}
}

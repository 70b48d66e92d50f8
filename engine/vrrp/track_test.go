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
	f := in.Conditions(own, func(t Track) Answer { return answers[t.Name] })
	if want := (Conditions{Adjust: -2, Waiting: true, Source: own}); f != want {
		t.Errorf("%+v, want %+v", f, want)
	}
	answers["eth0"] = Bad
	if f = in.Conditions(own, func(t Track) Answer { return answers[t.Name] }); f.Fault != LinkDown || f.Object != "eth0" {
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

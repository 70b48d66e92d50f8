package kernel

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"holdfast/engine/plan"
)

// told lists events in short words.
func told(events []any) (words []string) {
	for _, ev := range events {
		switch ev := ev.(type) {
		case LinkEvent:
			word := "link " + ev.Link.Name
			if ev.Gone {
				word += " gone"
			} else if ev.Link.Running {
				word += " running"
			}
			words = append(words, word)
		case AddrEvent:
			word := ev.Link + " " + ev.Prefix.String()
			if ev.Gone {
				word += " gone"
			}
			words = append(words, word)
		}
	}
	return words
}

func TestNewListAfterLostMessagesTellsTheDifference(t *testing.T) {
	a, b := netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("192.0.2.2/24")
	var events []any
	v := newView(func(ev any) { events = append(events, ev) })
	v.list([]Link{
		{Name: "eth0", Index: 2, Running: true, Addrs: []netip.Prefix{a}},
		{Name: "eth1", Index: 3, Addrs: []netip.Prefix{b}},
	}, time.Now())
	want := []string{"link eth0 running", "eth0 192.0.2.1/24", "link eth1", "eth1 192.0.2.2/24"}
	if got := told(events); !slices.Equal(got, want) {
		t.Errorf("first list: got %q, want %q", got, want)
	}
	for _, c := range []struct {
		what string
		list []Link
		want []string
	}{
		{"nothing new", []Link{{Name: "eth0", Index: 2, Running: true, Addrs: []netip.Prefix{a}}, {Name: "eth1", Index: 3, Addrs: []netip.Prefix{b}}}, nil},
		{"address moved, link down", []Link{{Name: "eth0", Index: 2, Addrs: []netip.Prefix{b}}, {Name: "eth1", Index: 3}},
			[]string{"eth0 192.0.2.1/24 gone", "eth0 192.0.2.2/24", "link eth0", "eth1 192.0.2.2/24 gone"}},
		{"link renamed, link gone", []Link{{Name: "wan0", Index: 2, Addrs: []netip.Prefix{b}}},
			[]string{"link eth1 gone", "link eth0 gone", "eth0 192.0.2.2/24 gone", "link wan0", "wan0 192.0.2.2/24"}},
	} {
		events = nil
		v.list(c.list, time.Now())
		if got := told(events); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}

func TestWatchSurvivesLostMessages(t *testing.T) {
	w := kernelWorld(t)
	began, flooded, last := make(chan struct{}), make(chan struct{}), make(chan struct{})
	sentinel := netip.MustParsePrefix("203.0.113.1/32")
	go w.within(func() {
		first := true
		err := w.Watch(t.Context(), func(ev any) {
			if first { // nothing is read while this waits
				first = false
				close(began)
				<-flooded
			}
			if a, ok := ev.(AddrEvent); ok && a.Prefix == sentinel {
				close(last)
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-began
	// Twice as many messages as the buffer holds, and then the one that counts.
	a := near("192.0.2.100/32")
	for range 10 {
		var p plan.Plan
		for range 1000 {
			p = append(p, add(a), del(a))
		}
		apply(t, w, p...)
	}
	apply(t, w, add(near(sentinel.String())))
	close(flooded)
	select {
	case <-last:
	case <-time.After(10 * time.Second):
		t.Fatal("the last address was never told")
	}
}

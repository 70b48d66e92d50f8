package kernel

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

func near(prefix string) plan.Address {
	return plan.Address{Link: "near", Prefix: netip.MustParsePrefix(prefix)}
}

func add(a plan.Address) plan.Op { return plan.Op{Verb: plan.AddAddress, Address: a} }

func del(a plan.Address) plan.Op { return plan.Op{Verb: plan.DeleteAddress, Address: a} }

func apply(t *testing.T, d door, ops ...plan.Op) {
	t.Helper()
	done, err := d.Apply(context.Background(), ops)
	if err != nil || len(done) != len(ops) {
		t.Fatalf("done %d of %d: %v", len(done), len(ops), err)
	}
}

func addresses(t *testing.T, list func() ([]plan.Address, error)) []plan.Address {
	t.Helper()
	all, err := list()
	must(t, err)
	return slices.DeleteFunc(all, func(a plan.Address) bool {
		return a.Link != "near" || a.Prefix.Addr().IsLinkLocalUnicast()
	})
}

func TestLinkIsToldWithItsStateAndAddresses(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		links, err := w.Links()
		must(t, err)
		i := slices.IndexFunc(links, func(l Link) bool { return l.Name == "near" })
		if i < 0 {
			t.Fatalf("near is not in %v", links)
		}
		l := links[i]
		if !l.Up || !l.Running || l.NoARP || l.Loopback || l.MTU != 1500 || len(l.MAC) != 6 || l.Index == 0 {
			t.Errorf("%+v", l)
		}
		if !slices.Contains(l.Addrs, netip.PrefixFrom(nearAddr, 24)) {
			t.Errorf("its address is missing: %v", l.Addrs)
		}
	})
}

func TestAddedAddressIsReadBackAsItWasAsked(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		full := near("192.0.2.100/24")
		full.Label, full.Broadcast = "near:1", netip.MustParseAddr("192.0.2.255")
		scoped := near("198.51.100.7/32")
		scoped.Scope = 253
		want := []plan.Address{near("192.0.2.1/24"), full, scoped, near("2001:db8::7/64"), near("2001:db8::8/128")}
		for _, a := range want[1:] {
			apply(t, w, add(a))
		}
		if got := addresses(t, w.Addresses); !slices.Equal(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		apply(t, w, del(full), del(scoped), del(want[3]), del(want[4]))
		if got := addresses(t, w.Addresses); !slices.Equal(got, want[:1]) {
			t.Errorf("after deletion: %+v", got)
		}
	})
}

func TestOnlyAddressesOfOursBearTheMark(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		theirs, ours := near("192.0.2.50/32"), near("192.0.2.100/32")
		w.stranger(t, theirs, false)
		apply(t, w, add(ours))
		if got := addresses(t, w.OurAddresses); !slices.Equal(got, []plan.Address{ours}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestAddingTwiceAndDeletingTwiceIsNoError(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		a := near("192.0.2.100/32")
		done, err := w.Apply(t.Context(), plan.Plan{add(a), add(a), del(a), del(a)})
		if want := (plan.Plan{add(a), del(a)}); err != nil || !reflect.DeepEqual(done, want) {
			t.Errorf("done %v, want %v: %v", done, want, err)
		}
	})
}

func TestRefusedOperationIsNamedAndTheOthersAreCarriedOut(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		a, nowhere := near("192.0.2.100/32"), near("192.0.2.101/32")
		nowhere.Link = "nowhere"
		barred := near("192.0.2.102/24")
		barred.Scope = 254 // near's own 192.0.2.1/24 is global
		done, err := w.Apply(context.Background(), plan.Plan{add(nowhere), add(barred), add(a)})
		if len(done) != 1 {
			t.Errorf("done %d, want 1", len(done))
		}
		if !errors.Is(err, unix.ENODEV) || !errors.Is(err, unix.EINVAL) {
			t.Errorf("%v", err)
		}
		var refused *OpError
		if !errors.As(err, &refused) || refused.Op.Address != nowhere {
			t.Errorf("%v", err)
		}
	})
}

func TestDeletingThePrimaryAddressKeepsItsNeighbours(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		first, second := near("198.51.100.1/24"), near("198.51.100.2/24")
		theirs := near("198.51.100.3/24")
		apply(t, w, add(first))
		w.stranger(t, theirs, false)
		apply(t, w, add(second), del(first))
		want := []plan.Address{near("192.0.2.1/24"), second, theirs}
		if got := addresses(t, w.Addresses); !slices.Equal(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if got := addresses(t, w.OurAddresses); !slices.Equal(got, []plan.Address{second}) {
			t.Errorf("ours: %+v", got)
		}
	})
}

func TestApplyStopsWithItsContext(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		done, err := w.Apply(ctx, plan.Plan{add(near("192.0.2.100/32"))})
		if len(done) != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("done %d: %v", len(done), err)
		}
	})
}

// news collects what a Watch tells.
type news chan any

func watch(t *testing.T, w world) news {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	seen, ended := make(news, 1000), make(chan error, 1)
	go w.within(func() { ended <- w.Watch(ctx, func(ev any) { seen <- ev }) })
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("watch: %v", err)
		}
	})
	return seen
}

// await waits for the first event that fits, and gives it.
func (n news) await(t *testing.T, what string, fits func(any) bool) any {
	t.Helper()
	limit := time.After(5 * time.Second)
	for {
		select {
		case ev := <-n:
			if fits(ev) {
				return ev
			}
		case <-limit:
			t.Fatalf("no news of %s", what)
		}
	}
}

func (n news) awaitLink(t *testing.T, what string, fits func(LinkEvent) bool) {
	t.Helper()
	n.await(t, what, func(ev any) bool {
		l, ok := ev.(LinkEvent)
		return ok && l.Link.Name == "near" && fits(l)
	})
}

func (n news) awaitAddress(t *testing.T, prefix string, gone bool) {
	t.Helper()
	n.await(t, prefix, func(ev any) bool {
		a, ok := ev.(AddrEvent)
		return ok && a.Link == "near" && a.Prefix.String() == prefix && a.Gone == gone && !a.At.IsZero()
	})
}

func TestWatchBeginsWithWhatIsThere(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		n := watch(t, w)
		n.awaitLink(t, "near", func(l LinkEvent) bool {
			return l.Link.Up && l.Link.Running && slices.Contains(l.Link.Addrs, netip.PrefixFrom(nearAddr, 24))
		})
		n.awaitAddress(t, "192.0.2.1/24", false)
	})
}

func TestWatchTellsOfAddressesByAnybodysHand(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		n := watch(t, w)
		n.awaitAddress(t, "192.0.2.1/24", false)
		a := near("192.0.2.100/32")
		apply(t, w, add(a))
		n.awaitAddress(t, "192.0.2.100/32", false)
		w.stranger(t, a, true)
		n.awaitAddress(t, "192.0.2.100/32", true)
	})
}

func TestWatchTellsOfAPulledCable(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		n := watch(t, w)
		n.awaitAddress(t, "192.0.2.1/24", false)
		w.plug(false)
		n.awaitLink(t, "no carrier", func(l LinkEvent) bool { return l.Link.Up && !l.Link.Running && !l.Gone })
		w.plug(true)
		n.awaitLink(t, "carrier", func(l LinkEvent) bool { return l.Link.Up && l.Link.Running })
	})
}

func TestWatchTellsOfALinkThatGoesWithItsAddresses(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		n := watch(t, w)
		n.awaitAddress(t, "192.0.2.1/24", false)
		w.remove()
		n.awaitAddress(t, "192.0.2.1/24", true)
		n.awaitLink(t, "its end", func(l LinkEvent) bool { return l.Gone && !l.Link.Running })
	})
}

func TestAnnounceRefusesWhatItCannotSend(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		if err := w.Announce("nowhere", nearAddr); !errors.Is(err, unix.ENODEV) {
			t.Errorf("on a link that is not there: %v", err)
		}
		if err := w.Announce("nowhere", netip.MustParseAddr("2001:db8::1")); !errors.Is(err, unix.ENODEV) {
			t.Errorf("of IPv6 on a link that is not there: %v", err)
		}
	})
}

func receive(t *testing.T, s socket) chan Packet {
	t.Helper()
	got, ended := make(chan Packet, 100), make(chan error, 1)
	go func() { ended <- s.Receive(func(p Packet) { got <- p }) }()
	t.Cleanup(func() {
		s.Close()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("receive: %v", err)
			}
		case <-time.After(5 * time.Second):
			t.Error("Receive goes on after Close")
		}
	})
	return got
}

func TestAdvertReachesTheOtherHostAndNotItsSender(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		mine, err := w.here("near", group)
		must(t, err)
		theirs, err := w.over("far", group)
		must(t, err)
		atMine, atTheirs := receive(t, mine), receive(t, theirs)
		before := time.Now()
		must(t, mine.Send(toGroup(nearAddr), []byte("advert")))
		select {
		case p := <-atTheirs:
			if p.Src != nearAddr || p.Dst != group || p.TTL != 255 || p.Link != "far" || !bytes.Equal(p.Payload, []byte("advert")) {
				t.Errorf("%+v", p)
			}
			if p.At.Before(before.Add(-time.Millisecond)) || p.At.After(time.Now()) {
				t.Errorf("received at %v, sent at %v", p.At, before)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("nothing arrived")
		}
		must(t, theirs.Send(toGroup(farAddr), []byte("answer")))
		select {
		case p := <-atMine:
			if p.Src != farAddr || string(p.Payload) != "answer" {
				t.Errorf("the own packet came back, or a wrong one: %+v", p)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("no answer arrived")
		}
	})
}

func TestAdvertOfAnotherGroupIsNotReceived(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		other, err := w.here("near", netip.MustParseAddr("224.0.0.100"))
		must(t, err)
		defer other.Close()
		mine, err := w.here("near", group)
		must(t, err)
		defer mine.Close()
		theirs, err := w.over("far", group)
		must(t, err)
		got := receive(t, theirs)
		must(t, other.Send(Header{Src: nearAddr, Dst: netip.MustParseAddr("224.0.0.100"), TTL: 255}, []byte("elsewhere")))
		must(t, mine.Send(toGroup(nearAddr), []byte("here")))
		select {
		case p := <-got:
			if string(p.Payload) != "here" {
				t.Errorf("%q", p.Payload)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("nothing arrived")
		}
	})
}

func TestSocketOutlivesAPulledCable(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		mine, err := w.here("near", group)
		must(t, err)
		theirs, err := w.over("far", group)
		must(t, err)
		got := receive(t, mine)
		w.plug(false)
		w.plug(true)
		limit := time.Now().Add(5 * time.Second)
		for {
			// The kernel may need a moment to find its route again.
			if err := theirs.Send(toGroup(farAddr), []byte("back")); err == nil {
				select {
				case <-got:
					theirs.Close()
					return
				case <-time.After(50 * time.Millisecond):
				}
			}
			if time.Now().After(limit) {
				t.Fatal("nothing arrived after the cable was back")
			}
		}
	})
}

func TestClosedSocketSendsNothing(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		s, err := w.here("near", group)
		must(t, err)
		s.Close()
		s.Close()
		if err := s.Send(toGroup(nearAddr), nil); !errors.Is(err, os.ErrClosed) {
			t.Errorf("sent on a closed socket: %v", err)
		}
	})
}

func TestSocketNeedsItsLink(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		if _, err := w.here("nowhere", group); !errors.Is(err, unix.ENODEV) {
			t.Errorf("%v", err)
		}
	})
}

func TestMarksAreKeptSinceLinux518(t *testing.T) {
	for release, want := range map[string]bool{
		"6.1.176": true, "6.18.44-fc-v669": true, "5.18.0": true, "5.15.0-91-generic": false, "4.19.0-26-amd64": false, "strange": true,
	} {
		if got := keepsMarks(release); got != want {
			t.Errorf("%s: %v", release, got)
		}
	}
}

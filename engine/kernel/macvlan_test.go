package kernel

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

var virtual = plan.Link{Name: "vrrp.51", Parent: "near", MAC: plan.MAC{0, 0, 0x5e, 0, 1, 51}, IPv4: true}

func linkOf(t *testing.T, d door, name string) (Link, bool) {
	t.Helper()
	links, err := d.Links()
	must(t, err)
	i := slices.IndexFunc(links, func(l Link) bool { return l.Name == name })
	if i < 0 {
		return Link{}, false
	}
	return links[i], true
}

func TestAMacvlanHoldsAddressesUnderItsOwnHardwareAddress(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		parent, _ := linkOf(t, w, "near")
		apply(t, w, plan.Op{Verb: plan.AddLink, Link: virtual})
		l, there := linkOf(t, w, "vrrp.51")
		if !there || !l.Is(virtual, parent.Index) || !l.Up || l.MTU != parent.MTU {
			t.Fatalf("%+v", l)
		}
		if len(l.Addrs) > 0 {
			t.Error("it was given addresses:", l.Addrs)
		}
		at := near("192.0.2.100/24")
		at.Link = "vrrp.51"
		apply(t, w, add(at), plan.Op{Verb: plan.DeleteLink, Link: virtual})
		if _, there := linkOf(t, w, "vrrp.51"); there {
			t.Error("it is still there")
		}
		done, err := w.Apply(context.Background(), plan.Plan{{Verb: plan.DeleteLink, Link: virtual}})
		if err != nil || len(done) > 0 {
			t.Error("once more:", done, err)
		}
	})
}

func TestALinkOfTheSameNameThatIsAnothersIsNotTouched(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		apply(t, w, plan.Op{Verb: plan.AddLink, Link: virtual})
		other := virtual
		other.MAC = plan.MAC{2, 0, 0, 0, 0, 9}
		if _, err := w.Apply(context.Background(), plan.Plan{{Verb: plan.AddLink, Link: other}}); !errors.Is(err, unix.EEXIST) {
			t.Error("to add:", err)
		}
		if done, err := w.Apply(context.Background(), plan.Plan{{Verb: plan.DeleteLink, Link: other}}); err != nil || len(done) > 0 {
			t.Error("to remove:", done, err)
		}
		if _, there := linkOf(t, w, "vrrp.51"); !there {
			t.Error("it is gone")
		}
		other = virtual
		other.Name = "vrrp1.51"
		if _, err := w.Apply(context.Background(), plan.Plan{{Verb: plan.AddLink, Link: other}}); !errors.Is(err, unix.EADDRINUSE) {
			t.Error("a second one of the same hardware address:", err)
		}
		if _, there := linkOf(t, w, "vrrp1.51"); there {
			t.Error("what could not be switched on was left")
		}
	})
}

func TestAMacvlanGoesWithItsParent(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		apply(t, w, plan.Op{Verb: plan.AddLink, Link: virtual})
		w.plug(false)
		until(t, "the carrier is gone", func() bool { l, _ := linkOf(t, w, "vrrp.51"); return !l.Running })
		w.remove()
		until(t, "the link is gone", func() bool { _, there := linkOf(t, w, "vrrp.51"); return !there })
		if _, err := w.Setting("near", plan.ARPIgnore); !errors.Is(err, unix.ENODEV) {
			t.Error("a setting of no link:", err)
		}
	})
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never:", what)
		}
	}
}

func TestASettingOfALinkIsReadAndSet(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		for _, name := range []string{plan.ARPAnnounce, plan.ARPIgnore, plan.ARPFilter, plan.PromoteSecondaries} {
			s := plan.SwitchedOn("near", name)
			before, err := w.Setting("near", name)
			must(t, err)
			apply(t, w, plan.Op{Verb: plan.ChangeSetting, Setting: s})
			if now, err := w.Setting("near", name); before != 0 || !s.IsOn(now) || err != nil {
				t.Errorf("%s was %d and is %d: %v", name, before, now, err)
			}
		}
	})
}

// The settings are those that keepalived 2.2.7 was seen to give its macvlans, but for
// rp_filter where the host has a setting for all links: keepalived sets that back.
func TestAMacvlanHasTheSettingsThatItNeeds(t *testing.T) {
	w := kernelWorld(t)
	read := func(path string) string {
		text, err := os.ReadFile("/proc/sys/net/" + path)
		must(t, err)
		return string(text[:len(text)-1])
	}
	set := func(all, want string) {
		must(t, os.WriteFile("/proc/sys/net/ipv4/conf/all/rp_filter", []byte(all), 0))
		apply(t, w, plan.Op{Verb: plan.AddLink, Link: virtual})
		for name, value := range map[string]string{"ipv4/conf/vrrp.51/arp_ignore": "1", "ipv4/conf/vrrp.51/accept_local": "1",
			"ipv4/conf/vrrp.51/promote_secondaries": "1", "ipv4/conf/vrrp.51/arp_filter": "0", "ipv4/conf/vrrp.51/rp_filter": want,
			"ipv6/conf/vrrp.51/disable_ipv6": "1", "ipv6/conf/vrrp.51/addr_gen_mode": "1"} {
			if got := read(name); got != value {
				t.Errorf("%s is %s and not %s", name, got, value)
			}
		}
		apply(t, w, plan.Op{Verb: plan.DeleteLink, Link: virtual})
		if got := read("ipv4/conf/all/rp_filter"); got != all {
			t.Errorf("the setting for all links is %s", got)
		}
	}
	set("0", "0")
	set("1", "2")
	six := virtual
	six.IPv4, six.IPv6, six.MAC[4] = false, true, 2
	apply(t, w, plan.Op{Verb: plan.AddLink, Link: six})
	for name, value := range map[string]string{"ipv4/conf/vrrp.51/arp_ignore": "0", "ipv6/conf/vrrp.51/disable_ipv6": "0", "ipv6/conf/vrrp.51/addr_gen_mode": "1"} {
		if got := read(name); got != value {
			t.Errorf("%s of IPv6 is %s and not %s", name, got, value)
		}
	}
}

// A list of the links right behind the addition has the macvlan up. An event of its
// creation, in which it is down, would look like its end.
func TestWatchTellsOfAMacvlanThatIsAddedAsUpAlone(t *testing.T) {
	inBothWorlds(t, func(t *testing.T, w world) {
		news := make(chan LinkEvent, 100)
		ctx, cancel := context.WithCancel(context.Background())
		ended, seen := make(chan struct{}), make(chan struct{}, 100)
		go w.within(func() {
			defer close(ended)
			if err := w.Watch(ctx, func(ev any) {
				if l, ok := ev.(LinkEvent); ok && l.Link.Name == "vrrp.51" {
					news <- l
				} else if ok && l.Link.Name == "near" {
					seen <- struct{}{}
				}
			}); err != nil {
				t.Error(err)
			}
		})
		<-seen
		apply(t, w, plan.Op{Verb: plan.AddLink, Link: virtual})
		if ev := <-news; !ev.Link.Up || !ev.Link.Running {
			t.Errorf("%+v", ev.Link)
		}
		apply(t, w, plan.Op{Verb: plan.DeleteLink, Link: virtual})
		for ev := range news {
			if ev.Gone {
				break
			}
		}
		cancel()
		<-ended
	})
}

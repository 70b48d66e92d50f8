package interop

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
)

// linkLab is one director with a second interface on the same wire.
type linkLab struct {
	*testing.T
	lab  *lab.Lab
	node *lab.Node
	wire *lab.Wire
	d    *lab.Director
}

// onLinks runs a text of keepalived's and of ours on such a lab, and compares what is seen
// of each.
func onLinks(t *testing.T, text string, look func(*linkLab) []string) {
	t.Helper()
	var seen [2][]string
	programs := []lab.Program{keepalived(), lab.Holdfast()}
	t.Run("lab", func(t *testing.T) {
		for i, program := range programs {
			t.Run(program.Name, func(t *testing.T) {
				t.Parallel()
				l := lab.New(t, lab.Options{Nodes: []string{"d1"}})
				x := &linkLab{T: t, lab: l, node: l.Node("d1")}
				x.node.Run("ip", "link", "add", "eth1", "type", "veth", "peer", "name", "p-second", "netns", l.Switch().Namespace())
				l.Switch().Run("ip", "link", "set", "p-second", "master", "br0", "up")
				x.node.Run("ip", "address", "add", "198.51.100.31/24", "dev", "eth1")
				x.node.Run("ip", "link", "set", "eth1", "up")
				x.wire = l.Capture()
				x.d = x.node.Director(program, text)
				seen[i] = look(x)
			})
		}
	})
	if len(seen[0]) == 0 || !slices.Equal(seen[0], seen[1]) {
		t.Errorf("%s shows\n%s\n%s shows\n%s", programs[0].Name, strings.Join(seen[0], "\n"), programs[1].Name, strings.Join(seen[1], "\n"))
	}
}

// leads starts the director and waits for its first advert.
func (x *linkLab) leads() lab.Frame {
	x.Helper()
	began := time.Now()
	x.d.Start()
	return x.wire.Expect("the first advert", began, 20*time.Second, lab.From(x.node.Addr, 100))
}

// ends stops the director.
func (x *linkLab) ends() {
	x.Helper()
	x.d.Signal(syscall.SIGTERM)
	x.d.Wait(20 * time.Second)
}

// reads gives the words of a file of the node's /proc/sys/net.
func (x *linkLab) reads(path string) string {
	x.Helper()
	return path + " " + strings.TrimSpace(x.node.Run("cat", "/proc/sys/net/"+path))
}

// keepalived and we set promote_secondaries for as long as a text wants it, and leave it
// alone where it is set already.
func TestPromoteSecondariesIsSetAsByKeepalived(t *testing.T) {
	t.Parallel()
	for _, before := range []string{"0", "1"} {
		t.Run("before "+before, func(t *testing.T) {
			t.Parallel()
			onLinks(t, quick(100, "", "promote_secondaries"), func(x *linkLab) []string {
				const path = "ipv4/conf/eth0/promote_secondaries"
				x.node.Run("sysctl", "-w", "net.ipv4.conf.eth0.promote_secondaries="+before)
				x.leads()
				during := x.reads(path)
				x.ends()
				return []string{during, x.reads(path)}
			})
		})
	}
}

// What garp_extra_if has announced in 3.5 s behind the first advert, and behind what
// follows that.
func TestGarpExtraIfAnnouncesAsKeepalived(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"garp_extra_if all 1", "garp_extra_if 1", "use_vmac\nuse_vmac_addr\ngarp_extra_if 1", "use_vmac\ngarp_extra_if 1"} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(quick(100, "", "garp_master_delay 0\n"+words), "192.0.2.100/32\n", "192.0.2.100/32\n198.51.100.100/32 dev eth1\n198.51.100.101/32 dev eth1\n", 1)
			onLinks(t, text, func(x *linkLab) []string {
				first := x.leads()
				from := first.At.Add(500 * time.Millisecond)
				x.wire.Expect("a later advert", first.At.Add(3500*time.Millisecond), 10*time.Second, lab.From(x.node.Addr, 100))
				count := map[string]int{}
				for _, f := range x.wire.Since(from) {
					if f.Kind == lab.Announce && f.At.Before(from.Add(3*time.Second)) {
						count[f.Src.String()]++
					}
				}
				seen := []string{"announced"}
				for a, n := range count {
					if n < 2 { // the beat of keepalived's is that of its adverts
						continue
					}
					seen = append(seen, fmt.Sprint(a, " again and again"))
				}
				slices.Sort(seen)
				return seen
			})
		})
	}
}

// A link that is down, or up again, counts as by keepalived: after the delay, and soon where
// the card is asked. While it counts as up, adverts leave as soon as it lets them.
func TestALinkCountsAsByKeepalived(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		before string
		gaps   []time.Duration
	}{
		{"interface_up_down_delays {\neth0 0.15 0.1\n}", []time.Duration{20 * time.Millisecond, 400 * time.Millisecond}},
		{"linkbeat_interfaces {\neth0 ETHTOOL\n}", []time.Duration{1500 * time.Millisecond}},
		{"linkbeat_use_polling", []time.Duration{1500 * time.Millisecond}},
	} {
		t.Run(row.before, func(t *testing.T) {
			t.Parallel()
			onLinks(t, quick(100, row.before, ""), func(x *linkLab) (seen []string) {
				x.leads()
				for _, gap := range row.gaps {
					x.node.Cable(false)
					time.Sleep(gap)
					x.node.Cable(true)
					plugged := time.Now()
					x.wire.Expect("an advert after "+gap.String(), plugged, 10*time.Second, lab.From(x.node.Addr, 100))
					x.wire.Expect("a later advert", plugged.Add(3*time.Second), 10*time.Second, lab.From(x.node.Addr, 100))
					took := 0 // over: an address is announced five times then
					for _, f := range x.wire.Since(plugged) {
						if f.Kind == lab.Announce && f.Src.String() == "192.0.2.100" && f.At.Before(plugged.Add(3*time.Second)) {
							took++
						}
					}
					seen = append(seen, fmt.Sprintf("after %v it took over: %v", gap, took >= 5))
				}
				return seen
			})
		})
	}
}

// addressTexts are lines of virtual_ipaddress; the kernel is asked what each program made
// of them.
const addressTexts = `192.0.2.110 peer 192.0.2.9
192.0.2.111/32 peer 192.0.2.10/32 brd +
192.0.2.112/24 noprefixroute
198.51.100.114/24 dev eth1 noprefixroute`

const addressTexts6 = `2001:db8::1/64
2001:db8::2/64 preferred_lft 0
2001:db8::3
2001:db8::4 preferred_lft forever
2001:db8::5/64 -nodad
2001:db8::6/64 home
2001:db8::7/64 noprefixroute
2001:db8::8/64 mngtmpaddr
2001:db8::9 peer 2001:db8::99
`

// The words of an address mean to the kernel what keepalived's mean, and all is gone with
// the end. keepalived leaves an IPv4 address with another end where it is: it asks the
// kernel to delete one that has none.
func TestWordsOfAnAddressAreThoseOfKeepalived(t *testing.T) {
	t.Parallel()
	text := quick(100, "", "virtual_ipaddress_excluded {\n"+addressTexts+"\n"+addressTexts6+"\n}")
	onLinks(t, text, func(x *linkLab) []string {
		for _, at := range []string{"all", "eth0", "eth1"} {
			x.node.Run("sysctl", "-w", "net.ipv6.conf."+at+".disable_ipv6=0")
		}
		x.leads()
		read := func() (list []string) {
			for line := range strings.Lines(x.node.Run("ip", "-o", "-d", "address")) {
				words := strings.Fields(line)
				for i, w := range words {
					if w == "valid_lft" || w == "tentative" || w == "proto" { // a program's own mark, and whether others were asked yet
						words[i], words[i+1] = "", strings.TrimRight(words[i+1], "0123456789")
					}
				}
				if line = strings.Join(strings.Fields(strings.Join(words[1:], " ")), " "); strings.Contains(line, "2001:db8") || strings.Contains(line, "192.0.2.11") || strings.Contains(line, "198.51.100.114") {
					list = append(list, line)
				}
			}
			slices.Sort(list)
			return list
		}
		var list []string
		for end := time.Now().Add(10 * time.Second); len(list) < 13 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			list = read()
		}
		x.ends()
		left := read()
		if x.d.Program.Name == keepalived().Name {
			left = slices.DeleteFunc(left, func(line string) bool { return strings.Contains(line, "inet 192.0.2.110 peer") })
		}
		return append(append(list, "at the end"), left...)
	})
}

package kit

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// world is what a script may change: all that ip and the settings of IPv4 say, and the
// files of /etc and /var/lib, which are new and empty.
const world = `set -eu
awk=$(readlink -f "$(command -v awk)")
mount -t tmpfs tmpfs /var/lib
mount -t tmpfs tmpfs /etc
mkdir -p /etc/network /etc/systemd/network /etc/alternatives
ln -s "$awk" /etc/alternatives/awk
echo 'source /etc/network/interfaces.d/*' >/etc/network/interfaces
ip link set lo up
ip link add tunl0 type bridge # in place of a tunnel, which not every kernel has
ip link set tunl0 up
ip link set tunl0 down
look() {
	(
		ip -j address show
		ip -j link show
		cd /proc/sys/net/ipv4/conf
		grep . */arp_ignore */arp_announce */rp_filter | tr : ' '
		find /etc /var/lib -type f | sort | while read -r f; do echo "FILE $f $(stat -c %a "$f")"; cat "$f"; done
	) >"$dir/$1"
}
`

// inside runs steps as root of a machine of its own, and gives what each look saw.
func inside(t *testing.T, scripts map[string]string, steps string) map[string]string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test makes namespaces and has to run as root")
	}
	dir := t.TempDir()
	for name, text := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name+".sh"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("unshare", "--net", "--mount", "sh", "-c", world+"cd \"$dir\"\n"+steps)
	cmd.Env = append(os.Environ(), "dir="+dir)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	seen := map[string]string{}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		seen[filepath.Base(f)] = string(text)
	}
	return seen
}

func made(t *testing.T, s Service, form string, undo bool) string {
	t.Helper()
	text, err := Script(s, form, undo, english)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Each form of the script is judged by what ip and the kernel say afterwards.
func TestTheScriptReadiesAServerAndUndoPutsItBack(t *testing.T) {
	s := Service{Name: "tcp:192.0.2.100:80", Addresses: []netip.Addr{four}, Ways: []Way{dr, tun}}
	for _, form := range Forms {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			seen := inside(t, map[string]string{"do": made(t, s, form, false), "undo": made(t, s, form, true)}, `
echo 1 >/proc/sys/net/ipv4/conf/tunl0/rp_filter
echo 0 >/proc/sys/net/ipv4/conf/all/arp_announce
look before; sh do.sh; look after; sh do.sh; look again; sh undo.sh; look undone; sh undo.sh; look twice`)
			for _, w := range []string{
				"all/arp_ignore 1\n", "all/arp_announce 2\n", "tunl0/rp_filter 2\n", "lo/arp_ignore 0\n",
				`"local":"192.0.2.100","prefixlen":32,"scope":"global","label":"lo"`,
			} {
				if !strings.Contains(seen["after"], w) {
					t.Errorf("lacks %q in\n%s", w, seen["after"])
				}
			}
			if seen["again"] != seen["after"] {
				t.Errorf("run again it changes\n%s\nto\n%s", seen["after"], seen["again"])
			}
			if seen["undone"] != seen["before"] || seen["twice"] != seen["before"] {
				t.Errorf("undone it leaves\n%s\nof\n%s", seen["undone"], seen["before"])
			}
			if strings.Contains(seen["after"], "FILE /etc/sysctl.d/90-holdfast-kit-tcp-192.0.2.100-80.conf 644\n") == (form == Now) {
				t.Errorf("files of %s:\n%s", form, seen["after"])
			}
		})
	}
}

// Two services share the address, the settings and the files; a third brings its own.
func TestWhatAnotherServiceNeedsStays(t *testing.T) {
	t.Parallel()
	web, tls := services["dr"], services["dr"]
	tls.Name = "tcp:192.0.2.100:443"
	seen := inside(t, map[string]string{
		"web": made(t, web, Networkd, false), "tls": made(t, tls, Networkd, false),
		"noweb": made(t, web, Now, true), "notls": made(t, tls, Now, true),
	}, `look before; sh web.sh; sh tls.sh; sh noweb.sh; look one; sh notls.sh; look none`)
	for _, w := range []string{"all/arp_ignore 1\n", `"local":"192.0.2.100"`, "FILE /etc/systemd/network/05-holdfast-kit-lo.network 644\n[Match]", "05-holdfast-kit-lo.network.d/holdfast-kit-tcp-192.0.2.100-443.conf"} {
		if !strings.Contains(seen["one"], w) {
			t.Errorf("lacks %q in\n%s", w, seen["one"])
		}
	}
	if strings.Contains(seen["one"], "holdfast-kit-tcp-192.0.2.100-80.conf") {
		t.Errorf("the file of the first is left:\n%s", seen["one"])
	}
	if seen["none"] != seen["before"] {
		t.Errorf("left\n%s", seen["none"])
	}
}

// An address that somebody else put on lo, and a file that sets lo up, stay theirs.
func TestWhatOthersHaveStaysTheirs(t *testing.T) {
	t.Parallel()
	seen := inside(t, map[string]string{"do": made(t, services["dr"], Networkd, false), "undo": made(t, services["dr"], Networkd, true)}, `
ip address add 192.0.2.100/32 dev lo
echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore
printf '[Match]\nName=lo\n' >/etc/systemd/network/50-theirs.network
look before; sh do.sh; look after; sh undo.sh; look undone`)
	if !strings.Contains(seen["after"], "FILE /etc/systemd/network/50-theirs.network.d/holdfast-kit-tcp-192.0.2.100-80.conf 644\n[Address]\nAddress=192.0.2.100/32\n") {
		t.Errorf("their file is not added to:\n%s", seen["after"])
	}
	if seen["undone"] != seen["before"] {
		t.Errorf("left\n%s\nof\n%s", seen["undone"], seen["before"])
	}
}

// Where the address stands on an interface of the link nothing at all is changed.
func TestAnAddressOnAnotherInterfaceIsRefused(t *testing.T) {
	t.Parallel()
	seen := inside(t, map[string]string{"do": made(t, services["dr"], Now, false)}, `
ip address add 192.0.2.100/24 dev tunl0
look before; if sh do.sh 2>said; then exit 1; fi; look after`)
	if seen["after"] != seen["before"] || !strings.Contains(seen["said"], "192.0.2.100: tunl0: ") {
		t.Errorf("%s\n%s", seen["said"], seen["after"])
	}
}

// The script that NetworkManager runs at boot has the same effect.
func TestTheDispatcherOfNetworkManagerMakesTheAddressStand(t *testing.T) {
	t.Parallel()
	seen := inside(t, map[string]string{"do": made(t, services["tun"], NetworkManager, false)}, `
sh do.sh
ip address delete 192.0.2.100/32 dev lo; ip link set tunl0 down; echo 0 >/proc/sys/net/ipv4/conf/tunl0/rp_filter
f=/etc/NetworkManager/dispatcher.d/50-holdfast-kit-tcp-192.0.2.100-80
"$f" eth0 down; look down; "$f" eth0 up; "$f" eth1 up; look up`)
	if strings.Contains(seen["down"], `"local":"192.0.2.100"`) || !strings.Contains(seen["up"], `"local":"192.0.2.100","prefixlen":32`) || !strings.Contains(seen["up"], "tunl0/rp_filter 2\n") {
		t.Errorf("%s\n%s", seen["down"], seen["up"])
	}
}

package kit

import (
	"strconv"
	"strings"
)

// persist has, for each form, what is written so that the same holds after a reboot.
// Nothing of it restarts a network: what counts now is done already.
var persist = map[string]func(*script){
	Now:            func(*script) {},
	Networkd:       (*script).networkd,
	NetworkManager: (*script).networkManager,
	Netplan:        (*script).netplan,
	Ifupdown:       (*script).ifupdown,
}

// boot writes the files that all forms share: settings, and modules of the kernel.
func (b *script) boot() {
	var settings, modules strings.Builder
	if b.service.four() {
		settings.WriteString("net.ipv4.conf.all.arp_ignore = 1\nnet.ipv4.conf.all.arp_announce = 2\n")
	}
	for _, d := range b.devices {
		if b.filtered(d) {
			settings.WriteString("-" + d.filter() + " = " + loose + "\n") // -: the device may come later
		}
		modules.WriteString(d.module + "\n")
	}
	for _, p := range b.ports {
		modules.WriteString(p.module() + "\n")
	}
	b.comment("boot")
	if settings.Len() > 0 {
		b.file("/etc/sysctl.d/90-holdfast-kit-"+b.service.slug()+".conf", "644", settings.String())
	}
	if modules.Len() > 0 {
		b.file("/etc/modules-load.d/holdfast-kit-"+b.service.slug()+".conf", "644", modules.String())
	}
}

// networkd adds to the file that sets lo up already, where there is one.
func (b *script) networkd() {
	b.boot()
	b.comment("networkd")
	b.WriteString(`lo=
for f in /etc/systemd/network/*.network /run/systemd/network/*.network /usr/lib/systemd/network/*.network; do
	if grep -qsx 'Name=lo' "$f"; then
		lo=${f##*/}
		break
	fi
done
case ${lo:=05-holdfast-kit-lo.network} in
05-holdfast-kit-lo.network)
	write /etc/systemd/network/05-holdfast-kit-lo.network 644 <<'END'
[Match]
Name=lo
END
	;;
esac
`)
	var text strings.Builder
	for _, a := range b.service.Addresses {
		text.WriteString("[Address]\nAddress=" + whole(a) + "\n")
		if a.Is6() {
			text.WriteString("DuplicateAddressDetection=none\n")
		}
	}
	b.file(`"/etc/systemd/network/$lo.d/holdfast-kit-`+b.service.slug()+`.conf"`, "644", text.String())
	b.networkdDevices()
}

// networkdDevices has networkd set the tunnels up.
func (b *script) networkdDevices() {
	for _, d := range b.devices {
		b.file("/etc/systemd/network/05-holdfast-kit-"+d.name+".network", "644",
			"[Match]\nName="+d.name+"\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nLinkLocalAddressing=no\n")
	}
	for _, p := range b.ports {
		name := "fou" + p.module()[3:] + "-" + strconv.Itoa(int(p.number))
		text := "[NetDev]\nName=" + name + "\nKind=fou\n\n[FooOverUDP]\nEncapsulation=GenericUDPEncapsulation\nPort=" + strconv.Itoa(int(p.number)) + "\n"
		if p.six {
			text += "Local=::\n"
		}
		b.file("/etc/systemd/network/05-holdfast-kit-"+name+".netdev", "644", text)
	}
}

// netplan writes a file that is read beside the others; tunnels that take packets from
// everywhere are no words of netplan, and are left to networkd below it.
func (b *script) netplan() {
	b.boot()
	b.comment("netplan")
	var text strings.Builder
	text.WriteString("network:\n  version: 2\n  ethernets:\n    lo:\n      addresses:\n")
	for _, a := range b.service.Addresses {
		text.WriteString(`        - "` + whole(a) + "\"\n")
	}
	b.file("/etc/netplan/90-holdfast-kit-"+b.service.slug()+".yaml", "600", text.String())
	b.networkdDevices()
}

// commands are those that make addresses and devices stand, whatever stood before.
func (b *script) commands() (list []string) {
	for _, d := range b.devices {
		list = append(list, "modprobe -q "+d.module+" || :", "ip link set dev "+d.name+" up")
		if d.anything {
			list = append(list, "ip -6 tunnel change "+d.name+" mode any")
		}
		if b.filtered(d) {
			list = append(list, "sysctl -qw "+d.filter()+"="+loose)
		}
	}
	for _, p := range b.ports {
		list = append(list, "modprobe -q "+p.module()+" || :", "ip fou add "+p.words()+" gue 2>/dev/null || :")
	}
	return list
}

// networkManager leaves lo alone in releases before 1.42, and knows one profile of it
// in later ones; what it runs when an interface comes up works with all.
func (b *script) networkManager() {
	b.boot()
	b.comment("networkmanager")
	text := "#!/bin/sh\n[ \"$2\" = up ] || exit 0\n" + strings.Join(append(b.commands(), ""), "\n")
	for _, a := range b.service.Addresses {
		text += "ip address replace " + whole(a) + " dev lo\n"
	}
	b.file("/etc/NetworkManager/dispatcher.d/50-holdfast-kit-"+b.service.slug(), "755", text)
}

// ifupdown adds stanzas of lo: all of one name count. It may skip a file with a dot in
// its name.
func (b *script) ifupdown() {
	b.boot()
	b.comment("ifupdown")
	var text strings.Builder
	for _, a := range b.service.Addresses {
		family := "inet"
		if a.Is6() {
			family = "inet6"
		}
		text.WriteString("iface lo " + family + " static\n\taddress " + whole(a) + "\n")
	}
	for i, c := range b.commands() {
		if i == 0 {
			text.WriteString("iface lo inet manual\n")
		}
		text.WriteString("\tup " + c + "\n")
	}
	b.file("/etc/network/interfaces.d/holdfast-kit-"+strings.ReplaceAll(b.service.slug(), ".", "_"), "644", text.String())
}

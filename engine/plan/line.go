package plan

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Lines gives the plan as the lines an operator would type, one per operation.
func (p Plan) Lines() []string {
	lines := make([]string, len(p))
	for i, o := range p {
		lines[i] = o.String()
	}
	return lines
}

// String gives the ip, sysctl, nft or ipvsadm line that does the same.
func (o Op) String() string {
	switch o.Verb {
	case AddAddress:
		return "ip address add " + o.Address.addLine()
	case DeleteAddress:
		return "ip address del " + o.Address.on() + " dev " + o.Address.Link
	case AddRoute:
		return "ip " + o.Route.family() + "route " + o.Route.addVerb() + " " + o.Route.String()
	case DeleteRoute:
		return "ip " + o.Route.family() + "route del " + o.Route.String()
	case AddRule:
		return "ip " + o.Rule.family() + "rule add " + o.Rule.line()
	case DeleteRule:
		return "ip " + o.Rule.family() + "rule del " + o.Rule.line()
	case AddService:
		return "ipvsadm -A " + o.Service.line()
	case EditService:
		return "ipvsadm -E " + o.Service.line()
	case DeleteService:
		return "ipvsadm -D " + o.Service.Key.String()
	case AddDestination:
		return "ipvsadm -a " + o.Service.Key.String() + o.Destination.line()
	case EditDestination:
		return "ipvsadm -e " + o.Service.Key.String() + o.Destination.line()
	case DeleteDestination:
		return "ipvsadm -d " + o.Service.Key.String() + " -r " + o.Destination.end()
	case AddLink:
		return o.Link.addLine()
	case EditLink:
		return fmt.Sprintf("ip link set dev %s mtu %d", o.Link.Name, o.Link.MTU)
	case DeleteLink:
		return "ip link del dev " + o.Link.Name
	case ChangeSetting:
		return o.Setting.line()
	case AddDrop:
		return "nft add element " + o.Drop.line()
	case DeleteDrop:
		return "nft delete element " + o.Drop.line()
	case SetTimeouts:
		return o.Timeouts.line()
	case StartDaemon:
		return o.Daemon.startLine()
	case StopDaemon:
		return "ipvsadm --stop-daemon " + o.Daemon.State.String()
	}
	return string(o.Verb)
}

// addLine ends with what the kernel door sets without being told: an IPv6
// address of ours skips duplicate detection, and one host alone is never chosen
// as a source (keepalived does the same).
func (a Address) addLine() string {
	return a.on() + " dev " + a.Link + " scope " + scopeName(a.Scope) + a.words()
}

func scopeName(scope uint8) string {
	switch scope {
	case scopeGlobal:
		return "global"
	case scopeSite:
		return "site"
	case scopeLink:
		return "link"
	case scopeHost:
		return "host"
	case scopeNowhere:
		return "nowhere"
	}
	return strconv.Itoa(int(scope))
}

// String gives the options of ipvsadm that name the service: "-t 192.0.2.100:80",
// "-f 5 -6".
func (k ServiceKey) String() string {
	if k.Mark != 0 {
		return "-f " + strconv.FormatUint(uint64(k.Mark), 10) + map[bool]string{true: " -6"}[k.Addr.Is6()]
	}
	return protocolOption(k.Protocol) + " " + netip.AddrPortFrom(k.Addr, k.Port).String()
}

func protocolOption(protocol uint8) string {
	switch protocol {
	case 17:
		return "-u"
	case 132:
		return "--sctp-service"
	}
	return "-t"
}

func (v Service) line() string {
	var b strings.Builder
	b.WriteString(v.Key.String() + " -s " + v.Scheduler)
	if v.Timeout > 0 {
		fmt.Fprintf(&b, " -p %d", v.Timeout)
		if v.Netmask.Is4() {
			b.WriteString(" -M " + v.Netmask.String())
		} else if v.Netmask.Is6() {
			fmt.Fprintf(&b, " -M %d", MaskBits(v.Netmask)) // ipvsadm wants a length here
		}
	}
	if v.Engine != "" {
		b.WriteString(" --pe " + v.Engine)
	}
	if v.Flags&OnePacket != 0 {
		b.WriteString(" -o")
	}
	var flags []string
	for i, f := range []uint32{SchedFlag1, SchedFlag2, SchedFlag3} {
		if v.Flags&f != 0 {
			flags = append(flags, fmt.Sprintf("flag-%d", i+1))
		}
	}
	if len(flags) > 0 {
		b.WriteString(" -b " + strings.Join(flags, ","))
	}
	return b.String()
}

func (d Destination) end() string { return netip.AddrPortFrom(d.Addr, d.Port).String() }

func (d Destination) line() string {
	var b strings.Builder
	fmt.Fprintf(&b, " -r %s %s%s -w %d", d.end(), d.Method.option(), d.Wrap.normal(d.Method).line(), d.Weight)
	if d.Upper > 0 {
		fmt.Fprintf(&b, " -x %d", d.Upper)
	}
	if d.Lower > 0 {
		fmt.Fprintf(&b, " -y %d", d.Lower)
	}
	return b.String()
}

// option is the letter of ipvsadm for the method.
func (m Method) option() string {
	switch m {
	case Tunnel:
		return "-i"
	case DirectRoute:
		return "-g"
	}
	return "-m"
}

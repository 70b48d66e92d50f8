package dump

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// Data is keepalived.data: what the instances are and where they stand.
func Data(r Report) []byte {
	var p printer
	p.global(r)
	p.static(r)
	p.heading("VRRP Topology")
	for i := range r.Instances {
		p.instance(&r.Instances[i])
	}
	if len(r.Groups) > 0 {
		p.heading("VRRP Sync groups")
	}
	for _, g := range r.Groups {
		p.group(g)
	}
	if len(r.Scripts) > 0 {
		p.heading("VRRP Scripts")
	}
	for _, s := range r.Scripts {
		p.script(s, r.Instances)
	}
	if len(r.Sessions) > 0 {
		p.heading("VRRP Track BFDs")
	}
	for _, s := range r.Sessions {
		p.session(s, r.Instances)
	}
	return p.Bytes()
}

// printer prints lines whose depth is the number of blanks before them: a name has
// one, its fields three, the lines of a list five. Exporters go by these.
type printer struct{ bytes.Buffer }

func (p *printer) heading(text string) { fmt.Fprintf(p, "------< %s >------\n", text) }

func (p *printer) name(what, name string) { fmt.Fprintf(p, " %s = %s\n", what, name) }

func (p *printer) field(name string, value any) { fmt.Fprintf(p, "   %s = %v\n", name, value) }

func (p *printer) line(text string) { p.WriteString("   " + text + "\n") }

// list prints a heading and its lines, nothing where there are none.
func (p *printer) list(heading string, lines []string) {
	if len(lines) > 0 && heading != "" {
		p.line(heading)
	}
	for _, l := range lines {
		p.WriteString("     " + l + "\n")
	}
}

// program prints a script that a change calls, if there is one.
func (p *printer) program(when string, c model.Command) {
	if c.Written() {
		p.field(when+" script", command(c))
	}
}

func (p *printer) instance(in *Instance) {
	c, s := in.Config, in.State
	p.name("VRRP Instance", c.Name)
	p.field("VRRP Version", in.Core.Version)
	if c.IPv6() {
		p.line("Using Native IPv6")
	}
	if in.Group != "" {
		p.field("Sync group", in.Group)
	}
	p.field("State", s.Role)
	if s.Role == vrrp.Backup {
		holder := "(none)"
		if s.Holder.IsValid() {
			holder = s.Holder.String()
		}
		p.field("Master router", holder)
		p.field("Master priority", in.holder())
	}
	flags := "Flags: none"
	if in.Core.NoPreempt || c.DontTrackPrimary || c.Unicast() || c.UnicastTTL.Written || c.CheckUnicastSrc || c.FaultNoPeer {
		flags = "Flags:" // keepalived has no words for the first two
	}
	p.line(flags)
	p.list("", in.unicastFlags())
	p.field("Wantstate", in.want())
	p.field("Number of config faults", bit(in.withoutPeers()))
	p.field("Number of interface and track script faults", in.Faults)
	p.field("Number of track scripts init", in.Waiting)
	p.field("Last transition", fmt.Sprintf("%s (%s)", instant(s.Since), stamp(s.Since)))
	p.field("Read timeout", timeout(s))
	p.field("Master down timer", fmt.Sprintf("%d usecs", in.Core.Down(s.Priority).Microseconds()))
	p.transport(in)
	p.garp(in.Core.Garp)
	p.field("Down timer adverts", in.Core.DownAdverts)
	p.elsewhere(in)
	p.field("Send advert after receive lower priority advert", !in.Core.NoAnswer)
	p.field("Send advert after receive higher priority advert", in.Core.LastAdvert)
	p.election(in)
	p.addresses(in)
	p.unicast(in)
	p.tracks(in)
	p.notify(in)
}

// timeout is when an instance acts next if nothing happens.
func timeout(s vrrp.State) string {
	if s.Due.IsZero() {
		return "DISABLED"
	}
	return fmt.Sprintf("%s (%s)", instant(s.Due), stamp(s.Due))
}

func (p *printer) transport(in *Instance) {
	p.field("Interface", in.Config.Interface)
	if in.Config.DontTrackPrimary {
		p.line("VRRP interface tracking disabled")
	}
	if in.Config.StrictMode.Val {
		p.line("Enforcing strict VRRP compliance")
	}
	source := "(none)"
	if a := in.State.Conditions.Source; a.IsValid() {
		source = a.String()
	}
	if in.Config.SourceIP().IsValid() {
		source += " (from configuration)"
	}
	p.field("Using src_ip", source)
	if !in.Config.Unicast() {
		p.line("Multicast address " + in.Multicast.String())
	}
}

// unicastFlags are what keepalived says of the words of unicast among its flags.
func (in *Instance) unicastFlags() (lines []string) {
	c := in.Config
	switch {
	case c.Unicast():
		lines = append(lines, "Using unicast")
	case c.UnicastTTL.Written || c.CheckUnicastSrc || c.FaultNoPeer:
		lines = append(lines, "Unicast config option specified but using multicast")
	}
	if c.FaultNoPeer {
		lines = append(lines, "If unicast go to fault state if no peers")
	}
	return lines
}

// unicast tells of the peers, if there are any.
func (p *printer) unicast(in *Instance) {
	c := in.Config
	if !c.Unicast() {
		return
	}
	if c.UnicastTTL.Written || !c.IPv6() {
		p.field("Unicast TTL", c.UnicastTTL.Val)
	}
	p.line("Check unicast src : " + yes(in.Checked))
	var peers []string
	for _, peer := range c.Peers {
		peers = append(peers, fmt.Sprintf("%s min_ttl %d max_ttl %d", peer.Addr, peer.MinTTL.Or(0), peer.MaxTTL.Or(255)))
	}
	p.list("Unicast Peer :", peers)
	p.field("Unicast checksum compatibility", "no")
}

func (p *printer) garp(g vrrp.Garp) {
	p.field("Gratuitous ARP delay", seconds(g.Delay))
	p.field("Gratuitous ARP repeat", g.Repeat)
	p.field("Gratuitous ARP refresh", seconds(g.Refresh))
	p.field("Gratuitous ARP refresh repeat", g.RefreshRepeat)
	p.field("Gratuitous ARP lower priority delay", seconds(g.LowerDelay))
	p.field("Gratuitous ARP lower priority repeat", g.LowerRepeat)
}

// elsewhere tells of garp_extra_if where an address of the instance is on another
// interface.
func (p *printer) elsewhere(in *Instance) {
	every := in.Config.GarpElsewhere.Val
	if every.Delay == 0 || !slices.ContainsFunc(slices.Concat(in.Config.Addrs, in.Config.Excluded), func(a model.Address) bool {
		return a.Dev != "" && a.Dev != in.Config.Interface && (every.All || in.Config.VMACAddr || a.VMAC)
	}) {
		return
	}
	where := "VMAC"
	if every.All {
		where = "i/f"
	}
	p.field("Gratuitous ARP for each secondary "+where, seconds(every.Delay.Duration()))
	at := in.State.Elsewhere
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	p.field("Next gratuitous ARP for such secondary", fmt.Sprintf("%s (%s)", instant(at), at.Format("Mon Jan _2 15:04:05 2006.000000")))
}

func (p *printer) election(in *Instance) {
	p.field("Virtual Router ID", in.Config.VRID)
	p.field("Priority", in.Core.Priority)
	p.field("Effective priority", in.State.Priority)
	p.field("Total priority", in.total())
	if in.Core.Version == vrrp.Version3 {
		p.field("Advert interval", fmt.Sprintf("%d milli-sec", in.Core.Advert.Milliseconds()))
	} else {
		p.field("Advert interval", fmt.Sprintf("%d sec", seconds(in.Core.Advert)))
	}
	p.field("Accept", able(!in.Config.NoAccept))
	p.field("Preempt", able(!in.Core.NoPreempt))
	if d := in.Core.PreemptDelay; d > 0 {
		p.field("Preempt delay", fmt.Sprintf("%d secs", d/time.Second))
	}
	p.field("Promote_secondaries", able(in.Config.Promote))
	defer p.signing(in.Config.HMAC)
	if in.Core.Version == vrrp.Version3 {
		return // it has no authentication
	}
	kind := "none"
	switch in.Config.AuthType.Val {
	case "PASS":
		kind = "SIMPLE_PASSWORD" // the password itself stays out of the file
	case "AH":
		kind = "IPSEC_AH"
	}
	p.field("Authentication type", kind)
}

// signing prints auth_hmac, as keepalived 2.4.2 and later do.
func (p *printer) signing(h model.HMAC) {
	if !h.On() {
		return
	}
	replay := "monotonic"
	if h.AntiReplay.Val == "time" {
		replay = fmt.Sprintf("time, window = %d sec", h.Window.Val)
	}
	p.field("Authentication extension", "HMAC-SHA256-128")
	p.list("", []string{
		fmt.Sprintf("Keys = %d, active key id = %d", len(h.Keys), h.Active.Val),
		"Mode = " + h.Mode.Val, "Anti replay = " + replay,
	})
}

// total is the priority before it is kept within its range.
func (in *Instance) total() int {
	if in.Core.Priority == vrrp.PriorityOwner {
		return int(in.Core.Priority)
	}
	return int(in.Core.Priority) + in.State.Conditions.Adjust
}

func (p *printer) addresses(in *Instance) {
	texts := func(list []model.Address) (lines []string) {
		for _, a := range list {
			lines = append(lines, address(a, in.Config.Interface, in.State.Role == vrrp.Master))
		}
		return lines
	}
	p.list(fmt.Sprintf("Virtual IP (%d):", len(in.Config.Addrs)), texts(in.Config.Addrs))
	p.list("Virtual IP Excluded :", texts(in.Config.Excluded))
	p.list("Virtual Routes :", each(in.Config.Routes, route))
	p.list("Virtual Rules :", each(in.Config.Rules, rule))
}

// each gives a line for each of a list.
func each[T any](list []T, line func(T) string) (lines []string) {
	for _, one := range list {
		lines = append(lines, line(one))
	}
	return lines
}

// static tells of what is there whatever the instances are.
func (p *printer) static(r Report) {
	section := func(heading string, lines []string) {
		if len(lines) > 0 {
			p.heading(heading)
			p.list("", lines)
		}
	}
	section("Static Addresses", each(r.StaticAddrs, func(a model.Address) string { return address(a, a.Dev, true) }))
	section("Static Routes", each(r.StaticRoutes, route))
	section("Static Rules", each(r.StaticRules, rule))
	if len(r.TrackGroups) > 0 {
		p.heading("Static Track groups")
	}
	for _, g := range r.TrackGroups {
		p.name("Static Track Group", g.Name)
		p.list("VRRP member instances :", g.Members)
	}
}

func (p *printer) tracks(in *Instance) {
	p.list("Tracked interfaces :", weighed(in.tracked(), in.weight))
	p.list("Tracked scripts :", weighed(in.Config.TrackScripts, in.weight))
	p.list("Tracked BFDs :", withColon(weighed(in.Config.TrackBFDs, in.weight)))
}

func weighed(tracks []model.Track, weight func(model.Track) int) (lines []string) {
	for _, t := range tracks {
		line := fmt.Sprintf("%s weight %d", t.Name, weight(t))
		if t.Weight.Val.Reverse {
			line += " reverse"
		}
		lines = append(lines, line)
	}
	return lines
}

func (p *printer) notify(in *Instance) {
	p.field("Using smtp notification", yes(in.Config.SMTPAlert.Val))
	told := "Fault"
	if in.Config.NotifyDeleted.Written {
		told = "Deleted"
	}
	p.field("Notify deleted", told)
	p.programs(in.Config.Notify)
	p.program("Deleted state transition", in.Config.NotifyDeleted.Val)
	p.program("Master rx lower pri state transition", in.Config.NotifyRxLower)
	p.field("Notify priority changes", in.Config.PriorityChanges.Val)
}

func (p *printer) programs(n model.Notify) {
	p.program("Backup state transition", n.Backup)
	p.program("Master state transition", n.Master)
	p.program("Fault state transition", n.Fault)
	p.program("Stop state transition", n.Stop)
	p.program("Generic state transition", n.General)
}

func able(b bool) string {
	if b {
		return "enabled"
	}
	return "disabled"
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

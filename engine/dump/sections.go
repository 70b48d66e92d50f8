package dump

import (
	"fmt"
	"strconv"
	"strings"

	"holdfast/engine/model"
)

// global prints the words of global_defs that mean something here.
func (p *printer) global(r Report) {
	p.heading("Global definitions")
	g := r.Global
	id := g.RouterID.Val
	if id == "" {
		id = r.Node
	}
	p.name("Router ID", id)
	if s := g.SMTPServer; s.Written {
		p.name("Smtp server", s.Val.Host)
		p.name("Smtp server port", fmt.Sprint(s.Val.Port))
		p.name("Smtp server connection timeout", fmt.Sprint(seconds(g.SMTPTimeout.Val.Duration())))
	}
	if g.EmailFrom.Written {
		p.name("Email notification from", g.EmailFrom.Val)
	}
	if len(g.Emails) > 0 {
		p.WriteString(" Email notification to:\n   " + strings.Join(g.Emails, "\n   ") + "\n")
	}
	p.name("Default smtp_alert", alert(g.SMTPAlert))
	p.name("Default smtp_alert_vrrp", alert(g.SMTPAlertVRRP))
	p.name("Default smtp_alert_checker", alert(g.SMTPAlertChecker))
	p.name("VRRP IPv4 mcast group", g.McastGroup4.Val.String())
	p.name("Gratuitous ARP delay", fmt.Sprint(seconds(g.Garp.MasterDelay.Val.Duration())))
	p.name("Gratuitous ARP repeat", fmt.Sprint(g.Garp.MasterRepeat.Val))
	p.name("Gratuitous ARP refresh timer", fmt.Sprint(seconds(g.Garp.MasterRefresh.Val.Duration())))
	p.name("Gratuitous ARP refresh repeat", fmt.Sprint(g.Garp.MasterRefreshRepeat.Val))
	p.name("Gratuitous ARP lower priority delay", fmt.Sprint(seconds(g.Garp.LowerPrioDelay.Val.Duration())))
	p.name("Gratuitous ARP lower priority repeat", fmt.Sprint(g.Garp.LowerPrioRepeat.Val))
	p.name("Gratuitous ARP interval", fmt.Sprintf("%f", g.GarpInterval.Val.Duration().Seconds()))
	p.name("Gratuitous NA interval", fmt.Sprintf("%f", g.GNAInterval.Val.Duration().Seconds()))
	p.name("VRRP default protocol version", strconv.Itoa(g.Version.Or(2)))
	p.WriteString(" Script security " + able(g.ScriptSecurity) + "\n")
}

func alert(o model.Opt[bool]) string {
	switch {
	case !o.Written:
		return "unset"
	case o.Val:
		return "on"
	}
	return "off"
}

func (p *printer) group(g Group) {
	p.WriteString(fmt.Sprintf(" VRRP Sync Group = %s, %s\n", g.Config.Name, g.State))
	p.line(fmt.Sprintf("Num member fault %d, num member init %d", g.Faults, g.Waiting))
	p.list("VRRP member instances :", g.Members)
	p.field("Using smtp notification", yes(g.Config.SMTPAlert.Val))
	none := func(model.Track) int { return 0 }
	p.list("Tracked interfaces :", weighed(g.Config.TrackInterfaces, none))
	p.list("Tracked scripts :", weighed(g.Config.TrackScripts, none))
	p.list("Tracked BFDs :", withColon(weighed(g.Config.TrackBFDs, none)))
	p.programs(g.Config.Notify)
}

// withColon puts keepalived's colon behind the names of sessions.
func withColon(lines []string) []string {
	for i, l := range lines {
		lines[i] = strings.Replace(l, " weight", ": weight", 1)
	}
	return lines
}

func (p *printer) session(s Session, instances []Instance) {
	p.name("VRRP Track BFD", s.Config.Name)
	p.field("Weight", s.Config.Weight.Val)
	state := "down"
	if s.Up {
		state = "up"
	}
	p.line("Bfd is " + state)
	var lines []string
	for i := range instances {
		in := &instances[i]
		for _, l := range weighed(in.Config.TrackBFDs, in.weight) {
			if name, weight, _ := strings.Cut(l, " "); name == s.Config.Name {
				lines = append(lines, in.Config.Name+", "+weight)
			}
		}
	}
	p.list("Tracking instances :", lines)
}

func (p *printer) script(s Script, instances []Instance) {
	c := s.Config
	p.name("VRRP Script", c.Name)
	p.field("Command", command(c.Command))
	p.field("Interval", fmt.Sprintf("%d sec", seconds(c.Interval.Val.Duration())))
	limit := 0
	if c.Timeout.Written {
		limit = seconds(c.Timeout.Val.Duration())
	}
	p.field("Timeout", fmt.Sprintf("%d sec", limit))
	p.field("Weight", c.Weight.Val.N)
	p.field("Rise", c.Rise.Val)
	p.field("Fall", c.Fall.Val)
	p.field("Result", s.Count)
	p.field("Insecure", "no")
	start := "unknown" // keepalived's word for a script that has answered
	if !s.Known {
		start = "INIT"
	}
	p.field("Init state", start)
	status := "BAD"
	if s.Good {
		status = "GOOD"
	}
	p.field("Status", status)
	var lines []string
	for i := range instances {
		in := &instances[i]
		for _, t := range in.Config.TrackScripts {
			if t.Name == c.Name {
				lines = append(lines, fmt.Sprintf("%s, weight %d", in.Config.Name, in.weight(t)))
			}
		}
	}
	p.list("Tracking instances :", lines)
	state := "idle"
	if s.Running {
		state = "running"
	}
	p.field("State", state)
}

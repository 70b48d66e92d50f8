package show

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/server/terminal"
)

// Status is what status prints as JSON: what each role answered.
type Status struct {
	VRRP   *control.Status   `json:"vrrp"`
	LVS    *control.Status   `json:"lvs"`
	Silent map[string]string `json:"silent,omitempty"` // role: why it gave no answer
	Absent map[string]string `json:"-"`                // role that does not run: its socket
}

// StatusText is the status for people.
func StatusText(e *Env, all Status, now time.Time) string {
	var b strings.Builder
	v := view{Env: e, now: now}
	for _, role := range control.Roles {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		s := all.VRRP
		if role == "lvs" {
			s = all.LVS
		}
		if s == nil {
			b.WriteString(silence(e, all, role) + "\n")
			continue
		}
		v.head(&b, s)
		v.instances(&b, s)
		v.scripts(&b, s)
		v.sessions(&b, s)
		v.virtuals(&b, s)
		v.strangers(&b, s)
	}
	return b.String()
}

// silence says why a role gave no answer, and what to do where it does not run.
func silence(e *Env, all Status, role string) string {
	if socket := all.Absent[role]; socket != "" {
		return e.Text("status.absent", map[string]string{"Role": role, "Socket": socket})
	}
	return e.Text("status.silent", map[string]string{"role": role, "reason": all.Silent[role]})
}

// view words a status.
type view struct {
	*Env
	now time.Time
}

func (v view) head(b *strings.Builder, s *control.Status) {
	b.WriteString(v.Text("status.role", map[string]string{
		"role": s.Role, "node": s.Node, "pid": strconv.Itoa(s.PID), "since": v.ago(s.Since), "hash": s.Hash[:min(8, len(s.Hash))],
	}) + "\n")
	if s.Pending != nil {
		b.WriteString("  " + v.Text("status.pending", map[string]string{"left": s.Pending.Until.Sub(v.now).Round(time.Second).String()}) + "\n")
	}
	v.maintenance(b, s.Maintenance)
	v.helds(b, s.Held)
}

func (v view) instances(b *strings.Builder, s *control.Status) {
	if len(s.Instances) == 0 {
		return
	}
	rows := [][]string{v.titles("instance", "state", "priority", "interface", "addresses", "holder", "since", "why")}
	for _, in := range s.Instances {
		held := slices.DeleteFunc(slices.Clone(in.Addresses), func(a string) bool { return slices.Contains(in.Unheld, a) })
		if len(held) > 0 || len(in.Unheld) == 0 {
			rows = append(rows, []string{in.Name, in.State, priority(in), in.Interface, strings.Join(held, " "),
				in.Holder, v.ago(in.Since), v.reason(in.Reason)})
		}
		if len(in.Unheld) > 0 {
			rows = append(rows, []string{in.Name, in.State, priority(in), in.Interface, strings.Join(in.Unheld, " "),
				"-", v.ago(in.Since), v.reason(in.Reason)})
		}
	}
	terminal.Table(b, rows)
	for _, in := range s.Instances {
		if in.NoAccept {
			b.WriteString("  " + in.Name + ": " + v.Text("status.no-accept", nil) + "\n")
		}
		v.helds(b, in.Held)
		v.handedOver(b, in)
		v.why(b, in)
		v.incidents(b, in)
		v.complaints(b, in)
	}
}

// why says why an instance is in its role, the sum of its priority, and what each tracked
// thing could change.
func (v view) why(b *strings.Builder, in control.InstanceStatus) {
	if in.Why == nil {
		return
	}
	args := map[string]string{"name": in.Name, "state": in.State, "why": assets.Why(v.Lang, in.Why.Code, in.Why.Facts()), "sum": in.Why.Sum}
	b.WriteString("  " + v.Text("status.why", args) + "\n")
	for _, i := range in.Why.Ifs {
		b.WriteString("    " + assets.If(v.Lang, i.Code, i.Fails, i.Facts()) + "\n")
	}
}

// incidents says what is wrong between an instance and the routers that it hears, and what
// it likely comes from.
func (v view) incidents(b *strings.Builder, in control.InstanceStatus) {
	for _, i := range in.Incidents {
		what, why := assets.Incident(v.Lang, i.Code, i.Cause, i.Facts())
		mark, id := "!", "status.incident"
		if i.Severity == "unknown" {
			mark = "?"
		}
		if i.Last.IsZero() {
			id = "status.incident-unheard"
		}
		b.WriteString("  " + mark + " " + in.Name + ": " + v.Text(id, map[string]string{"text": what, "since": v.ago(i.Since), "last": v.ago(i.Last)}) + "\n")
		if why != "" {
			b.WriteString("    " + v.Text("status.cause", map[string]string{"cause": why}) + "\n")
		}
	}
}

// complaints says what is wrong with the adverts that an instance hears.
func (v view) complaints(b *strings.Builder, in control.InstanceStatus) {
	for _, c := range in.Complaints {
		if control.Covers(in.Incidents, c) {
			continue
		}
		b.WriteString("  ! " + in.Name + ": " + v.Text("status.complaint", map[string]string{
			"text":  v.Text("notice."+c.Code, c.Facts()),
			"count": strconv.FormatUint(c.Count, 10), "since": v.ago(c.Since), "last": v.ago(c.Last),
		}) + "\n")
	}
}

func priority(in control.InstanceStatus) string {
	if in.Priority == in.Base {
		return strconv.Itoa(in.Priority)
	}
	return fmt.Sprintf("%d (%d%+d)", in.Priority, in.Base, in.Priority-in.Base)
}

func (v view) scripts(b *strings.Builder, s *control.Status) {
	if len(s.Scripts) == 0 {
		return
	}
	rows := [][]string{v.titles("script", "state", "since", "why")}
	for _, sc := range s.Scripts {
		rows = append(rows, []string{sc.Name, sc.State, v.ago(sc.Since), v.reason(sc.Detail)})
	}
	terminal.Table(b, rows)
}

func (v view) sessions(b *strings.Builder, s *control.Status) {
	if len(s.Sessions) == 0 {
		return
	}
	rows := [][]string{v.titles("session", "state", "neighbor", "since", "detection")}
	for _, one := range s.Sessions {
		rows = append(rows, []string{one.Name, one.State, one.Neighbor, v.ago(one.Since), one.Detection.String()})
	}
	terminal.Table(b, rows)
}

func (v view) virtuals(b *strings.Builder, s *control.Status) {
	for _, vs := range s.Virtuals {
		quorum := "status.quorum-lost"
		if vs.QuorumUp {
			quorum = "status.quorum-up"
		}
		fmt.Fprintf(b, "\n%s  %s %s  %s%s\n", vs.Name, vs.Method, vs.Scheduler, v.Text(quorum, map[string]string{
			"weight": strconv.Itoa(vs.UpWeight), "quorum": strconv.Itoa(vs.Quorum),
		}), v.unknown(vs.Count()))
		if vs.SorryInUse {
			sorry := "status.sorry"
			if !vs.Installed {
				sorry = "status.sorry-waits"
			}
			b.WriteString("  " + v.Text(sorry, map[string]string{"server": vs.Sorry}) + "\n")
		}
		v.helds(b, vs.Held)
		rows := [][]string{v.titles("server", "state", "weight", "pool", "since", "why")}
		for _, r := range vs.Servers {
			pool := "status.out"
			if r.InPool {
				pool = "status.in"
			}
			rows = append(rows, []string{r.Name, r.State, strconv.Itoa(r.Weight), v.Text(pool, nil), v.ago(r.Since), v.reason(r.Reason)})
		}
		terminal.Table(b, rows)
		v.shared(b, vs)
		v.orders(b, vs)
	}
}

// shared says how many checks of a virtual server are one probe with equal ones.
func (v view) shared(b *strings.Builder, vs control.VirtualStatus) {
	checks, most := 0, 0
	for _, r := range vs.Servers {
		for _, c := range r.Checks {
			if c.Sharing > 0 {
				checks, most = checks+1, max(most, c.Sharing)
			}
		}
	}
	if checks > 0 {
		b.WriteString("  " + v.Text("status.shared", map[string]string{"checks": strconv.Itoa(checks), "others": strconv.Itoa(most)}) + "\n")
	}
}

// unknown says of how many servers it is not known whether they are up.
func (v view) unknown(c control.Counts) string {
	text := ""
	if c.Unasked > 0 {
		text += v.Text("status.unasked", map[string]string{"count": strconv.Itoa(c.Unasked)})
	}
	if c.Checkless > 0 {
		text += v.Text("status.checkless", map[string]string{"count": strconv.Itoa(c.Checkless)})
	}
	return text
}

// strangers lists what others have in the table: it is shown and never touched.
func (v view) strangers(b *strings.Builder, s *control.Status) {
	if len(s.Strangers) == 0 {
		return
	}
	b.WriteString("\n" + v.Text("status.strangers", nil) + "\n")
	for _, line := range s.Strangers {
		b.WriteString("  " + line + "\n")
	}
}

func (v view) titles(ids ...string) []string {
	row := make([]string, len(ids))
	for i, id := range ids {
		row[i] = v.Text("status.column."+id, nil)
	}
	return row
}

func (v view) helds(b *strings.Builder, held []control.Blocked) {
	for _, h := range held {
		args := map[string]string{"object": h.Object}
		maps.Copy(args, h.Args)
		text := v.Text("held."+h.Code, args)
		if h.Object != "" {
			text = h.Object + ": " + text
		}
		b.WriteString("  ! " + text + "\n")
	}
}

func (v view) reason(code string) string {
	return assets.Reason(v.Lang, map[string]string{"reason": code})
}

// ago is how long ago at was, in the two units that matter.
func (v view) ago(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	d := v.now.Sub(at).Round(time.Second)
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%dd%dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh%dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return d.String()
}

package page

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/web/live"
)

// problem is one thing that is not fine. Why is worded by the template from
// Reason, Held, Complaint or Incident.
type problem struct {
	Object, Link string
	In           string          // the virtual server, of a real server
	Of           *control.Counts // the real servers, of a virtual server
	State, Count string
	Since        time.Time
	Reason       string
	Held         *control.Blocked
	Complaint    *control.Complaint
	Incident     *control.Incident
	rank         int // lower is worse
}

// severities order states for lists: what is worst stands first.
var severities = []string{"OFF-TEXT", "SPLIT", "AWAY", "TWO-MASTERS", "NO-MASTER", "FAULT", "DOWN", "FAILED", "SORRY", "DEGRADED", "CONFLICT", "HELD", "FAILING", "INIT", "UNKNOWN", "NO-BACKUP"}

func rank(state string) int {
	if i := slices.Index(severities, state); i >= 0 {
		return i
	}
	return len(severities)
}

// problemsOf lists what is not fine in both roles, worst first.
func problemsOf(s live.Snapshot) []problem {
	l := problems{said: map[string]bool{}}
	l.role("vrrp", s.VRRP)
	l.role("lvs", s.LVS)
	if s.Split() {
		l.add(problem{Object: "vrrp, lvs", Link: "/changes", State: "SPLIT"})
	}
	if s.VRRP.Seen() {
		l.routers(s.VRRP.Status)
	}
	if s.LVS.Seen() {
		l.services(s.LVS.Status)
	}
	slices.SortStableFunc(l.list, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Object, b.Object))
	})
	return l.list
}

// problems collects what is not fine.
type problems struct {
	list []problem
	// said are the codes that hold a whole role back: they are not repeated for
	// each of its objects.
	said map[string]bool
}

func (l *problems) add(t problem) {
	if t.rank = rank(t.State); t.rank < len(severities) {
		l.list = append(l.list, t)
	}
}

// state adds a problem unless its state is one of fine. A state that is not known here
// is one, too.
func (l *problems) state(t problem, fine ...string) {
	if slices.Contains(fine, t.State) {
		return
	}
	if rank(t.State) == len(severities) {
		t.State = "UNKNOWN"
	}
	l.add(t)
}

func (l *problems) held(object, link string, list []control.Blocked) {
	for _, h := range list {
		if l.said[h.Code] {
			continue
		}
		state := "HELD"
		if slices.Contains(code.Texts, h.Code) {
			state = "OFF-TEXT"
		}
		l.add(problem{Object: cmp.Or(h.Object, object), Link: link, State: state, Held: &h})
	}
}

func (l *problems) role(name string, side live.Side) {
	if !side.Seen() {
		l.add(problem{Object: name, Link: "/system/about", State: "AWAY", Since: side.Status.At})
		return
	}
	l.held(name, "/system/about", side.Status.Held)
	for _, h := range side.Status.Held {
		if h.Object == "" && !slices.Contains(code.Texts, h.Code) { // each role has a text of its own
			l.said[h.Code] = true
		}
	}
}

func (l *problems) routers(s control.Status) {
	for _, in := range s.Instances {
		link := "/vips/" + url.PathEscape(in.Name)
		l.state(problem{Object: in.Name, Link: link, State: in.State, Since: in.Since, Reason: in.Reason}, "MASTER", "BACKUP")
		l.held(in.Name, link, in.Held)
		for _, one := range in.Incidents {
			l.incident(problem{Object: in.Name, Link: link, State: incidentState(one), Since: one.Since, Incident: &one})
		}
		for _, c := range in.Complaints {
			if control.Covers(in.Incidents, c) {
				continue
			}
			l.add(problem{Object: in.Name, Link: link, State: "CONFLICT", Since: c.Since, Complaint: &c})
		}
	}
	for _, sc := range s.Scripts {
		l.state(problem{Object: sc.Name, Link: "/vips", State: sc.State, Since: sc.Since, Reason: sc.Detail}, "OK")
	}
	for _, one := range s.Sessions {
		l.state(problem{Object: one.Name, Link: "/vips", State: one.State, Since: one.Since}, "UP")
	}
}

// incident adds what is wrong between routers. That nothing is known of a backup is so for
// every master, and told once.
func (l *problems) incident(t problem) {
	if t.State == "NO-BACKUP" {
		for i, other := range l.list {
			if other.State == t.State {
				n, _ := strconv.Atoi(cmp.Or(other.Count, "1"))
				l.list[i].Count = strconv.Itoa(n + 1)
				return
			}
		}
	}
	l.add(t)
}

// incidentState is the state that an incident is shown by.
func incidentState(i control.Incident) string {
	switch {
	case i.Severity == "unknown":
		return "NO-BACKUP"
	case i.Code == code.TwoMasters:
		return "TWO-MASTERS"
	case i.Code == code.NoMaster:
		return "NO-MASTER"
	}
	return "CONFLICT"
}

func (l *problems) services(s control.Status) {
	for _, v := range serviceRows(s.Virtuals) {
		link := "/services/" + url.PathEscape(v.Name)
		// The rows below list the blocked objects and the servers that are down.
		l.state(problem{Object: v.Name, Link: link, State: v.State, Since: v.Since, Of: &v.Counts}, "UP", "UNCHECKED", "HELD", "DEGRADED")
		l.held(v.Name, link, v.Held)
		for _, r := range v.Rows {
			l.state(problem{Object: r.Name, In: v.Name, Link: link, State: r.State, Count: r.Count, Since: r.Since, Reason: r.Reason}, "UP", "UNCHECKED", "DRAINING", "DRAINED", "OFF")
		}
	}
}

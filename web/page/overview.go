package page

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/engine/control"
	"holdfast/store"
	"holdfast/web/live"
)

// How much of a large table the overview shows; the rest is on the list pages.
const (
	fewServices = 40
	fewServers  = 8
	fewEvents   = 10
)

// summary is the overview: the worst first.
type summary struct {
	live.Snapshot
	Lead      lead
	Routers   []control.InstanceStatus
	Attention []trouble
	Services  []serviceRow
	Hidden    int // services that are not shown
	Events    []store.JournalRow
}

// lead is the one sentence at the top: "ui.lead.CODE".
type lead struct {
	Code, Tone, Shape string
	Args              map[string]string
	Link              string
}

// trouble is one thing that is not fine. Why is worded by the template from
// Reason, or from Held.
type trouble struct {
	Object, Link string
	State, Count string
	Since        time.Time
	Reason       string
	Held         *control.Held
	rank         int // lower is worse
}

func (p *Pages) overview(c *gin.Context) { p.drawLive(c, "overview", "overview", "") }

func (p *Pages) overviewBody(ctx context.Context, _ live.View, s live.Snapshot) (any, error) {
	events, err := p.Store.JournalPage(ctx, store.JournalFilter{Limit: fewEvents})
	if err != nil {
		return nil, err
	}
	rows := serviceRows(s.LVS.Status.Virtuals)
	slices.SortStableFunc(rows, func(a, b serviceRow) int {
		return cmp.Or(cmp.Compare(rank(a.State), rank(b.State)), cmp.Compare(a.Name, b.Name))
	})
	o := summary{Snapshot: s, Routers: s.VRRP.Status.Instances, Attention: troubles(s), Events: events}
	o.Services = rows[:min(len(rows), fewServices)]
	o.Hidden = len(rows) - len(o.Services)
	o.Lead = leadOf(s, o.Attention)
	return o, nil
}

// severities order states for lists: what is worst stands first.
var severities = []string{"AWAY", "TWO_MASTERS", "NO_MASTER", "FAULT", "DOWN", "FAILED", "SORRY", "DEGRADED", "HELD", "FAILING", "RECOVERING", "INIT"}

func rank(state string) int {
	if i := slices.Index(severities, state); i >= 0 {
		return i
	}
	return len(severities)
}

// troubles lists what is not fine in both roles, worst first.
func troubles(s live.Snapshot) []trouble {
	var out []trouble
	add := func(t trouble) {
		t.rank = rank(t.State)
		out = append(out, t)
	}
	// What holds a whole role back is said once, not again for each of its objects.
	said := map[string]bool{}
	held := func(object, link string, list []control.Held) {
		for _, h := range list {
			if said[h.Code] {
				continue
			}
			add(trouble{Object: cmp.Or(h.Object, object), Link: link, State: "HELD", Held: &h})
		}
	}
	for name, side := range map[string]live.Side{"vrrp": s.VRRP, "lvs": s.LVS} {
		if !side.Seen() {
			add(trouble{Object: name, Link: "/system/about", State: "AWAY", Since: side.Status.At})
			continue
		}
		held(name, "/system/about", side.Status.Held)
		for _, h := range side.Status.Held {
			said[h.Code] = true
		}
	}
	if s.VRRP.Seen() {
		for _, in := range s.VRRP.Status.Instances {
			link := "/vips/" + url.PathEscape(in.Name)
			if rank(in.State) < len(severities) {
				add(trouble{Object: in.Name, Link: link, State: in.State, Since: in.Since, Reason: in.Reason})
			}
			held(in.Name, link, in.Held)
		}
		for _, sc := range s.VRRP.Status.Scripts {
			if sc.State == "FAILED" {
				add(trouble{Object: sc.Name, Link: "/vips", State: "FAILED", Since: sc.Since, Reason: sc.Detail})
			}
		}
	}
	if s.LVS.Seen() {
		for _, v := range serviceRows(s.LVS.Status.Virtuals) {
			link := "/services/" + url.PathEscape(v.Name)
			if v.State == "DOWN" || v.State == "SORRY" {
				add(trouble{Object: v.Name, Link: link, State: v.State, Since: v.Since})
			}
			held(v.Name, link, v.Held)
			for _, r := range v.Rows {
				if rank(r.State) < len(severities) {
					add(trouble{Object: r.Name, Link: link, State: r.State, Count: r.Count, Since: r.Since, Reason: r.Reason})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b trouble) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Object, b.Object))
	})
	return out
}

package page

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"holdfast/engine/control"
	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/live"
)

// How much of a large table the overview shows; the rest is on the list pages.
const (
	fewServices = 20
	fewServers  = 8
	fewProblems = 40
	fewEvents   = 10
)

// summary is the overview: the worst first.
type summary struct {
	live.Snapshot
	Headline  headline
	Begin     bool // there is nothing yet, and the reader may begin
	Routers   []control.InstanceStatus
	Attention []problem
	Unsure    bool // not all is known, so nothing may be called well
	Unlisted  int  // problems that are not shown
	Services  []serviceRow
	Hidden    int // services that are not shown
	Events    []store.JournalRow
}

// headline is the one sentence at the top: "ui.headline.CODE".
type headline struct {
	Code, Tone, Shape string
	Args              map[string]string
	Link              string
}

func (p *Pages) overview(c *gin.Context) {
	p.drawLive(c, "overview", live.View{Page: "overview", Edits: edits(c.Request)})
}

// edits says whether the reader may edit.
func edits(r *http.Request) bool { return access.Require(r.Context(), store.Editor) == nil }

func (p *Pages) overviewBody(ctx context.Context, v live.View, s live.Snapshot) (any, error) {
	events, err := p.Store.JournalPage(ctx, store.JournalFilter{Limit: fewEvents})
	if err != nil {
		return nil, err
	}
	rows := serviceRows(s.LVS.Status.Virtuals)
	slices.SortStableFunc(rows, func(a, b serviceRow) int {
		return cmp.Or(cmp.Compare(rank(a.State), rank(b.State)), cmp.Compare(a.Name, b.Name))
	})
	all := problemsOf(s)
	o := summary{Snapshot: s, Routers: s.VRRP.Status.Instances, Attention: all[:min(len(all), fewProblems)], Events: events}
	o.Unlisted = len(all) - len(o.Attention)
	o.Services = rows[:min(len(rows), fewServices)]
	o.Hidden = len(rows) - len(o.Services)
	o.Headline = headlineOf(s, all)
	o.Begin = o.Headline.Code == "empty" && v.Edits
	o.Unsure = countOfAll(s).Unknown() > 0
	return o, nil
}

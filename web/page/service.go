package page

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/control"
	"holdfast/store"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// service is one virtual server with its history, and one page of its real
// servers: all of them in the order of the configuration, or by name where
// there are more than a page holds.
type service struct {
	Side live.Side
	serviceRow
	Servers []serverRow
	Long    bool // there are more servers than fit on a page
	Query   string
	Chosen  string // the state that is asked for; "" is any
	States  []string
	Matches int
	Next    string   // address of the next page; "" is none
	Modes   []string // what may be ordered of a server, but for a weight
	Ends    []string // of a drain
	Events  []store.JournalRow
}

func (p *Pages) service(c *gin.Context) {
	v := live.View{Page: "service", Object: c.Param("name"), Filter: filterOf(c)}
	p.drawList(c, "services", v, func(body any) []string { return namesOf(body.(service).Servers) })
}

func (p *Pages) serviceBody(ctx context.Context, v live.View, s live.Snapshot) (any, error) {
	i := slices.IndexFunc(s.LVS.Status.Virtuals, func(vs control.VirtualStatus) bool { return vs.Name == v.Object })
	if i < 0 {
		return nil, missing("lvs", s.LVS, "no-service", v.Object)
	}
	filter, err := url.ParseQuery(v.Filter)
	if err != nil {
		return nil, fault.New(fault.NotFound)
	}
	body := service{
		Side: s.LVS, serviceRow: serviceRows(s.LVS.Status.Virtuals[i : i+1])[0],
		Query: strings.TrimSpace(filter.Get("q")), Chosen: filter.Get("state"),
		States: []string{"UP", "FAILING", "DOWN", "UNCHECKED", "DRAINING", "DRAINED", "OFF"},
		Modes:  []string{"drain", "off", "back"}, Ends: []string{"active", "all", "persistent"},
	}
	body.turnTo(filter.Get("after"), filter[shownRows])
	body.Events, err = p.Store.JournalPage(ctx, store.JournalFilter{Object: v.Object, Limit: fewEvents})
	return body, err
}

// turnTo picks the real servers behind after that pass the filter, or those that are
// shown already.
func (s *service) turnTo(after string, shown []string) {
	s.Servers, s.Long = s.Rows, len(s.Rows) > pageSize
	if !s.Long {
		return
	}
	fits := slices.DeleteFunc(slices.Clone(s.Rows), func(r serverRow) bool {
		return s.Chosen != "" && r.State != s.Chosen || !strings.Contains(r.Name, s.Query)
	})
	s.Matches = len(fits)
	next := ""
	s.Servers, next = pageAfter(fits, after, serverRow.name)
	if shown != nil {
		s.Servers = only(s.Rows, shown, serverRow.name)
	}
	if next != "" {
		q := url.Values{"q": {s.Query}, "state": {s.Chosen}, "after": {next}}
		s.Next = "/services/" + url.PathEscape(s.Name) + "?" + q.Encode()
	}
}

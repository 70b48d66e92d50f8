package page

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/control"
	"holdfast/store"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// pageSize is how many rows a list shows at once.
const pageSize = 50

// serviceList is one page of the virtual servers, by name.
type serviceList struct {
	Side   live.Side
	Query  string
	State  string
	States []string
	Rows   []serviceRow
	Total  int    // that match
	Next   string // address of the next page; "" is none
}

func (p *Pages) services(c *gin.Context) {
	s := p.Watch.Look(c.Request.Context())
	list := serviceList{
		Side: s.LVS, Query: strings.TrimSpace(c.Query("q")), State: c.Query("state"),
		States: []string{"UP", "DEGRADED", "DOWN", "SORRY", "HELD"},
	}
	rows := serviceRows(s.LVS.Status.Virtuals)
	rows = slices.DeleteFunc(rows, func(r serviceRow) bool { return !list.matches(r) })
	slices.SortFunc(rows, func(a, b serviceRow) int { return cmp.Compare(a.Name, b.Name) })
	list.Total = len(rows)
	// Pages begin after a name, so that they stay put while the table changes.
	after := c.Query("after")
	i, found := slices.BinarySearchFunc(rows, after, func(r serviceRow, name string) int { return cmp.Compare(r.Name, name) })
	if found {
		i++
	}
	list.Rows = rows[i:min(len(rows), i+pageSize)]
	if i+pageSize < len(rows) {
		q := url.Values{"q": {list.Query}, "state": {list.State}, "after": {list.Rows[pageSize-1].Name}}
		list.Next = "/services?" + q.Encode()
	}
	p.show(c, http.StatusOK, "services", "services", live.View{Page: "services", Lang: language(c.Request)}, list)
}

// matches says whether a row passes the filter: its own name, or a server's.
func (l serviceList) matches(r serviceRow) bool {
	if l.State != "" && r.State != l.State {
		return false
	}
	return strings.Contains(r.Name, l.Query) ||
		slices.ContainsFunc(r.Rows, func(s serverRow) bool { return strings.Contains(s.Name, l.Query) })
}

// service is one virtual server with its history.
type service struct {
	Side live.Side
	serviceRow
	Events []store.JournalRow
}

func (p *Pages) service(c *gin.Context) { p.drawLive(c, "service", "services", c.Param("name")) }

func (p *Pages) serviceBody(ctx context.Context, v live.View, s live.Snapshot) (any, error) {
	for _, vs := range s.LVS.Status.Virtuals {
		if vs.Name == v.Object {
			events, err := p.Store.JournalPage(ctx, store.JournalFilter{Object: vs.Name, Limit: fewEvents})
			row := serviceRows([]control.VirtualStatus{vs})[0]
			return service{s.LVS, row, events}, err
		}
	}
	return nil, fault.New(fault.NotFound)
}

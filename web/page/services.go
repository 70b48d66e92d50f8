package page

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/web/fault"
	"holdfast/web/live"
)

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
	v := live.View{Page: "services", Filter: filterOf(c)}
	p.drawList(c, "services", v, func(body any) []string { return namesOf(body.(serviceList).Rows) })
}

func (p *Pages) servicesBody(_ context.Context, v live.View, s live.Snapshot) (any, error) {
	filter, err := url.ParseQuery(v.Filter)
	if err != nil {
		return nil, fault.New(fault.NotFound)
	}
	list := serviceList{
		Side: s.LVS, Query: strings.TrimSpace(filter.Get("q")), State: filter.Get("state"),
		States: []string{"UP", "DEGRADED", "DOWN", "SORRY", "HELD", "UNCHECKED"},
	}
	all := serviceRows(s.LVS.Status.Virtuals)
	fits := slices.DeleteFunc(slices.Clone(all), func(r serviceRow) bool { return !list.matches(r) })
	list.Total = len(fits)
	next := ""
	list.Rows, next = pageAfter(fits, filter.Get("after"), serviceRow.name)
	if shown := filter[shownRows]; shown != nil {
		list.Rows = only(all, shown, serviceRow.name)
	}
	if next != "" {
		list.Next = "/services?" + url.Values{"q": {list.Query}, "state": {list.State}, "after": {next}}.Encode()
	}
	return list, nil
}

// matches says whether a row passes the filter: its own name, or a server's.
func (l serviceList) matches(r serviceRow) bool {
	if l.State != "" && r.State != l.State {
		return false
	}
	return strings.Contains(r.Name, l.Query) ||
		slices.ContainsFunc(r.Rows, func(s serverRow) bool { return strings.Contains(s.Name, l.Query) })
}

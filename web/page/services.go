package page

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

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
	s := p.Watch.Look(c.Request.Context())
	list := serviceList{
		Side: s.LVS, Query: strings.TrimSpace(c.Query("q")), State: c.Query("state"),
		States: []string{"UP", "DEGRADED", "DOWN", "SORRY", "HELD"},
	}
	rows := serviceRows(s.LVS.Status.Virtuals)
	rows = slices.DeleteFunc(rows, func(r serviceRow) bool { return !list.matches(r) })
	list.Total = len(rows)
	next := ""
	list.Rows, next = pageAfter(rows, c.Query("after"), func(r serviceRow) string { return r.Name })
	if next != "" {
		list.Next = "/services?" + url.Values{"q": {list.Query}, "state": {list.State}, "after": {next}}.Encode()
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

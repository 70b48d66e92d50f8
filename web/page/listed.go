package page

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"holdfast/web/live"
)

// shownRows names in the filter of a stream the rows that are on screen.
const shownRows = "row"

// filterOf is what an address asks of a long list.
func filterOf(c *gin.Context) string {
	asked, filter := c.Request.URL.Query(), url.Values{}
	for _, name := range []string{"q", "state", "after"} {
		if value := asked.Get(name); value != "" {
			filter.Set(name, value)
		}
	}
	return filter.Encode()
}

// drawList draws a page with a list that may be filtered by state. Its stream names the
// rows on screen then: they stay where they are when their states change.
func (p *Pages) drawList(c *gin.Context, nav string, v live.View, rows func(body any) []string) {
	v.Lang = language(c.Request)
	body, err := p.bodies()[v.Page].body(c.Request.Context(), v, p.Watch.Look(c.Request.Context()))
	if err != nil {
		p.fail(c, err)
		return
	}
	if filter, err := url.ParseQuery(v.Filter); err == nil && filter.Get("state") != "" {
		filter[shownRows] = rows(body)
		v.Filter = filter.Encode()
	}
	p.show(c, http.StatusOK, v.Page, nav, v, body)
}

func (r serviceRow) name() string { return r.Name }
func (r serverRow) name() string  { return r.Name }

// namesOf are the names of rows.
func namesOf[T interface{ name() string }](rows []T) []string {
	names := make([]string, 0, len(rows))
	for _, r := range rows {
		names = append(names, r.name())
	}
	return names
}

// only gives the rows of these names, by name.
func only[T any](rows []T, names []string, name func(T) string) []T {
	some := slices.DeleteFunc(slices.Clone(rows), func(r T) bool { return !slices.Contains(names, name(r)) })
	slices.SortFunc(some, func(a, b T) int { return cmp.Compare(name(a), name(b)) })
	return some
}

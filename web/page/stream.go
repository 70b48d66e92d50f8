package page

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"holdfast/web/access"
	"holdfast/web/auth"
	"holdfast/web/live"
)

// streamPath is the address of the live stream of a view.
func streamPath(v live.View) string {
	q := url.Values{"page": {v.Page}}
	if v.Object != "" {
		q.Set("object", v.Object)
	}
	if v.Filter != "" {
		q.Set("filter", v.Filter)
	}
	if v.Since != 0 {
		q.Set("since", strconv.FormatInt(v.Since, 10))
	}
	return "/live?" + q.Encode()
}

// stream is the live stream of a page.
func (p *Pages) stream(c *gin.Context) {
	since, err := strconv.ParseInt(c.DefaultQuery("since", "0"), 10, 64)
	if err != nil {
		since = 0
	}
	if page, ok := p.bodies()[c.Query("page")]; ok {
		row, _ := access.Find(http.MethodGet, page.path)
		if err := access.Require(c.Request.Context(), row.Least); err != nil {
			p.fail(c, err)
			return
		}
	}
	v := live.View{Page: c.Query("page"), Object: c.Query("object"), Filter: c.Query("filter"), Lang: language(c.Request), Since: since}
	v.Edits = v.Page == "overview" && edits(c.Request)
	session, _ := auth.Of(c.Request.Context())
	err = p.Hub.Stream(c.Writer, c.Request, session.ID, v, func() bool { return p.Auth.Alive(c.Request.Context(), session) })
	if err != nil {
		p.fail(c, err)
	}
}

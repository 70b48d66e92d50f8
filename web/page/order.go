package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/control"
	"holdfast/web/fault"
	"holdfast/web/orders"
)

// order has a real server drained, switched off, weighed otherwise or brought back, as
// the button says that was pressed.
func (p *Pages) order(c *gin.Context) {
	req := control.OrderRequest{
		Virtual: c.Param("name"), Server: strings.TrimSpace(c.PostForm("server")), Mode: c.PostForm("mode"),
		Owner: user(c).Name, Reason: strings.TrimSpace(c.PostForm("reason")), Until: c.PostForm("until"),
	}
	if !slices.Contains(orders.Modes, req.Mode) {
		p.fail(c, fault.New("no-order", "Reason", strconv.Quote(req.Mode)))
		return
	}
	if req.Mode == "weight" {
		n, err := strconv.Atoi(strings.TrimSpace(c.PostForm("weight")))
		if err != nil {
			p.fail(c, fault.New("no-weight"))
			return
		}
		req.Weight = n
	}
	ctx := c.Request.Context()
	if _, err := p.Orders.Give(ctx, req); err != nil {
		p.fail(c, err)
		return
	}
	p.Watch.LookAgain(ctx)
	p.Hub.Wake()
	said(c, "/services/"+url.PathEscape(req.Virtual), "server-"+req.Mode)
}

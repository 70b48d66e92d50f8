package page

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/control"
	"holdfast/web/fault"
	"holdfast/web/live"
	"holdfast/web/orders"
)

// standing is the page about who holds the addresses: what would come of a hand-over, and
// what is in force.
type standing struct {
	Name  string // of the instance or sync group that it is about; "" is all
	Plan  control.StoodBy
	Alone bool     // of some of it no router is known that would take over
	Times []string // how long a hand-over may last, in seconds
}

// handOverTimes are what the page offers; 0 is until it is ended.
var handOverTimes = []string{"0", "3600", "28800", "86400"}

// standModes are what the buttons of the page ask for.
var standModes = []string{control.HandOver, control.HandBack, control.MaintenanceOn, control.MaintenanceOff}

func (p *Pages) standby(c *gin.Context) {
	body, err := p.standing(c, c.Query("name"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "standby", "vips", live.View{}, body)
}

// standing asks the role what would come of a hand-over.
func (p *Pages) standing(c *gin.Context, name string) (standing, error) {
	plan, err := p.Orders.Stand(c.Request.Context(), control.StandbyRequest{Mode: control.HandOver, Names: routersOf(name), Preview: true})
	alone := slices.ContainsFunc(plan.Forecast, func(f control.Forecast) bool { return f.Severity == "warning" })
	return standing{name, plan, alone, handOverTimes}, err
}

func routersOf(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// stand has other routers take over or ends that, as the button says that was pressed.
func (p *Pages) stand(c *gin.Context) {
	name := strings.TrimSpace(c.PostForm("name"))
	seconds, err := strconv.ParseFloat(c.DefaultPostForm("for", "0"), 64)
	req := control.StandbyRequest{Mode: c.PostForm("mode"), For: seconds, Force: c.PostForm("force") != "", Wait: orders.StandbyWait,
		Owner: user(c).Name, Reason: strings.TrimSpace(c.PostForm("reason"))}
	if err != nil || !slices.Contains(standModes, req.Mode) {
		p.fail(c, fault.New("no-order", "Reason", strconv.Quote(req.Mode)))
		return
	}
	if req.Mode == control.HandOver || req.Mode == control.HandBack {
		req.Names = routersOf(name)
	}
	ctx := c.Request.Context()
	done, err := p.Orders.Stand(ctx, req)
	if err != nil {
		body, failed := p.standing(c, name)
		if failed != nil {
			p.fail(c, err)
			return
		}
		p.showFault(c, err, "standby", "vips", body)
		return
	}
	p.Watch.LookAgain(ctx)
	p.Hub.Wake()
	code := req.Mode
	if slices.ContainsFunc(done.Outcomes, func(o control.StandbyOutcome) bool { return o.Code == "kept" || o.Code == "asks" }) &&
		(code == control.HandOver || code == control.MaintenanceOn) {
		code += "-kept"
	}
	said(c, "/standby?name="+url.QueryEscape(name), code)
}

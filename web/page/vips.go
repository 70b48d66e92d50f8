package page

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"holdfast/engine/control"
	"holdfast/store"
	"holdfast/web/live"
)

// routers is the list of virtual routers with what they track.
type routers struct {
	Side      live.Side
	Instances []control.InstanceStatus
	Groups    []control.GroupStatus
	Scripts   []control.ScriptStatus
	Sessions  []control.SessionStatus
}

// router is one virtual router.
type router struct {
	Side live.Side
	control.InstanceStatus
	Events []store.JournalRow
}

func (p *Pages) vips(c *gin.Context) { p.drawLive(c, "vips", live.View{Page: "vips"}) }

func (p *Pages) vipsBody(_ context.Context, _ live.View, s live.Snapshot) (any, error) {
	st := s.VRRP.Status
	return routers{s.VRRP, st.Instances, st.Groups, st.Scripts, st.Sessions}, nil
}

func (p *Pages) vip(c *gin.Context) {
	p.drawLive(c, "vips", live.View{Page: "vip", Object: c.Param("name")})
}

func (p *Pages) vipBody(ctx context.Context, v live.View, s live.Snapshot) (any, error) {
	for _, in := range s.VRRP.Status.Instances {
		if in.Name == v.Object {
			events, err := p.Store.JournalPage(ctx, store.JournalFilter{Object: in.Name, Limit: fewEvents})
			return router{s.VRRP, in, events}, err
		}
	}
	return nil, missing("vrrp", s.VRRP, "no-router", v.Object)
}

// drawLive draws a page whose body is made by its live part.
func (p *Pages) drawLive(c *gin.Context, nav string, v live.View) {
	v.Lang = language(c.Request)
	body, err := p.bodies()[v.Page].body(c.Request.Context(), v, p.Watch.Look(c.Request.Context()))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, v.Page, nav, v, body)
}

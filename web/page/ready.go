package page

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/engine/kit"
	"holdfast/web/live"
)

// readyPage is how the real servers of a service are readied for direct routing or a
// tunnel, and whether they are.
type readyPage struct {
	Name     string
	Forms    []string
	Form     string // that is shown
	Undo     bool
	Script   string
	Verified *control.Verified // nil: nobody asked
}

func (p *Pages) ready(c *gin.Context) { p.showReady(c, nil) }

// verify asks the servers, and shows what came of it.
func (p *Pages) verify(c *gin.Context) {
	v, err := p.Orders.Verify(c.Request.Context(), c.Param("name"), "")
	if err != nil {
		p.fail(c, err)
		return
	}
	p.showReady(c, &v)
}

func (p *Pages) showReady(c *gin.Context, v *control.Verified) {
	lang := language(c.Request)
	body := readyPage{Name: c.Param("name"), Forms: kit.Forms, Form: c.DefaultQuery("for", kit.Now), Undo: c.Query("undo") == "yes", Verified: v}
	if !slices.Contains(kit.Forms, body.Form) {
		body.Form = kit.Now
	}
	var err error
	body.Script, err = p.Orders.Script(c.Request.Context(), body.Name, "", body.Form, body.Undo, func(id string) string { return assets.Text(lang, id, nil) })
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "ready", "services", live.View{}, body)
}

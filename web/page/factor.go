package page

import (
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"holdfast/web/auth"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// factorPage is the reader's second factor.
type factorPage struct {
	Set    bool         // it is in force
	Waits  bool         // a secret waits for its first code
	Secret string       // of one that was just made: shown once
	Link   template.URL // that makes an authenticator app take the secret
	Codes  []string     // recovery codes that were just made: shown once
}

func (p *Pages) factorBody(c *gin.Context) (factorPage, error) {
	u, err := p.Store.UserByID(c.Request.Context(), user(c).ID)
	return factorPage{Set: u.Factor != "", Waits: u.FactorNext != ""}, err
}

// showFactor draws the page around what fill adds.
func (p *Pages) showFactor(c *gin.Context, fill func(*factorPage)) {
	body, err := p.factorBody(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	fill(&body)
	p.show(c, http.StatusOK, "factor", "system", live.View{Page: "factor", Lang: language(c.Request)}, body)
}

func (p *Pages) factorFault(c *gin.Context, wrong error) {
	body, err := p.factorBody(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.showFault(c, wrong, "factor", "system", body)
}

func (p *Pages) factor(c *gin.Context) { p.showFactor(c, func(*factorPage) {}) }

// beginFactor answers with the page that shows the secret: no address leads to it again.
func (p *Pages) beginFactor(c *gin.Context) {
	f, err := p.Auth.BeginFactor(c.Request.Context(), user(c).ID, p.Node)
	if err != nil {
		p.factorFault(c, err)
		return
	}
	p.showFactor(c, func(body *factorPage) {
		// The scheme is no web page's, so that html/template would drop the link; auth made it.
		body.Secret, body.Link = f.Secret, template.URL(f.URL)
	})
}

func (p *Pages) confirmFactor(c *gin.Context) {
	codes, err := p.Auth.ConfirmFactor(c.Request.Context(), user(c).ID, c.PostForm("code"))
	if err != nil {
		p.factorFault(c, err)
		return
	}
	p.showFactor(c, func(body *factorPage) { body.Codes = codes })
}

func (p *Pages) dropFactor(c *gin.Context) {
	password := c.PostForm("password")
	if password == "" { // no attempt at the password: it is not counted as one
		p.factorFault(c, fault.In("password", "password-wrong"))
		return
	}
	err := p.Auth.DropFactor(c.Request.Context(), user(c), password, auth.From(c.Request))
	if fault.Of(err).Code == "login-refused" {
		err = fault.In("password", "password-wrong")
	}
	if err != nil {
		p.factorFault(c, at(err, "password"))
		return
	}
	said(c, "/system/second-factor", "factor-dropped")
}

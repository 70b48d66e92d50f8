package page

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"holdfast/engine/control"
	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/auth"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// tabs are the pages of System, in their order.
var tabs = []string{"mail", "users", "sessions", "second-factor", "tokens", "audit", "about"}

// tabsOf are the tabs a role may open.
func tabsOf(role store.Role) []string {
	return slices.DeleteFunc(slices.Clone(tabs), func(name string) bool {
		row, ok := access.Find(http.MethodGet, "/system/"+name)
		return !ok || !access.May(role, row.Least)
	})
}

// Tabs are the tabs the reader may open.
func (f frame) Tabs() []string {
	if f.User == nil {
		return nil
	}
	return tabsOf(f.User.Role)
}

// system leads to the first tab the reader may open.
func (p *Pages) system(c *gin.Context) {
	c.Redirect(http.StatusSeeOther, "/system/"+tabsOf(user(c).Role)[0])
}

// Admin says whether the reader may change settings and apply.
func (f frame) Admin() bool { return f.User != nil && access.May(f.User.Role, store.Admin) }

// Editor says whether the reader may edit the candidate.
func (f frame) Editor() bool { return f.User != nil && access.May(f.User.Role, store.Editor) }

// Operator says whether the reader may give orders about real servers.
func (f frame) Operator() bool { return f.User != nil && access.May(f.User.Role, store.Operator) }

// account is the user's own page.
type account struct {
	Sessions    []store.Session
	Current     int64
	MinPassword int
}

func (p *Pages) sessions(c *gin.Context) {
	body, err := p.account(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "sessions", "system", live.View{Page: "sessions", Lang: language(c.Request)}, body)
}

func (p *Pages) account(c *gin.Context) (account, error) {
	s, _ := auth.Of(c.Request.Context())
	list, err := p.Store.ListSessions(c.Request.Context(), s.User.ID)
	return account{list, s.ID, auth.MinPassword}, err
}

func (p *Pages) endSession(c *gin.Context) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		p.fail(c, fault.New("no-session"))
		return
	}
	err = p.Store.RevokeSession(c.Request.Context(), user(c).ID, id)
	if errors.Is(err, store.ErrNotFound) {
		err = fault.New("no-session")
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	said(c, "/system/sessions", "session-ended")
}

func (p *Pages) changePassword(c *gin.Context) {
	password := c.PostForm("password")
	var err error
	if password != c.PostForm("again") {
		err = fault.In("again", "password-differs")
	} else {
		err = p.Auth.ChangePassword(c.Request.Context(), user(c), c.PostForm("old"), password, auth.From(c.Request))
	}
	if err != nil {
		body, readErr := p.account(c)
		if readErr != nil {
			p.fail(c, readErr)
			return
		}
		p.showFault(c, err, "sessions", "system", body)
		return
	}
	http.SetCookie(c.Writer, auth.Cookie(c.Request, ""))
	said(c, "/login", "password-changed")
}

// aboutPage shows the two roles of this node.
type aboutPage struct {
	Roles    []roleState
	Programs *control.Programs // what root allows; nil where it is not known
}

type roleState struct {
	Name string
	live.Side
	Held []control.Blocked
}

func (p *Pages) about(c *gin.Context) { p.drawLive(c, "system", live.View{Page: "about"}) }

func (p *Pages) aboutBody(_ context.Context, _ live.View, s live.Snapshot) (any, error) {
	return aboutPage{
		Programs: cmp.Or(s.VRRP.Status.Programs, s.LVS.Status.Programs),
		Roles:    []roleState{{"vrrp", s.VRRP, s.VRRP.Status.Held}, {"lvs", s.LVS, s.LVS.Status.Held}},
	}, nil
}

// auditList is one page of the audit log.
type auditList struct {
	Rows  []store.AuditRow
	Older int64 // ID to go on before; 0 is the end
}

func (p *Pages) audit(c *gin.Context) {
	before, err := strconv.ParseInt(c.DefaultQuery("before", "0"), 10, 64)
	if err != nil {
		before = 0
	}
	rows, err := p.Store.AuditPage(c.Request.Context(), before, pageSize+1)
	if err != nil {
		p.fail(c, err)
		return
	}
	list := auditList{Rows: slices.Clip(rows[:min(len(rows), pageSize)])}
	if len(rows) > pageSize {
		list.Older = list.Rows[pageSize-1].ID
	}
	p.show(c, http.StatusOK, "audit", "system", live.View{Page: "audit", Lang: language(c.Request)}, list)
}

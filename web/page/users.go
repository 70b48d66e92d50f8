package page

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/auth"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// usersPage is the accounts, and the form of a new one.
type usersPage struct {
	Users       []userRow
	Name        string // as typed
	Role        store.Role
	Roles       []store.Role
	MinPassword int
}

// userRow is one account as the list shows it.
type userRow struct {
	store.User
	LastLogin time.Time // zero: none is known
	Own       bool      // of the reader
}

func (p *Pages) users(c *gin.Context) {
	body, err := p.usersBody(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "users", "system", live.View{Page: "users", Lang: language(c.Request)}, body)
}

func (p *Pages) usersBody(c *gin.Context) (usersPage, error) {
	body := usersPage{Role: store.Viewer, Roles: store.Roles, MinPassword: auth.MinPassword}
	list, err := p.Store.ListUsers(c.Request.Context())
	if err != nil {
		return body, err
	}
	last, err := p.Store.LastLogins(c.Request.Context())
	for _, u := range list {
		body.Users = append(body.Users, userRow{u, loginOf(u, last), u.ID == user(c).ID})
	}
	return body, err
}

// loginOf is the last log-in of an account: one from before it was made is of another
// account that had the name.
func loginOf(u store.User, last map[string]time.Time) time.Time {
	if at := last[u.Name]; !at.Before(u.CreatedAt) {
		return at
	}
	return time.Time{}
}

func (p *Pages) addUser(c *gin.Context) {
	name, role, password := c.PostForm("name"), store.Role(c.PostForm("role")), c.PostForm("password")
	var err error
	if password != c.PostForm("again") {
		err = fault.In("again", "password-differs")
	} else {
		_, err = p.Auth.AddUser(c.Request.Context(), user(c).Name, name, password, role)
	}
	if err != nil {
		body, failed := p.usersBody(c)
		if failed != nil {
			p.fail(c, failed)
			return
		}
		body.Name, body.Role = name, role
		p.showFault(c, err, "users", "system", body)
		return
	}
	said(c, "/system/users", "user-added")
}

// personPage is one account, and what may be done to it.
type personPage struct {
	userRow
	Roles       []store.Role
	MinPassword int
}

// personOf reads the account of the address. Fault: no-user.
func (p *Pages) personOf(c *gin.Context) (personPage, error) {
	body := personPage{Roles: store.Roles, MinPassword: auth.MinPassword}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return body, fault.New("no-user", "Name", c.Param("id"))
	}
	body.User, err = p.Store.UserByID(c.Request.Context(), id)
	if err != nil {
		return body, orElse(err, fault.New("no-user", "Name", c.Param("id")))
	}
	last, err := p.Store.LastLogins(c.Request.Context())
	body.LastLogin, body.Own = loginOf(body.User, last), id == user(c).ID
	return body, err
}

func (p *Pages) person(c *gin.Context) {
	body, err := p.personOf(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "user", "system", live.View{Page: "user", Lang: language(c.Request)}, body)
}

// toPerson does one thing to the account of the address, and leads on to next, which
// begins with the notice code. A fault without a field is shown at field.
func (p *Pages) toPerson(c *gin.Context, field, code string, do func(personPage) (next string, err error)) {
	body, err := p.personOf(c)
	if err != nil {
		p.fail(c, err)
		return
	}
	next, err := do(body)
	if err != nil {
		p.showFault(c, at(err, field), "user", "system", body)
		return
	}
	said(c, next, code)
}

// page is the address of an account's page.
func (u userRow) page() string { return "/system/users/" + strconv.FormatInt(u.ID, 10) }

func (p *Pages) setRole(c *gin.Context) {
	role := store.Role(c.PostForm("role"))
	p.toPerson(c, "role", "user-role", func(u personPage) (string, error) {
		_, err := p.Auth.SetRole(c.Request.Context(), user(c).Name, u.Name, role)
		if u.Own && !access.May(role, store.Admin) {
			return "/", err // the accounts are no longer the reader's
		}
		return u.page(), err
	})
}

func (p *Pages) setPassword(c *gin.Context) {
	p.toPerson(c, "password", "user-password", func(u personPage) (string, error) {
		password := c.PostForm("password")
		if password != c.PostForm("again") {
			return "", fault.In("again", "password-differs")
		}
		err := p.Auth.SetPasswordOf(c.Request.Context(), user(c).Name, u.Name, password)
		if err != nil || !u.Own {
			return u.page(), err
		}
		http.SetCookie(c.Writer, auth.Cookie(c.Request, "")) // the session of this request ended, too
		return "/login", nil
	})
}

func (p *Pages) dropFactorOf(c *gin.Context) {
	p.toPerson(c, "", "user-factor", func(u personPage) (string, error) {
		if u.Factor == "" {
			return u.page(), nil // it is so already
		}
		return u.page(), p.Store.DropFactor(c.Request.Context(), u.ID, user(c).Name)
	})
}

func (p *Pages) removeUser(c *gin.Context) {
	p.toPerson(c, "typed", "user-removed", func(u personPage) (string, error) {
		if c.PostForm("typed") != u.Name {
			return "", &fault.Error{Code: "name-differs", Field: "typed", Args: map[string]string{"Name": u.Name}}
		}
		if err := p.Auth.RemoveUser(c.Request.Context(), user(c).Name, u.Name); err != nil || !u.Own {
			return "/system/users", err
		}
		http.SetCookie(c.Writer, auth.Cookie(c.Request, ""))
		return "/login", nil
	})
}

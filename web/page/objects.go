package page

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/engine/objects"
	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// objectKinds are the lists of objects, in the order of their tabs.
var objectKinds = []objects.Kind{objects.Router, objects.Service, objects.Server, objects.Group, objects.Script, objects.Process}

// objectsPage is one page of the objects of a kind in the text in the editor.
type objectsPage struct {
	Draft changes.Draft
	Kind  objects.Kind
	Kinds []objects.Kind
	Query string
	Rows  []objects.Object
	Total int    // that match
	Next  string // address of the next page; "" is none
}

// firstObjects leads to the list that most changes begin with.
func (p *Pages) firstObjects(c *gin.Context) {
	c.Redirect(http.StatusSeeOther, "/objects/"+string(objects.Router))
}

func (p *Pages) objectList(c *gin.Context) {
	kind := objects.Kind(c.Param("kind"))
	if !slices.Contains(objectKinds, kind) {
		p.fail(c, fault.New(fault.NotFound))
		return
	}
	draft, err := p.Workflow.Draft(c.Request.Context())
	if err != nil {
		p.fail(c, err)
		return
	}
	body := objectsPage{Draft: draft, Kind: kind, Kinds: objectKinds, Query: strings.TrimSpace(c.Query("q"))}
	var fits []objects.Object
	for _, o := range p.Workflow.Objects(draft.Text).All(kind) {
		if strings.Contains(o.ID, body.Query) || o.Owner != nil && strings.Contains(o.Owner.ID, body.Query) {
			fits = append(fits, o)
		}
	}
	body.Total = len(fits)
	body.Rows, body.Next = behind(fits, c.Query("after"))
	if body.Next != "" {
		body.Next = "/objects/" + string(kind) + "?" + url.Values{"q": {body.Query}, "after": {body.Next}}.Encode()
	}
	p.show(c, http.StatusOK, "objects", "changes", live.View{}, body)
}

// behind is a page of objects, in the order of the text, and what the next one begins
// behind.
func behind(list []objects.Object, after string) (page []objects.Object, next string) {
	from := 0
	if i := slices.IndexFunc(list, func(o objects.Object) bool { return idLine(o) == after }); i >= 0 {
		from = i + 1
	}
	to := min(from+pageSize, len(list))
	if to < len(list) {
		next = idLine(list[to-1])
	}
	return list[from:to], next
}

// idLine names an object in the address of a page.
func idLine(o objects.Object) string { return strings.Join(o.IDs(), " ") }

// objectAddress is that of the form of an object, or of another page about it.
func objectAddress(o objects.Object, what string) string {
	return "/objects/" + string(o.Kind) + "/" + what + "?" + url.Values{"id": o.IDs()}.Encode()
}

// newAddress is that of the form of a new object of a kind in another, nil for none.
func newAddress(k objects.Kind, owner *objects.Object) string {
	to := "/objects/" + string(k) + "/new"
	if owner != nil {
		to += "?" + url.Values{"id": owner.IDs()}.Encode()
	}
	return to
}

// act is what a button of a list or a form does with one object, or with those that were
// picked.
func (p *Pages) act(c *gin.Context) {
	ids, kind, many := c.PostFormArray("id"), objects.Kind(c.Param("kind")), c.PostForm("many") != ""
	picked := [][]string{ids}
	if many {
		picked = picks(c.PostFormArray("pick"))
		if len(picked) == 0 {
			p.fail(c, fault.New("nothing-picked"))
			return
		}
	}
	to := "/changes#plan"
	edited, err := p.Workflow.EditCandidate(c.Request.Context(), user(c).Name, func(x *objects.Text) (*objects.Text, error) {
		list := make([]objects.Object, 0, len(picked))
		for _, ids := range picked {
			o, err := x.Find(kind, ids...)
			if err != nil {
				return nil, err
			}
			list = append(list, o)
		}
		switch c.PostForm("do") {
		case "remove":
			return x.RemoveAll(list)
		case "disable":
			return x.DisableAll(list)
		case "enable":
			return x.EnableAll(list)
		case "copy":
			next, twin, err := x.Copy(list[0], strings.TrimSpace(c.PostForm("name")))
			if err == nil {
				to = objectAddress(twin, "edit")
			}
			return next, err
		}
		return nil, fault.New(fault.NotFound)
	})
	if err != nil && many {
		p.fail(c, err)
		return
	}
	if err != nil {
		p.objectFault(c, kind, ids, err)
		return
	}
	if !edited.Changed {
		said(c, "/objects/"+string(kind), "object-same")
		return
	}
	p.Hub.Wake()
	c.Redirect(http.StatusSeeOther, to)
}

// pickOf names an object where several are picked.
func pickOf(o objects.Object) string { return url.Values{"id": o.IDs()}.Encode() }

// picks are the ids of the objects that were picked.
func picks(values []string) (list [][]string) {
	for _, v := range values {
		if q, err := url.ParseQuery(v); err == nil && len(q["id"]) > 0 {
			list = append(list, q["id"])
		}
	}
	return list
}

// objectFault draws the form of an object again with what was wrong, or, where it has
// none, only says it.
func (p *Pages) objectFault(c *gin.Context, kind objects.Kind, ids []string, wrong error) {
	f, err := p.form(c, kind, ids)
	if err != nil {
		p.fail(c, wrong)
		return
	}
	f.CopyName = c.PostForm("name")
	p.showFault(c, wrong, "object", "changes", f)
}

package page

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/assets"
	"holdfast/engine/cards"
	"holdfast/engine/model"
	"holdfast/engine/objects"
	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// member is a virtual router that may be in a sync group.
type member struct {
	Name string
	In   bool
}

// objectPage is the form of one object, and the text that it makes.
type objectPage struct {
	objects.Object
	New         bool
	Typed       string      // the name in the form
	Word        string      // of a new check: its kind
	Words       []string    // the kinds of checks
	Basic, More []formField // the fields
	Open        bool        // More has a field with something in it
	Base        string      // hash of the text that the form was made from
	Version     int         // of the candidate that has it; 0: there is none
	Text        string      // what the form makes of the object
	Diff        []changes.DiffLine
	Findings    []finding
	Child       objects.Kind     // of the objects in it; "": it has none
	Children    []objects.Object // one page of them
	ChildTotal  int
	ChildNext   string
	CopyName    string
	draft       changes.Draft
	text        *objects.Text
	here        cards.Here       // of a virtual router: this host and what is heard on its links
	routers     []model.Instance // the others of the text
}

// formField is a field of the form with what was typed into it.
type formField struct {
	objects.Field
	Value   string
	Options []string     // of a choice
	Rows    int          // of a field with several lines
	Picks   []cardOption // of a number of a virtual router, all of them; of an interface those of this host
	Members []member     // of a sync group: the virtual routers of the text, and who else is in it
	Cards   bool         // the choices have consequences, and each says which
}

// form is the form of an object of the text in the editor; ids lead to it.
func (p *Pages) form(c *gin.Context, kind objects.Kind, ids []string) (objectPage, error) {
	draft, err := p.Workflow.Draft(c.Request.Context())
	if err != nil {
		return objectPage{}, err
	}
	x := p.Workflow.Objects(draft.Text)
	o, err := x.Find(kind, ids...)
	if err != nil && kind == objects.Global { // an empty one, that a change makes
		return p.blank(c, kind, nil)
	}
	if err != nil {
		return objectPage{}, err
	}
	f := objectPage{Object: o, Typed: o.Name, Base: model.Hash([]byte(draft.Text)), Version: draft.Version, draft: draft, text: x}
	f.around(p, c.Request.Context())
	f.fields(x.Fields(o), nil)
	f.look(p, x, o)
	f.children(c.Query("after"))
	return f, nil
}

// blank is the form of a new object in the one that ids lead to.
func (p *Pages) blank(c *gin.Context, kind objects.Kind, ids []string) (objectPage, error) {
	draft, err := p.Workflow.Draft(c.Request.Context())
	if err != nil {
		return objectPage{}, err
	}
	x := p.Workflow.Objects(draft.Text)
	f := objectPage{New: true, Base: model.Hash([]byte(draft.Text)), Version: draft.Version, draft: draft, text: x}
	f.Kind = kind
	if f.Owner, err = ownerIn(x, kind, ids); err != nil {
		return f, err
	}
	if kind == objects.Check {
		f.Words = objects.Checks()
		f.Word = c.DefaultQuery("word", c.PostForm("word"))
		if !slices.Contains(f.Words, f.Word) {
			f.Word = commonCheck
		}
		f.Typed = f.Word
	}
	f.around(p, c.Request.Context())
	f.fields(objects.FieldsOf(kind, f.Word), f.suggested())
	return f, nil
}

// commonCheck is the kind of check that a form begins with.
const commonCheck = "TCP_CHECK"

// suggested are what the form of a new object begins with where the default is seldom
// what is meant, or is taken.
func (f *objectPage) suggested() map[string]string {
	switch f.Kind {
	case objects.Service:
		return map[string]string{"protocol": "TCP"}
	case objects.Router:
		taken := map[int]cards.Taken{} // on every link: which one it will be is not said yet
		for _, in := range f.routers {
			maps.Copy(taken, cards.TakenOn(in.Interface, f.routers, nil))
		}
		for _, h := range f.here.Heard {
			taken[int(h.VRID)] = cards.Taken{}
		}
		if n := cards.Free(taken); n > 0 {
			return map[string]string{vridWord: strconv.Itoa(n)}
		}
	}
	return nil
}

// The directives that a form helps with.
const (
	vridWord    = "virtual_router_id"
	linkWord    = "interface"
	membersWord = "group" // of a sync group
)

// ownerIn is the object that ids lead to, in which those of a kind stand.
func ownerIn(x *objects.Text, kind objects.Kind, ids []string) (*objects.Object, error) {
	outer, has := map[objects.Kind]objects.Kind{objects.Server: objects.Service, objects.Check: objects.Server}[kind]
	if !has {
		if kind != objects.Global && !slices.Contains(objectKinds, kind) {
			return nil, fault.New(fault.NotFound)
		}
		return nil, nil
	}
	o, err := x.Find(outer, ids...)
	return &o, err
}

// around looks at what stands around a virtual router: the others of the text, this host
// and what is heard on its links.
func (f *objectPage) around(p *Pages, ctx context.Context) {
	if f.Kind != objects.Router {
		return
	}
	f.here = p.Workflow.Here(ctx)
	for _, o := range f.text.List(objects.Router, nil) {
		if o.ID == f.ID {
			continue
		}
		in := model.Instance{Name: o.ID}
		for _, s := range f.text.Settings(o) {
			switch s.Keyword {
			case linkWord:
				in.Interface = s.Value
			case vridWord:
				n, _ := strconv.ParseUint(s.Value, 10, 8)
				in.VRID = uint8(n)
			}
		}
		f.routers = append(f.routers, in)
	}
}

// members are those of a sync group in their order, and then the other virtual routers of
// the text.
func members(x *objects.Text, lines string) []member {
	var all []member
	for _, name := range strings.Fields(lines) {
		all = append(all, member{name, true})
	}
	for _, o := range x.List(objects.Router, nil) {
		if !slices.ContainsFunc(all, func(m member) bool { return m.Name == o.ID }) {
			all = append(all, member{o.ID, false})
		}
	}
	return all
}

// picks are what can be chosen in a field of a virtual router, given its interface.
func (f *objectPage) picks(field formField, link string) []cardOption {
	switch {
	case f.Kind != objects.Router:
	case field.Name == linkWord:
		return links(f.here.Facts)
	case field.Name == vridWord:
		all := numbers(cards.TakenOn(link, f.routers, f.here.Heard))
		if field.Value != "" && !slices.ContainsFunc(all, func(o cardOption) bool { return o.Value == field.Value }) {
			all = append(all, cardOption{Value: field.Value}) // such as a definition
		}
		return all
	}
	return nil
}

// fields puts what was typed into the fields of the form.
func (f *objectPage) fields(list []objects.Field, typed map[string]string) {
	f.Basic, f.More = nil, nil
	first := basicFields[f.Kind]
	if f.Kind == objects.Check {
		first = basicOfChecks
	}
	link := ""
	for _, one := range list {
		in := formField{Field: one, Value: one.Text}
		if value, ok := typed[one.Name]; ok {
			in.Value = value
		}
		if one.Name == linkWord {
			link = in.Value
		}
		in.Options = optionsOf(one, in.Value)
		in.Cards = len(in.Options) > 0 && assets.Known("ui.choice."+one.Word+"."+in.Options[0])
		in.Rows = min(12, max(2, strings.Count(in.Value, "\n")+2))
		if slices.Contains(first, one.Name) {
			f.Basic = append(f.Basic, in)
			continue
		}
		f.More = append(f.More, in)
		f.Open = f.Open || in.Value != ""
	}
	for i := range f.Basic {
		if f.Kind == objects.Group && f.Basic[i].Name == membersWord && f.Basic[i].Shape == objects.Lines {
			f.Basic[i].Members = members(f.text, f.Basic[i].Value)
		}
		f.Basic[i].Picks = f.picks(f.Basic[i], link)
	}
	slices.SortStableFunc(f.Basic, func(a, b formField) int { return slices.Index(first, a.Name) - slices.Index(first, b.Name) })
}

// optionsOf are the values that a choice offers; what is written is one of them.
func optionsOf(f objects.Field, value string) []string {
	if f.Shape != objects.Choice {
		return nil
	}
	options := slices.Clone(f.Values)
	if len(options) == 0 {
		options = []string{"on", "off"}
	}
	if value != "" && !slices.Contains(options, value) {
		options = append(options, value)
	}
	return options
}

// look shows what the text of the form is, and what is found in it.
func (f *objectPage) look(p *Pages, x *objects.Text, o objects.Object) {
	f.Text = beginning(x.Lines(o))
	f.Findings = findingsIn(x.String(), p.Workflow.FindingsIn(x, o))
	if after := x.String(); after != f.draft.Text {
		f.Diff = changes.Diff(f.draft.Text, after)
	}
}

// children lists the objects in this one.
func (f *objectPage) children(after string) {
	f.Child = map[objects.Kind]objects.Kind{objects.Service: objects.Server, objects.Server: objects.Check}[f.Kind]
	if f.Child == "" || f.New {
		return
	}
	all := f.text.List(f.Child, &f.Object)
	f.ChildTotal = len(all)
	if f.Children, f.ChildNext = behind(all, after); f.ChildNext != "" {
		f.ChildNext = objectAddress(f.Object, "edit") + "&" + url.Values{"after": {f.ChildNext}}.Encode() + "#children"
	}
}

// NewChild is the address of the form of a new object in this one.
func (f objectPage) NewChild() string { return newAddress(f.Child, &f.Object) }

// mostObjectLines is how many lines of an object are shown beside its form.
const mostObjectLines = 200

// beginning gives the first lines of a text.
func beginning(text string) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) > mostObjectLines {
		return strings.Join(lines[:mostObjectLines], "") + "…\n"
	}
	return text
}

func (p *Pages) object(c *gin.Context) {
	kind := objects.Kind(c.Param("kind"))
	ids := c.QueryArray("id")
	if kind == objects.Global {
		ids = []string{objects.GlobalID}
	}
	f, err := p.form(c, kind, ids)
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "object", "changes", live.View{}, f)
}

func (p *Pages) newObject(c *gin.Context) {
	f, err := p.blank(c, objects.Kind(c.Param("kind")), c.QueryArray("id"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.show(c, http.StatusOK, "object", "changes", live.View{}, f)
}

// filled are the fields that were sent; what the form has and a browser leaves out, such
// as a tick that is off, is "".
func (f *objectPage) filled(c *gin.Context) map[string]string {
	texts := map[string]string{}
	for _, list := range [][]formField{f.Basic, f.More} {
		for _, one := range list {
			values, sent := c.GetPostFormArray("f." + one.Name)
			if len(values) > 1 { // members: the first is that of none
				values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
			}
			if sent || one.Shape == objects.Flag {
				texts[one.Name] = strings.ReplaceAll(strings.Join(values, "\n"), "\r\n", "\n")
			}
		}
	}
	return texts
}

// sent is the form that was sent, with the text that it is about. False: the answer is an
// error already.
func (p *Pages) sent(c *gin.Context, form func(*gin.Context, objects.Kind, []string) (objectPage, error), kind objects.Kind, ids []string) (f objectPage, x *objects.Text, base string, ok bool) {
	f, err := form(c, kind, ids)
	if err == nil {
		x, base, err = p.began(c, f)
	}
	if err != nil {
		p.fail(c, err)
	}
	return f, x, base, err == nil
}

// saveObject changes an object as its form says, or only shows what that would be.
func (p *Pages) saveObject(c *gin.Context) {
	kind, ids := objects.Kind(c.Param("kind")), c.PostFormArray("id")
	f, x, base, ok := p.sent(c, p.form, kind, ids)
	if !ok {
		return
	}
	p.make(c, f, base, func(texts map[string]string) (*objects.Text, objects.Object, error) {
		o, err := x.Find(kind, ids...)
		if kind == objects.Global && err != nil {
			return create(x, kind, nil, "", texts)
		}
		if err != nil {
			return nil, o, err
		}
		next, err := x.Fill(o, texts)
		if err != nil {
			return nil, o, err
		}
		name := strings.TrimSpace(c.PostForm("name"))
		if name != "" && name != o.Name {
			renamed, err := next.At(kind, o.Line)
			if err != nil {
				return nil, o, err
			}
			if next, err = next.Rename(renamed, name); err != nil {
				return nil, o, err
			}
		}
		now, err := next.At(kind, o.Line)
		return next, now, err
	})
}

// createObject adds the object of a form, or only shows what that would be.
func (p *Pages) createObject(c *gin.Context) {
	kind, ids := objects.Kind(c.Param("kind")), c.PostFormArray("id")
	f, x, base, ok := p.sent(c, p.blank, kind, ids)
	if !ok {
		return
	}
	p.make(c, f, base, func(texts map[string]string) (*objects.Text, objects.Object, error) {
		owner, err := ownerIn(x, kind, ids)
		if err != nil {
			return nil, objects.Object{}, err
		}
		name := strings.TrimSpace(c.PostForm("name"))
		if kind == objects.Check {
			name = f.Word
		}
		return create(x, kind, owner, name, texts)
	})
}

func create(x *objects.Text, kind objects.Kind, owner *objects.Object, name string, texts map[string]string) (*objects.Text, objects.Object, error) {
	next, o, err := x.Create(kind, owner, name, nil)
	if err != nil {
		return nil, o, err
	}
	if next, err = next.Fill(o, texts); err != nil {
		return nil, o, err
	}
	o, err = next.At(kind, o.Line)
	return next, o, err
}

// began is the text that a form was made from, so that two changes of one text can be
// told apart; where it is kept no longer it is the one that is there now.
func (p *Pages) began(c *gin.Context, f objectPage) (*objects.Text, string, error) {
	base := c.PostForm("base")
	if base == f.Base {
		return f.text, base, nil
	}
	text, known, err := p.Workflow.TextOf(c.Request.Context(), base)
	if err != nil || !known {
		return f.text, base, err
	}
	return p.Workflow.Objects(text), base, nil
}

// make carries out the change of a form: it shows the outcome, or makes it the candidate.
func (p *Pages) make(c *gin.Context, f objectPage, base string, change func(map[string]string) (*objects.Text, objects.Object, error)) {
	texts := f.filled(c)
	f.Typed = c.PostForm("name")
	f.Base = base
	if seen, err := strconv.Atoi(c.PostForm("version")); err == nil {
		f.Version = seen
	}
	list := objects.FieldsOf(f.Kind, f.Word)
	if !f.New {
		list = f.text.Fields(f.Object)
	}
	f.fields(list, texts)
	next, o, err := change(texts)
	if err != nil {
		if c.PostForm("do") == "preview" {
			f.Text = ""
			p.preview(c, "object", f, err)
			return
		}
		p.showFault(c, err, "object", "changes", f)
		return
	}
	if c.PostForm("do") == "preview" {
		f.look(p, next, o)
		p.preview(c, "object", f, nil)
		return
	}
	if model.Hash([]byte(next.String())) == base {
		said(c, "/objects/"+string(f.Kind), "object-same")
		return
	}
	s := changes.Saving{Author: user(c).Name, Text: next.String(), Version: f.Version, Base: base, Grown: true}
	p.keep(c, s, nil)
}

// preview draws a form with the text that it makes. It is no fault that what is being
// typed is not whole yet, so the answer is 200.
func (p *Pages) preview(c *gin.Context, name string, body any, wrong error) {
	frame := p.frame(c, "changes")
	if wrong != nil {
		frame.Fault = fault.Of(wrong)
	}
	frame.Body = body
	frame.age(c.Request)
	p.write(c, http.StatusOK, name, frame)
}

package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/engine/objects"
)

// sorts are the kinds of objects that have addresses, with what one is called.
var sorts = []struct {
	kind objects.Kind
	path string // of the list
	one  string
}{
	{objects.Router, "/config/instances", "virtual router"},
	{objects.Group, "/config/groups", "sync group"},
	{objects.Script, "/config/scripts", "tracking script"},
	{objects.Process, "/config/processes", "tracked process"},
	{objects.Service, "/config/services", "virtual server"},
	{objects.Server, "/config/services/{id}/servers", "real server"},
	{objects.Check, "/config/services/{id}/servers/{server}/checks", "check"},
}

// own is the name of an object's own id in its address.
var own = map[objects.Kind]string{objects.Server: "server", objects.Check: "check"}

// OrderInput is what each order to change an object may say beside the change.
type OrderInput struct {
	IDsInput
	IfMatch string `header:"If-Match" doc:"The etag that was read: else the answer is 412"`
	DryRun  bool   `query:"dry_run" doc:"Change nothing, and answer with the plan"`
	Apply   bool   `query:"apply" doc:"Change the text that runs and run it, beside the candidate; asks for an administrator"`
	Confirm int    `query:"confirm" minimum:"0" maximum:"86400" doc:"With apply: for how many seconds the roles wait for POST /confirm before they go back; 0: they wait for nothing; missing: 60"`
	Yes     bool   `query:"yes" doc:"With apply: also if more than half of the services, addresses or real servers go"`
	Note    string `query:"note" maxLength:"200" doc:"With apply: of the revision"`
}

type putInput struct {
	OrderInput
	Body struct {
		Name       string      `json:"name,omitempty" doc:"What is to stand behind the keyword; missing: what stands there"`
		Disabled   *bool       `json:"disabled,omitempty" doc:"Missing: as it is"`
		Directives []directive `json:"directives" doc:"All that it is to have, also the objects in it"`
	}
}

type patchInput struct {
	OrderInput
	Body struct {
		Disabled   *bool       `json:"disabled,omitempty" doc:"Missing: as it is"`
		Directives []directive `json:"directives,omitempty" doc:"Each takes the place of those with its keyword"`
		Remove     []string    `json:"remove,omitempty" doc:"Keywords that are to go"`
	}
}

type postInput struct {
	OrderInput
	Body struct {
		Name       string      `json:"name" doc:"What is to stand behind the keyword; of a check the keyword itself" example:"192.0.2.100 80"`
		Copy       string      `json:"copy,omitempty" doc:"Id of one that it is to be like; directives are then left out"`
		Directives []directive `json:"directives,omitempty"`
	}
}

type weightInput struct {
	OrderInput
	Body struct {
		Weight int `json:"weight" minimum:"0" maximum:"65535"`
	}
}

// ReadInput is a request for objects of a text.
type ReadInput struct {
	IDsInput
	Of string `query:"of" enum:"candidate,running" default:"candidate" doc:"candidate: the text in the editor, or where there is none the one that runs"`
}

type objectListInput struct {
	ReadInput
	After string `query:"after" doc:"Go on behind this id"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// tagged is an answer that names what it is an answer about.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"Of the object, for If-Match"`
	Body T
}

// outcome is what an order came to.
type outcome struct {
	Changed   bool       `json:"changed" doc:"False: it was so already, and nothing was done"`
	Object    *object    `json:"object,omitempty" doc:"As it is now; missing: it was deleted"`
	Candidate *candidate `json:"candidate,omitempty" doc:"The text in the editor; missing with apply and dry_run. Without its text"`
	Revision  *revision  `json:"revision,omitempty" doc:"With apply: the one that runs now"`
	Plan      *review    `json:"plan,omitempty" doc:"With dry_run: what applying would do"`
}

// change is an order to change an object; what it is afterwards, nil where it is gone.
type change func(x *objects.Text) (*objects.Text, *objects.Object, error)

func (r *routes) objects() {
	tags := []string{"Configuration"}
	add(r, huma.Operation{
		OperationID: "list-directives", Method: http.MethodGet, Path: "/directives", Summary: "The words of keepalived.conf, with ranges, defaults and help", Tags: tags,
	}, func(ctx context.Context, in *struct {
		Block string `query:"block" doc:"Missing: of all blocks" example:"vrrp_instance"`
	}) (*answer[[]word], error) {
		return body(wordsOf(langOf(ctx), in.Block)), nil
	})
	for _, s := range sorts {
		r.listed(tags, s.kind, s.path, s.one)
		name := own[s.kind]
		if name == "" {
			name = "id"
		}
		r.single(tags, s.kind, s.path+"/{"+name+"}", s.one)
	}
	r.single(tags, objects.Global, "/config/global", "block of global definitions")
	const weight = "/config/services/{id}/servers/{server}/weight"
	add(r, huma.Operation{
		OperationID: "put-server-weight", Method: http.MethodPut, Path: weight, Summary: "Set the weight of a real server", Tags: tags, Parameters: pathParams(weight), Errors: changeFaults,
	}, func(ctx context.Context, in *weightInput) (*tagged[outcome], error) {
		return r.patch(ctx, objects.Server, in.OrderInput, patchOf([]directive{{Keyword: "weight", Value: strconv.Itoa(in.Body.Weight)}}, nil, nil))
	})
}

// changeFaults are the errors of an order to change an object.
var changeFaults = []int{404, 409, 412, 422, 502, 503}

// plural is what operations call a kind.
func plural(k objects.Kind) string { return strings.TrimSuffix(string(k), "s") }

// listed declares the list of a kind, and how one is added.
func (r *routes) listed(tags []string, k objects.Kind, path, one string) {
	add(r, huma.Operation{
		OperationID: "list-config-" + string(k), Method: http.MethodGet, Path: path, Summary: "Each " + one + " of the configuration", Tags: tags,
		Parameters: pathParams(path), Errors: []int{404},
	}, func(ctx context.Context, in *objectListInput) (*answer[objectList], error) {
		x, err := r.text(ctx, in.Of)
		if err != nil {
			return nil, err
		}
		owner, err := ownerOf(x, k, in.ids)
		return body(listOf(x, k, owner, in.After, in.Limit)), err
	})
	add(r, huma.Operation{
		OperationID: "post-config-" + plural(k), Method: http.MethodPost, Path: path, Summary: "Add a " + one, Tags: tags,
		DefaultStatus: http.StatusCreated, Parameters: pathParams(path), Errors: changeFaults,
	}, func(ctx context.Context, in *postInput) (*tagged[outcome], error) {
		return r.change(ctx, in.OrderInput, func(x *objects.Text) (*objects.Text, *objects.Object, error) {
			owner, err := ownerOf(x, k, in.ids)
			if err != nil {
				return nil, nil, err
			}
			if in.Body.Copy == "" {
				next, o, err := x.Create(k, owner, in.Body.Name, settings(in.Body.Directives))
				return next, &o, err
			}
			like, err := x.Find(k, append(slices.Clone(in.ids), in.Body.Copy)...)
			if err != nil {
				return nil, nil, err
			}
			next, o, err := x.Copy(like, in.Body.Name)
			return next, &o, err
		})
	})
}

// single declares what can be done with one object.
func (r *routes) single(tags []string, k objects.Kind, path, one string) {
	add(r, huma.Operation{
		OperationID: "get-config-" + plural(k), Method: http.MethodGet, Path: path, Summary: "One " + one + " with its directives", Tags: tags,
		Parameters: pathParams(path), Errors: []int{404},
	}, func(ctx context.Context, in *ReadInput) (*tagged[object], error) {
		x, err := r.text(ctx, in.Of)
		if err != nil {
			return nil, err
		}
		o, err := x.Find(k, idsFor(k, in.ids)...)
		if err != nil {
			return nil, err
		}
		out := r.objectOf(ctx, x, o)
		return &tagged[object]{quoted(out.ETag), out}, nil
	})
	add(r, huma.Operation{
		OperationID: "put-config-" + plural(k), Method: http.MethodPut, Path: path, Summary: "Make a " + one + " what it is to be", Tags: tags,
		Description: "It is added where there is none. What stays the same keeps its place and its comments. The second time nothing is done: changed is false.",
		Parameters:  pathParams(path), Errors: changeFaults,
	}, func(ctx context.Context, in *putInput) (*tagged[outcome], error) {
		return r.change(ctx, in.OrderInput, r.putOf(k, in))
	})
	add(r, huma.Operation{
		OperationID: "patch-config-" + plural(k), Method: http.MethodPatch, Path: path, Summary: "Change some directives of a " + one, Tags: tags,
		Parameters: pathParams(path), Errors: changeFaults,
	}, func(ctx context.Context, in *patchInput) (*tagged[outcome], error) {
		return r.patch(ctx, k, in.OrderInput, patchOf(in.Body.Directives, in.Body.Remove, in.Body.Disabled))
	})
	if k == objects.Global {
		return
	}
	add(r, huma.Operation{
		OperationID: "delete-config-" + plural(k), Method: http.MethodDelete, Path: path, Summary: "Delete a " + one, Tags: tags,
		Parameters: pathParams(path), Errors: changeFaults,
	}, func(ctx context.Context, in *OrderInput) (*tagged[outcome], error) {
		return r.change(ctx, *in, func(x *objects.Text) (*objects.Text, *objects.Object, error) {
			o, err := matched(x, k, in)
			if err != nil {
				return nil, nil, err
			}
			next, err := x.Remove(o)
			return next, nil, err
		})
	})
}

package api

import (
	"context"
	"strings"
	"time"

	"holdfast/engine/objects"
	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/changes"
	"holdfast/web/fault"
)

// patch carries out a change of one object that is there.
func (r *routes) patch(ctx context.Context, k objects.Kind, in OrderInput, f func(*objects.Text, objects.Object) (*objects.Text, error)) (*tagged[outcome], error) {
	return r.change(ctx, in, func(x *objects.Text) (*objects.Text, *objects.Object, error) {
		o, err := matched(x, k, &in)
		if err != nil {
			return nil, nil, err
		}
		next, err := f(x, o)
		return at(next, &o, err)
	})
}

// patchOf is the change of some directives, and of whether the object is disabled.
func patchOf(list []directive, gone []string, off *bool) func(*objects.Text, objects.Object) (*objects.Text, error) {
	return func(x *objects.Text, o objects.Object) (*objects.Text, error) {
		return switched(x, o, off, func(x *objects.Text, o objects.Object) (*objects.Text, error) {
			if len(list) == 0 && len(gone) == 0 {
				return x, nil
			}
			return x.Patch(o, settings(list), gone...)
		})
	}
}

// putOf is the order to make an object what it is to be, or to add it.
func (r *routes) putOf(k objects.Kind, in *putInput) change {
	return func(x *objects.Text) (*objects.Text, *objects.Object, error) {
		o, err := matched(x, k, &in.OrderInput)
		if err != nil && fault.Of(err).Code == objects.NoObject && in.IfMatch == "" {
			return r.added(x, k, in)
		}
		if err != nil {
			return nil, nil, err
		}
		next, err := switched(x, o, in.Body.Disabled, func(x *objects.Text, o objects.Object) (*objects.Text, error) {
			next, err := x.Set(o, settings(in.Body.Directives))
			if err != nil || in.Body.Name == "" || in.Body.Name == o.Name {
				return next, err
			}
			renamed, err := lineOf(next, k, o)
			if err != nil {
				return nil, err
			}
			return next.Rename(renamed, in.Body.Name)
		})
		return at(next, &o, err)
	}
}

// added adds the object that an address names.
func (r *routes) added(x *objects.Text, k objects.Kind, in *putInput) (*objects.Text, *objects.Object, error) {
	ids := idsFor(k, in.ids)
	owner, err := ownerOf(x, k, ids[:len(ids)-1])
	if err != nil {
		return nil, nil, err
	}
	id, name := ids[len(ids)-1], in.Body.Name
	if name == "" {
		name = objects.NameOf(k, id)
	}
	next, o, err := x.Create(k, owner, name, settings(in.Body.Directives))
	if err == nil && o.ID != id {
		err = &objects.Fault{Code: objects.ObjectName, Args: map[string]string{"Name": name}}
	}
	if err != nil {
		return nil, nil, err
	}
	if in.Body.Disabled != nil && *in.Body.Disabled {
		next, err = next.Disable(o)
	}
	return at(next, &o, err)
}

// switched changes an object, which is enabled for it, and leaves it as off says, or as
// it was.
func switched(x *objects.Text, o objects.Object, off *bool, f func(*objects.Text, objects.Object) (*objects.Text, error)) (*objects.Text, error) {
	was := o.Disabled
	if was {
		if off == nil {
			return nil, &objects.Fault{Code: objects.ObjectOff, Args: map[string]string{"Name": o.ID}}
		}
		enabled, err := x.Enable(o)
		if err != nil {
			return nil, err
		}
		if o, err = enabled.Find(o.Kind, o.IDs()...); err != nil {
			return nil, err
		}
		x = enabled
	}
	next, err := f(x, o)
	if err != nil || off == nil || !*off {
		return next, err
	}
	if o, err = lineOf(next, o.Kind, o); err != nil {
		return nil, err
	}
	return next.Disable(o)
}

// lineOf is the object of a changed text that begins where o began.
func lineOf(x *objects.Text, k objects.Kind, o objects.Object) (objects.Object, error) {
	for _, now := range x.List(k, o.Owner) {
		if now.Line == o.Line {
			return now, nil
		}
	}
	return o, &objects.Fault{Code: objects.NoObject, Args: map[string]string{"Name": o.ID}}
}

// at gives the object in the changed text that begins where o began.
func at(next *objects.Text, o *objects.Object, err error) (*objects.Text, *objects.Object, error) {
	if err != nil {
		return nil, nil, err
	}
	now, err := lineOf(next, o.Kind, *o)
	return next, &now, err
}

// idsFor are the ids that lead to an object of a kind.
func idsFor(k objects.Kind, ids []string) []string {
	if k == objects.Global {
		return []string{objects.GlobalID}
	}
	return ids
}

// ownerOf is the object that ids lead to, in which those of a kind stand; nil is the
// outermost level.
func ownerOf(x *objects.Text, k objects.Kind, ids []string) (*objects.Object, error) {
	var kind objects.Kind
	switch k {
	case objects.Server:
		kind = objects.Service
	case objects.Check:
		kind = objects.Server
	default:
		return nil, nil
	}
	o, err := x.Find(kind, ids...)
	if err != nil {
		return nil, err
	}
	return &o, nil
}

// matched finds the object of an order, which has to be the one that was read.
func matched(x *objects.Text, k objects.Kind, in *OrderInput) (objects.Object, error) {
	o, err := x.Find(k, idsFor(k, in.ids)...)
	if err != nil || in.IfMatch == "" || in.IfMatch == "*" {
		return o, err
	}
	for _, tag := range strings.Split(in.IfMatch, ",") {
		if strings.TrimSpace(tag) == quoted(etag(x.Lines(o))) {
			return o, nil
		}
	}
	return o, fault.New(fault.ChangedSince, "Name", o.ID)
}

func quoted(tag string) string { return `"` + tag + `"` }

// text is the text that objects are read from.
func (r *routes) text(ctx context.Context, of string) (*objects.Text, error) {
	if of == "running" {
		n := r.Workflow.Running(ctx)
		if !n.Known {
			return nil, fault.New(fault.RoleAway, "Role", "vrrp")
		}
		return r.Workflow.Objects(n.Text), nil
	}
	d, err := r.Workflow.Draft(ctx)
	if err != nil {
		return nil, err
	}
	return r.Workflow.Objects(d.Text), nil
}

// change carries out an order in the candidate, or in the text that runs.
func (r *routes) change(ctx context.Context, in OrderInput, f change) (*tagged[outcome], error) {
	var out outcome
	var after *objects.Text
	var now *objects.Object
	edit := func(x *objects.Text) (*objects.Text, error) {
		next, o, err := f(x)
		if err != nil {
			return nil, err
		}
		after, now = next, o
		out.Changed = next.String() != x.String()
		if in.DryRun {
			plan := reviewOf(langOf(ctx), r.Workflow.Review(ctx, next.String()))
			out.Plan = &plan
			return x, nil // nothing is saved
		}
		return next, nil
	}
	err := r.carryOut(ctx, in, edit, &out)
	if err != nil {
		return nil, err
	}
	if now != nil {
		object := r.objectOf(ctx, after, *now)
		out.Object = &object
		return &tagged[outcome]{quoted(object.ETag), out}, nil
	}
	return &tagged[outcome]{"", out}, nil
}

func (r *routes) carryOut(ctx context.Context, in OrderInput, edit changes.Edit, out *outcome) error {
	switch {
	case in.DryRun && in.Apply:
		x, err := r.text(ctx, "running")
		if err == nil {
			_, err = edit(x)
		}
		return err
	case in.Apply:
		done, err := r.runEdit(ctx, in, edit)
		rev := doneOf(done)
		out.Revision = &rev
		return err
	}
	edited, err := r.Workflow.EditCandidate(ctx, author(ctx), edit)
	if err == nil && edited.Changed {
		saved := candidateOf(edited.Replaced)
		saved.Text = ""
		out.Candidate = &saved
		r.Hub.Wake()
	}
	return err
}

// runEdit edits the text that runs. Fault: forbidden, to whoever may not apply.
func (r *routes) runEdit(ctx context.Context, in OrderInput, edit changes.Edit) (changes.Done, error) {
	if err := access.Require(ctx, store.Admin); err != nil {
		return changes.Done{}, err
	}
	req := changes.Request{Author: author(ctx), Note: in.Note, Yes: in.Yes, Window: time.Duration(in.Confirm) * time.Second, Kept: in.confirmed && in.Confirm == 0}
	done, err := r.Workflow.RunEdit(ctx, req, edit)
	r.look(ctx)
	return done, err
}

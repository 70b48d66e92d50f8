package vrrprole

import (
	"context"
	"slices"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// madeLinks are the names of the macvlans that are there by our doing, as the writer
// knows.
type madeLinks map[string]bool

// readyLinks is what an apply needs of links: made are those of the wish that are there.
type readyLinks struct {
	wish  linkWish
	made  madeLinks
	links []kernel.Link
}

// reach makes the loop know them: their news may come later.
func (r readyLinks) reach(l *loop) {
	l.wish, l.made = r.wish, r.made
	for _, link := range r.links {
		if _, known := l.links.byName[link.Name]; !known {
			l.links.byName[link.Name] = link
		}
	}
}

// linkState is what of links is there for a running configuration.
type linkState struct {
	running model.Config
	macvlans
	kernelLinks
}

// kernelLinks reads what the kernel has of links.
func (h *writer) kernelLinks() (kernelLinks, error) {
	there, err := h.net.Links()
	return kernelLinks{there, h.net.Setting}, err
}

// makeLinks makes what is wanted of links and is not there, and remembers that it is
// wanted. It gives the refusals; to call it is for run, or for the loop before run.
func (h *writer) makeLinks(ctx context.Context, w linkWish) (refused []kernelRefusal) {
	h.wish = w
	if w.none() && len(h.macvlans.ours) == 0 {
		return nil
	}
	k, err := h.kernelLinks()
	if err != nil {
		return []kernelRefusal{{"ip link show", err.Error()}}
	}
	h.macvlans.see(k)
	p, former := h.macvlans.missing(w, k)
	if len(p) == 0 {
		return nil
	}
	h.macvlans.remember(former)
	planned := h.macvlans.clone()
	planned.carried(p)
	h.manifest.links, h.manifest.settings = planned.ours, h.macvlans.former
	h.name()
	return h.applyLinks(ctx, p)
}

// applyLinks has the kernel do a plan about links.
func (h *writer) applyLinks(ctx context.Context, p plan.Plan) (refused []kernelRefusal) {
	if len(p) == 0 {
		return nil
	}
	done, err := h.net.Apply(ctx, p)
	h.macvlans.carried(done)
	if h.did != nil {
		h.did = append(h.did, done...)
	} else {
		h.prepared = append(h.prepared, done...)
	}
	for said := range refusals(err) {
		refused = append(refused, said)
	}
	h.manifest.links, h.manifest.settings = h.macvlans.ours, h.macvlans.former
	return refused
}

// want queues makeLinks, and hands over what is there then.
func (h *writer) want(w linkWish, use func(madeLinks, []kernel.Link)) {
	h.do(func(h *writer) {
		h.prepared = nil
		for _, r := range h.makeLinks(h.ctx, w) {
			h.tell(r)
		}
		k, err := h.kernelLinks()
		if err != nil {
			h.tell(kernelRefusal{"ip link show", err.Error()})
		}
		made := h.macvlans.madeFor(w)
		use(made, slices.DeleteFunc(k.there, func(l kernel.Link) bool { return !made[l.Name] }))
	})
}

// wantAgain queues that what is wanted now is made where it is not there.
func (h *writer) wantAgain() { h.do((*writer).remakeLinks) }

func (h *writer) remakeLinks() {
	if h.wish.none() {
		return
	}
	for _, r := range h.makeLinks(h.ctx, h.wish) {
		h.tell(r)
	}
	h.tell(ownLinks(slices.Clone(h.macvlans.ours)))
}

// dropLinks queues that the links which nobody wants go, with what was set for them.
func (h *writer) dropLinks(w linkWish) {
	h.do(func(h *writer) {
		h.wish = w
		if len(h.macvlans.ours)+len(h.macvlans.former) == 0 {
			return
		}
		k, err := h.kernelLinks()
		if err != nil {
			h.tell(kernelRefusal{"ip link show", err.Error()})
			return
		}
		for _, r := range h.applyLinks(h.ctx, h.macvlans.surplus(w, k)) {
			h.tell(r)
		}
		h.macvlans.forget(w)
		if !w.none() {
			h.tell(ownLinks(slices.Clone(h.macvlans.ours)))
		}
		h.manifest.settings = h.macvlans.former
	})
}

// linksNow hands over what is ours and what the kernel has.
func (h *writer) linksNow(use func(macvlans, kernelLinks)) {
	h.do(func(h *writer) {
		k, err := h.kernelLinks()
		if err != nil {
			h.tell(kernelRefusal{"ip link show", err.Error()})
		}
		m := h.macvlans.clone()
		m.see(k)
		use(m, k)
	})
}

// none says that nothing is wanted.
func (w linkWish) none() bool { return len(w.links)+len(w.settings) == 0 }

// about says whether the wish has to do with a link of this name.
func (w linkWish) about(name string) bool {
	return slices.ContainsFunc(w.links, func(l plan.Link) bool { return l.Name == name || l.Parent == name }) ||
		slices.ContainsFunc(w.settings, func(s plan.Setting) bool { return s.Link == name })
}

// ownLinks are the macvlans of ours that are there. Which of them an instance can use is
// up to the text that runs: an apply may be on its way.
type ownLinks []plan.Link

func (o ownLinks) reach(l *loop) {
	l.made = macvlans{ours: o}.madeFor(l.wish)
	l.sockets.retry()
	l.changed = time.Now()
}

package page

import (
	"context"
	"net/http"
	"time"

	"holdfast/web/live"
)

// livePage is a page with a part that is pushed.
type livePage struct {
	path  string // whose row in access says who may have it
	whole bool   // everything on it that can change is pushed, or told to be there
	body  func(context.Context, live.View, live.Snapshot) (any, error)
}

// bodies are the pages with a live part: each makes its data from a snapshot. All
// other pages say when they were drawn.
func (p *Pages) bodies() map[string]livePage {
	return map[string]livePage{
		"overview": {"/", true, p.overviewBody},
		"vips":     {"/vips", true, p.vipsBody},
		"vip":      {"/vips/:name", true, p.vipBody},
		"services": {"/services", true, p.servicesBody},
		"service":  {"/services/:name", true, p.serviceBody},
		"events":   {"/events", true, p.newsBody},
		"about":    {"/system/about", true, p.aboutBody},
		"changes":  {"/changes", false, p.historyBody},
		"mail":     {"/system/mail", false, p.outboxBody},
	}
}

// age has the page say when it was drawn, and gives the way to draw it again: what
// was sent is not sent a second time. A page of what was found out earlier says when.
func (f *frame) age(r *http.Request) {
	f.AsOf = time.Now()
	if x, ok := f.Body.(*importPage); ok {
		f.AsOf = x.Looked
	} else if r.Method == http.MethodGet {
		f.Again = f.Here
	}
}

// draw makes the pushed parts of a view.
func (p *Pages) draw(ctx context.Context, v live.View, s live.Snapshot) ([]live.Frame, error) {
	f := frame{Lang: v.Lang, Node: p.Node, Page: v.Page, Pills: p.pills(s), Pending: pendingOf(s), Gone: p.Store.There() != nil, Unwritten: p.unwritten()}
	parts := []struct{ event, name string }{{"pills", "pills"}, {"confirm", "confirm"}}
	sheet := "error"
	if page, ok := p.bodies()[v.Page]; ok {
		b, err := page.body(ctx, v, s)
		if err != nil {
			return nil, err
		}
		f.Body, sheet = b, v.Page
		parts = append(parts, struct{ event, name string }{"live", "live"})
	}
	frames := make([]live.Frame, 0, len(parts))
	for _, part := range parts {
		html, err := p.templates.part(v.Lang, sheet, part.name, f)
		if err != nil {
			return nil, err
		}
		frames = append(frames, live.Frame{Event: part.event, Data: html})
	}
	return frames, nil
}

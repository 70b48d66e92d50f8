package vrrprole

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

// kernelNews is a kernel.LinkEvent or kernel.AddrEvent.
type kernelNews struct{ event any }

func (n kernelNews) reach(l *loop) {
	switch ev := n.event.(type) {
	case kernel.LinkEvent:
		l.linkChanged(ev)
	case kernel.AddrEvent:
		l.addressChanged(ev)
	}
}

// linkList is a complete list, after the watch was interrupted.
type linkList []kernel.Link

func (links linkList) reach(l *loop) {
	l.setLinks(links)
	l.survey(time.Now())
	l.verifyAll()
}

// watch follows links and addresses until ctx ends. Should it fail, it begins
// anew after a pause, with a list of what is there by then.
func (l *loop) watch(ctx context.Context) {
	for ctx.Err() == nil {
		err := l.net.Watch(ctx, func(ev any) { l.tell(kernelNews{ev}) })
		if ctx.Err() != nil {
			return
		}
		l.log.Warn("the watch on links ended", "reason", err)
		pause := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		if links, err := l.net.Links(); err == nil {
			l.tell(linkList(links))
		}
	}
}

// prepare reads what is to be done and what there is, without acting yet.
func (l *loop) prepare(cfg model.Config) error {
	l.cfg = cfg
	l.teams = newTeams(cfg)
	l.nameAddresses()
	return l.readLinks()
}

// readLinks takes the links as they are, and opens the sockets on them.
func (l *loop) readLinks() error {
	links, err := l.net.Links()
	if err != nil {
		return err
	}
	l.setLinks(links)
	return nil
}

func (l *loop) setLinks(links []kernel.Link) {
	clear(l.links)
	for _, link := range links {
		l.links[link.Name] = link
	}
	l.openSockets()
}

// nameAddresses notes which addresses are virtual.
func (l *loop) nameAddresses() {
	clear(l.vips)
	for _, t := range l.teams {
		for _, r := range t.routers {
			for _, a := range r.addrs {
				l.vips[a.Prefix.Addr()] = true
			}
		}
	}
}

func (l *loop) linkChanged(ev kernel.LinkEvent) {
	name := ev.Link.Name
	switch {
	case ev.Gone && l.links[name].Index != ev.Link.Index:
		return // another one bears the name by now; after a pause of the watch the news may come in that order
	case ev.Gone:
		delete(l.links, name)
	default:
		l.links[name] = ev.Link
	}
	l.openSockets()
	l.survey(ev.At)
}

// addressChanged follows the addresses of links. One of ours that went while
// its instance is master is looked into: it may have been our own doing, long
// overtaken.
func (l *loop) addressChanged(ev kernel.AddrEvent) {
	link, known := l.links[ev.Link]
	if known {
		link.Addrs = slices.Clone(link.Addrs)
		if i := slices.Index(link.Addrs, ev.Prefix); i >= 0 && ev.Gone {
			link.Addrs = slices.Delete(link.Addrs, i, i+1)
		} else if i < 0 && !ev.Gone {
			link.Addrs = append(link.Addrs, ev.Prefix)
		}
		l.links[ev.Link] = link
	}
	if !l.vips[ev.Prefix.Addr()] {
		l.survey(ev.At)
		return
	}
	if !ev.Gone {
		return
	}
	for _, t := range l.teams {
		for _, r := range t.routers {
			if r.state.Role == vrrp.Master && r.holds(ev.Link, ev.Prefix) {
				l.writer.verify(r.key)
			}
		}
	}
}

// holds says whether a master would miss the address.
func (r *router) holds(link string, p netip.Prefix) bool {
	return slices.ContainsFunc(r.addrs, func(a plan.Address) bool {
		return a.Link == link && a.Prefix == p && !r.untracked[a]
	})
}

// verifyAll looks after the addresses of every master.
func (l *loop) verifyAll() {
	for _, t := range l.teams {
		for _, r := range t.routers {
			if r.state.Role == vrrp.Master {
				l.writer.verify(r.key)
			}
		}
	}
}

// missingAddresses says that addresses of a master are not in the kernel although
// they were put there.
type missingAddresses struct {
	key   routerKey
	addrs []netip.Prefix
}

func (m missingAddresses) reach(l *loop) {
	for _, t := range l.teams {
		for i, r := range t.routers {
			if r.key == m.key && r.state.Role == vrrp.Master {
				l.noteDrift(r, m.addrs)
				l.step(t, i, vrrp.AddressLost{}, time.Now())
			}
		}
	}
}

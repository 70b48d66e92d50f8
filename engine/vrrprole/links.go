package vrrprole

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// links are the links of this host and their addresses, as the kernel told of them.
type links struct {
	net    Net
	log    *slog.Logger
	tell   func(input)
	byName map[string]kernel.Link
}

// kernelNews is a kernel.LinkEvent or kernel.AddrEvent.
type kernelNews struct{ event any }

// linkList is a complete list, after the watch was interrupted.
type linkList []kernel.Link

// watch tells of links and addresses until ctx ends. Should it fail, it begins
// anew after a pause, with a list of what is there by then.
func (l *links) watch(ctx context.Context) {
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
		if list, err := l.net.Links(); err == nil {
			l.tell(linkList(list))
		}
	}
}

// watchRoutes tells of deleted routes and rules until ctx ends; should it fail, it begins
// anew after a pause.
func (l *links) watchRoutes(ctx context.Context) {
	for ctx.Err() == nil {
		err := l.net.WatchRoutes(ctx, func(g kernel.RoutesGone) { l.tell(routesGone(g)) })
		if ctx.Err() != nil {
			return
		}
		l.log.Warn("the watch on routes ended", "reason", err)
		pause := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
	}
}

// read takes the links as they are now.
func (l *links) read() error {
	list, err := l.net.Links()
	if err == nil {
		l.set(list)
	}
	return err
}

// set takes a complete list. It gives what was renamed: the new name by the old one.
func (l *links) set(list []kernel.Link) (renamed map[string]string) {
	before := map[int]string{}
	for name, link := range l.byName {
		before[link.Index] = name
	}
	clear(l.byName)
	renamed = map[string]string{}
	for _, link := range list {
		l.byName[link.Name] = link
		if was := before[link.Index]; was != "" && was != link.Name {
			renamed[was] = link.Name
		}
	}
	return renamed
}

// link follows a link; it reports false where the news is overtaken.
func (l *links) link(ev kernel.LinkEvent) bool {
	name := ev.Link.Name
	switch {
	case ev.Gone && l.byName[name].Index != ev.Link.Index:
		return false // another one bears the name by now; after a pause of the watch the news may come in that order
	case ev.Gone:
		delete(l.byName, name)
	default:
		l.byName[name] = ev.Link
	}
	return true
}

// address follows the addresses of a link.
func (l *links) address(ev kernel.AddrEvent) {
	link, known := l.byName[ev.Link]
	if !known {
		return
	}
	link.Addrs = slices.Clone(link.Addrs)
	if i := slices.Index(link.Addrs, ev.Prefix); i >= 0 && ev.Gone {
		link.Addrs = slices.Delete(link.Addrs, i, i+1)
	} else if i < 0 && !ev.Gone {
		link.Addrs = append(link.Addrs, ev.Prefix)
	}
	l.byName[ev.Link] = link
}

// announced lists those of the addresses that neighbours are told of.
func (l *links) announced(addrs []plan.Address) (list []plan.Address) {
	for _, a := range addrs {
		if arps(l.byName[a.Link]) {
			list = append(list, a)
		}
	}
	return list
}

// arps says whether gratuitous ARP makes sense on a link.
func arps(link kernel.Link) bool { return link.Name != "" && !link.NoARP && !link.Loopback }

package kernel

import (
	"net/netip"
	"reflect"
	"slices"
	"time"
)

// view is what a watcher was told so far. News goes through it, so that only
// changes are told on, and a new list after lost messages becomes the events
// that were missed.
type view struct {
	links map[int]Link
	tell  func(any)
}

func newView(tell func(any)) *view { return &view{links: map[int]Link{}, tell: tell} }

// list takes a complete list of links with their addresses.
func (v *view) list(links []Link, at time.Time) {
	listed := map[int]bool{}
	for _, l := range links {
		listed[l.Index] = true
	}
	for index := range v.links {
		if !listed[index] {
			v.unlink(index, at)
		}
	}
	for _, l := range links {
		old, known := v.links[l.Index]
		if !known || old.Name != l.Name {
			v.link(l, at) // its addresses are told with it
		}
		for _, p := range old.Addrs {
			if old.Name == l.Name && !slices.Contains(l.Addrs, p) {
				v.address(l.Index, p, true, at)
			}
		}
		for _, p := range l.Addrs {
			v.address(l.Index, p, false, at)
		}
		v.link(l, at)
	}
}

// link takes the present state of a link; its Addrs count only where the link
// is new.
func (v *view) link(l Link, at time.Time) {
	old, known := v.links[l.Index]
	if known && old.Name != l.Name { // to the users of its name, another link
		l.Addrs = old.Addrs
		v.rename(old, l.Name, at)
		known = false
	}
	if !known && l.Private && !l.Up {
		return // it is being made, and is told of when it is: a list may have it up by now
	}
	if known {
		l.Addrs = old.Addrs
		if reflect.DeepEqual(l, old) {
			return
		}
	}
	v.links[l.Index] = l
	v.tell(LinkEvent{Link: l.copy(), At: at})
	if !known {
		for _, p := range l.Addrs {
			v.tell(AddrEvent{Link: l.Name, Prefix: p, At: at})
		}
	}
}

// rename tells that the link of this name is gone, and what it is called now. That comes
// before its addresses: nobody took those off.
func (v *view) rename(old Link, to string, at time.Time) {
	delete(v.links, old.Index)
	gone := old.copy()
	gone.Up, gone.Running, gone.Addrs = false, false, nil
	v.tell(LinkEvent{Link: gone, Gone: true, Renamed: to, At: at})
	for _, p := range old.Addrs {
		v.tell(AddrEvent{Link: old.Name, Prefix: p, Gone: true, At: at})
	}
}

func (v *view) unlink(index int, at time.Time) {
	l, known := v.links[index]
	if !known {
		return
	}
	for _, p := range slices.Clone(l.Addrs) {
		v.address(index, p, true, at)
	}
	l = v.links[index]
	delete(v.links, index)
	l.Up, l.Running = false, false
	v.tell(LinkEvent{Link: l.copy(), Gone: true, At: at})
}

// address takes one address; one of a link not yet known is dropped, because the
// link comes with its addresses.
func (v *view) address(index int, p netip.Prefix, gone bool, at time.Time) {
	l, known := v.links[index]
	i := slices.Index(l.Addrs, p)
	if !known || gone == (i < 0) {
		return
	}
	if gone {
		l.Addrs = slices.Delete(slices.Clone(l.Addrs), i, i+1)
	} else {
		l.Addrs = append(slices.Clone(l.Addrs), p)
	}
	v.links[index] = l
	v.tell(AddrEvent{Link: l.Name, Prefix: p, Gone: gone, At: at})
}

// copy shares no memory with l: events travel to other goroutines.
func (l Link) copy() Link {
	l.Addrs = slices.Clone(l.Addrs)
	l.MAC = slices.Clone(l.MAC)
	return l
}

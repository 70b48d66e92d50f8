package kernel

import (
	"fmt"
	"net"
	"slices"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// applyLink is apply for an operation on a link or a setting.
func (t *Twin) applyLink(o plan.Op) (did plan.Plan, err error) {
	i, parent := t.linkAt(o.Link.Name), t.linkAt(o.Link.Parent)
	switch o.Verb {
	case plan.AddLink:
		switch {
		case parent < 0:
			return nil, unix.ENODEV
		case i >= 0:
			return nil, unix.EEXIST
		case slices.ContainsFunc(t.links, func(l Link) bool {
			return l.Parent == t.links[parent].Index && slices.Equal(l.MAC, o.Link.MAC[:])
		}):
			return nil, unix.EADDRINUSE
		}
		t.lastIndex++
		t.links = append(t.links, Link{Name: o.Link.Name, Index: t.lastIndex, MAC: net.HardwareAddr(o.Link.MAC[:]), Up: true,
			Kind: MacvlanKind, Private: true, Parent: t.links[parent].Index, MTU: t.links[parent].MTU})
		t.followParents()
	case plan.EditLink:
		if i < 0 {
			return nil, unix.ENODEV
		}
		t.links[i].MTU = o.Link.MTU
	case plan.DeleteLink:
		if i < 0 || t.links[i].Kind != MacvlanKind || !slices.Equal(t.links[i].MAC, o.Link.MAC[:]) {
			return nil, nil
		}
		t.dropLink(o.Link.Name)
	case plan.ChangeSetting:
		if t.linkAt(o.Setting.Link) < 0 {
			return nil, unix.ENODEV
		}
		t.set(o.Setting)
	}
	t.tellLinks()
	return plan.Plan{o}, nil
}

// followParents gives each macvlan the carrier that its parent has.
func (t *Twin) followParents() {
	for i, l := range t.links {
		if l.Kind != MacvlanKind {
			continue
		}
		for _, p := range t.links {
			if p.Index == l.Parent {
				t.links[i].Running = l.Up && p.Up && p.Running
			}
		}
	}
}

// under is the link that a macvlan is over; any other link is its own.
func (t *Twin) under(link string) string {
	if i := t.linkAt(link); i >= 0 && t.links[i].Kind == MacvlanKind {
		for _, p := range t.links {
			if p.Index == t.links[i].Parent {
				return p.Name
			}
		}
	}
	return link
}

// sharesCable says whether what is sent by one link is not heard by the other, since
// both are the same card.
func (t *Twin) sharesCable(a, b string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.under(a) == t.under(b)
}

func (t *Twin) set(s plan.Setting) {
	t.settings = slices.DeleteFunc(t.settings, func(o plan.Setting) bool { return o.Link == s.Link && o.Name == s.Name })
	t.settings = append(t.settings, s)
}

// Change sets a setting as an operator's hand would.
func (t *Twin) Change(s plan.Setting) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.set(s)
}

// Setting reads a setting of a link; one that nobody has set is 0.
func (t *Twin) Setting(link, name string) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.linkAt(link) < 0 {
		return 0, fmt.Errorf("read %s of %s: %w", name, link, unix.ENODEV)
	}
	for _, s := range t.settings {
		if s.Link == link && s.Name == name {
			return s.Value, nil
		}
	}
	return 0, nil
}

package kernel

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"holdfast/engine/plan"
)

// Routes gives those of the routes that the kernel has, as it knows them again: by
// plan.Route.Key.
func (n *Net) Routes(of []plan.Route) (there []plan.Route, err error) {
	lists, index := map[routesOf][]kernelRoute{}, n.cachedIndex()
	for _, r := range of {
		which := routesOf{familyNumber(r.Six()), r.Protocol}
		list, known := lists[which]
		if !known {
			if list, err = n.dumpRoutes(which); err != nil {
				return nil, err
			}
			lists[which] = list
		}
		if slices.ContainsFunc(list, func(k kernelRoute) bool { return k.is(r, index) }) {
			there = append(there, r)
		}
	}
	return there, nil
}

// Rules gives those of the rules that the kernel has.
func (n *Net) Rules(of []plan.Rule) (there []plan.Rule, err error) {
	lists := map[bool][]kernelRule{}
	for _, r := range of {
		list, known := lists[r.IPv6]
		if !known {
			if list, err = n.dumpRules(r.IPv6); err != nil {
				return nil, err
			}
			lists[r.IPv6] = list
		}
		if slices.ContainsFunc(list, func(k kernelRule) bool { return k.rule == r.Normal() }) {
			there = append(there, r)
		}
	}
	return there, nil
}

// routesOf are the routes of a family that one protocol made.
type routesOf struct{ family, protocol uint8 }

// kernelRule is a rule, and the message that it was told by.
type kernelRule struct {
	rule plan.Rule
	raw  []byte
}

// dumpRoutes lists the routes of one maker: others may have a million.
func (n *Net) dumpRoutes(which routesOf) (list []kernelRoute, err error) {
	req := nl.NewNetlinkRequest(unix.RTM_GETROUTE, unix.NLM_F_DUMP)
	req.Sockets = n.strict
	req.AddRawData([]byte{which.family, 0, 0, 0, 0, which.protocol, 0, 0, 0, 0, 0, 0})
	msgs, err := dump(req, unix.RTM_NEWROUTE)
	if err != nil {
		return nil, fmt.Errorf("list routes: %w", err)
	}
	for _, m := range msgs {
		if r, ok := parseRoute(m); ok && r.key.Protocol == which.protocol {
			list = append(list, r)
		}
	}
	return list, nil
}

func (n *Net) dumpRules(six bool) (list []kernelRule, err error) {
	req := n.request(unix.RTM_GETRULE, unix.NLM_F_DUMP)
	req.AddRawData(append([]byte{familyNumber(six)}, make([]byte, ruleBodySize-1)...))
	msgs, err := dump(req, unix.RTM_NEWRULE)
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	for _, m := range msgs {
		if r, ok := parseRule(m); ok {
			list = append(list, kernelRule{r, m})
		}
	}
	return list, nil
}

// cachedIndex looks up links by name, each once.
func (n *Net) cachedIndex() indexOf {
	known := map[string]int{}
	return func(name string) (int, error) {
		if i, ok := known[name]; ok {
			return i, nil
		}
		l, err := n.linkNamed(name)
		if err == nil {
			known[name] = l.Index
		}
		return l.Index, err
	}
}

// addRoute asks for a route. Where one of ours is there already the error is EEXIST;
// it is errNotOurs where somebody else's is in the way.
func (n *Net) addRoute(r plan.Route, index indexOf) error {
	body, err := routeBody(r, index, false)
	if err != nil {
		return err
	}
	flags := map[plan.Place]int{plan.Alone: unix.NLM_F_EXCL, plan.Append: unix.NLM_F_APPEND}[r.Place]
	err = n.talk(unix.RTM_NEWROUTE, unix.NLM_F_CREATE|flags, body)
	if !errors.Is(err, unix.EEXIST) {
		return err
	}
	if there, listErr := n.Routes([]plan.Route{r}); listErr != nil {
		return listErr
	} else if len(there) == 0 {
		return errNotOurs
	}
	return err
}

// errNotOurs is the kernel's refusal of a route or rule that is there, by somebody else.
var errNotOurs = errors.New("it is there already, but not as ours")

// deleteRoute deletes one route and no other: the kernel takes the first that the
// message fits. What went instead is put back.
func (n *Net) deleteRoute(r plan.Route, index indexOf) error {
	body, err := routeBody(r, index, true)
	if err != nil {
		return err
	}
	remove := func() error { return n.talk(unix.RTM_DELROUTE, 0, body) }
	which, slot := routesOf{familyNumber(r.Six()), r.Protocol}, r.Slot()
	list := func() (rivals []kernelRoute, there bool, err error) {
		all, err := n.dumpRoutes(which)
		for _, k := range all {
			switch key := k.key; {
			case k.is(r, index):
				there = true
			case key.Dst == slot.Dst && key.From == slot.From && key.Table == slot.Table && key.Metric == slot.Metric && key.TOS == slot.TOS:
				rivals = append(rivals, k)
			}
		}
		return rivals, there, err
	}
	same := func(a, b kernelRoute) bool { return slices.Equal(a.hops, b.hops) && a.key == b.key }
	putBack := func(k kernelRoute) error {
		return n.talk(unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_APPEND, k.raw)
	}
	return deleteOnly(list, remove, same, putBack, unix.ESRCH)
}

func (n *Net) addRule(r plan.Rule) error {
	err := n.talk(unix.RTM_NEWRULE, unix.NLM_F_CREATE|unix.NLM_F_EXCL, ruleBody(r))
	if !errors.Is(err, unix.EEXIST) {
		return err
	}
	if there, listErr := n.Rules([]plan.Rule{r}); listErr != nil {
		return listErr
	} else if len(there) == 0 {
		return errNotOurs
	}
	return err
}

// deleteRule deletes one rule and no other, as deleteRoute does.
func (n *Net) deleteRule(r plan.Rule) error {
	r = r.Normal()
	list := func() (rivals []kernelRule, there bool, err error) {
		all, err := n.dumpRules(r.IPv6)
		for _, k := range all {
			if k.rule == r {
				there = true
			} else if k.rule.Priority == r.Priority {
				rivals = append(rivals, k)
			}
		}
		return rivals, there, err
	}
	remove := func() error { return n.talk(unix.RTM_DELRULE, 0, ruleBody(r)) }
	same := func(a, b kernelRule) bool { return a.rule == b.rule }
	putBack := func(k kernelRule) error {
		return n.talk(unix.RTM_NEWRULE, unix.NLM_F_CREATE|unix.NLM_F_EXCL, k.raw)
	}
	return deleteOnly(list, remove, same, putBack, unix.ENOENT)
}

// deleteOnly calls remove until the one that it is for is gone, and puts back each of its
// rivals that went instead: the kernel deletes the first that fits a request. An error
// is absent where there is no such one, EBUSY where rivals keep going in its place.
func deleteOnly[K any](list func() (rivals []K, there bool, err error), remove func() error, same func(a, b K) bool, putBack func(K) error, absent error) error {
	before, there, err := list()
	switch {
	case err != nil:
		return err
	case !there:
		return absent
	case len(before) == 0:
		return remove()
	}
	for range len(before) + 1 {
		if err := remove(); err != nil {
			return err
		}
		after, still, err := list()
		if err != nil {
			return err
		}
		for _, k := range before {
			if slices.ContainsFunc(after, func(a K) bool { return same(a, k) }) {
				continue
			}
			if err := tolerate(putBack(k), unix.EEXIST); err != nil {
				return err
			}
		}
		if !still {
			return nil
		}
	}
	return unix.EBUSY
}

// talk sends one message and waits for the kernel's answer.
func (n *Net) talk(kind, flags int, body []byte) error {
	req := n.request(kind, flags|unix.NLM_F_ACK)
	req.AddRawData(body)
	_, err := req.Execute(unix.NETLINK_ROUTE, 0)
	return err
}

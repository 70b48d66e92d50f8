package plan

import (
	"math"
	"net/netip"
	"slices"
)

// With gives the state the kernel would be in after o, as a new value. Where the
// kernel would refuse, it returns s and the kernel's own answer, an Errno. s has
// to be Normal.
func (s State) With(o Op) (State, error) {
	switch o.Verb {
	case AddAddress, DeleteAddress:
		return s.withAddress(o.Verb, o.Address.Normal())
	case AddRoute, DeleteRoute:
		return s.withRoute(o.Verb, o.Route.Normal())
	case AddRule, DeleteRule:
		return s.withRule(o.Verb, o.Rule.Normal())
	case AddService, EditService, DeleteService:
		return s.withService(o.Verb, o.Service.alone().Normal())
	case AddDestination, EditDestination, DeleteDestination:
		return s.withDestination(o)
	case AddLink, EditLink, DeleteLink:
		return s.withLink(o.Verb, o.Link)
	case ChangeSetting:
		return s.withSetting(o.Setting), nil
	case AddDrop, DeleteDrop:
		return s.withDrop(o.Verb, o.Drop.Normal())
	case StartDaemon, StopDaemon:
		return s.withDaemon(o.Verb, o.Daemon.Normal())
	case SetTimeouts:
		s.Timeouts = o.Timeouts.Over(s.Timeouts)
		return s, nil
	}
	return s, EOPNOTSUPP
}

func (s State) withAddress(verb Verb, a Address) (State, error) {
	i, found := slices.BinarySearchFunc(s.Addresses, a, compareAddress)
	if verb == DeleteAddress {
		if !found || s.Addresses[i].Prefix != a.Prefix {
			return s, EADDRNOTAVAIL
		}
		s.Addresses = slices.Delete(slices.Clone(s.Addresses), i, i+1)
		if !s.hasIP(a.Prefix.Addr()) { // net/ipv4/fib_frontend.c, fib_del_ifaddr
			s.Routes = slices.DeleteFunc(slices.Clone(s.Routes), func(r Route) bool { return r.Src == a.Prefix.Addr() })
		}
		return s.emptyToNil(), nil
	}
	if found {
		return s, EEXIST
	}
	for _, b := range s.Addresses {
		if a.Prefix.Addr().Is4() && a.place() == b.place() && a.Scope != b.Scope {
			return s, EINVAL // "Invalid scope value"
		}
	}
	s.Addresses = slices.Insert(slices.Clone(s.Addresses), i, a)
	return s, nil
}

// hasIP says whether any link has the address.
func (s State) hasIP(ip netip.Addr) bool {
	return slices.ContainsFunc(s.Addresses, func(a Address) bool { return a.Prefix.Addr() == ip })
}

func (s State) withRoute(verb Verb, r Route) (State, error) {
	list, err := withOne(s.Routes, r, compareRoute, verb == AddRoute, ESRCH)
	switch {
	case err != nil:
		return s, err
	case verb == AddRoute && r.Src.IsValid() && !s.hasIP(r.Src):
		return s, EINVAL
	case verb == AddRoute && r.Place == Alone && slices.ContainsFunc(s.Routes, func(o Route) bool { return o.Slot() == r.Slot() }):
		return s, EEXIST
	}
	s.Routes = list
	return s.emptyToNil(), nil
}

func (s State) withRule(verb Verb, r Rule) (State, error) {
	var err error
	s.Rules, err = withOne(s.Rules, r, compareRule, verb == AddRule, ENOENT)
	return s.emptyToNil(), err
}

// withOne is a sorted list with one more or one less, in memory of its own. An error
// leaves it as it is: EEXIST for one that is there already, absent for one that is not.
func withOne[T any](list []T, one T, compare func(a, b T) int, add bool, absent error) ([]T, error) {
	i, found := slices.BinarySearchFunc(list, one, compare)
	switch {
	case add && found:
		return list, EEXIST
	case add:
		return slices.Insert(slices.Clone(list), i, one), nil
	case !found:
		return list, absent
	}
	return slices.Delete(slices.Clone(list), i, i+1), nil
}

func (s State) withService(verb Verb, v Service) (State, error) {
	i, found := slices.BinarySearchFunc(s.Services, v, compareService)
	if found == (verb == AddService) {
		if found {
			return s, EEXIST
		}
		return s, ESRCH
	}
	s.Services = slices.Clone(s.Services)
	switch verb {
	case AddService:
		s.Services = slices.Insert(s.Services, i, v)
	case EditService:
		v.Destinations = s.Services[i].Destinations
		s.Services[i] = v
	case DeleteService:
		s.Services = slices.Delete(s.Services, i, i+1)
	}
	return s.emptyToNil(), nil
}

func (s State) withDestination(o Op) (State, error) {
	d := o.Destination
	d.Addr, d.Wrap = d.Addr.Unmap(), d.Wrap.normal(d.Method)
	v, found := slices.BinarySearchFunc(s.Services, o.Service.Normal(), compareService)
	if !found {
		return s, ESRCH
	}
	ds := s.Services[v].Destinations
	i, found := slices.BinarySearchFunc(ds, d, compareDestination)
	switch {
	case o.Verb != DeleteDestination && (d.Weight > math.MaxInt32 || d.Lower > d.Upper):
		return s, ERANGE
	case o.Verb == AddDestination && found:
		return s, EEXIST
	case o.Verb != AddDestination && !found:
		return s, ENOENT
	}
	before := s.Services[v]
	ds = slices.Clone(ds)
	switch o.Verb {
	case AddDestination:
		ds = slices.Insert(ds, i, d)
	case EditDestination:
		ds[i] = d
	case DeleteDestination:
		if ds = slices.Delete(ds, i, i+1); len(ds) == 0 {
			ds = nil
		}
	}
	s.Services = slices.Clone(s.Services)
	s.Services[v].Destinations = ds
	if o.Verb != EditDestination {
		s.Services[v].Order = before.reordered(d, o.Verb == AddDestination)
	}
	return s, nil
}

// emptyToNil keeps equal states equal under reflect.DeepEqual.
func (s State) emptyToNil() State {
	if len(s.Addresses) == 0 {
		s.Addresses = nil
	}
	if len(s.Services) == 0 {
		s.Services = nil
	}
	if len(s.Links) == 0 {
		s.Links = nil
	}
	if len(s.Daemons) == 0 {
		s.Daemons = nil
	}
	if len(s.Routes) == 0 {
		s.Routes = nil
	}
	if len(s.Rules) == 0 {
		s.Rules = nil
	}
	if len(s.Drops) == 0 {
		s.Drops = nil
	}
	return s
}

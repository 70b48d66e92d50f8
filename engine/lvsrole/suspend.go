package lvsrole

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// localAddresses are the addresses of this host, for ha_suspend. They are
// followed from the moment at which some virtual server depends on them.
type localAddresses struct {
	followed bool                  // follow was started
	listed   bool                  // there is known
	there    map[plan.Address]bool // only link and prefix are set
}

// addressNews is a message of follow: all addresses there are, or one that came
// or went.
type addressNews struct {
	all  map[plan.Address]bool
	one  plan.Address
	gone bool
}

// take takes in what follow says.
func (l *localAddresses) take(n addressNews) {
	switch {
	case n.all != nil:
		l.there, l.listed = n.all, true
	case n.gone:
		delete(l.there, n.one)
	default:
		l.there[n.one] = true
	}
}

// lack says that addr is not on this host. Nothing is lacking before the first
// list is in.
func (l *localAddresses) lack(addr netip.Addr) bool {
	if !l.listed {
		return false
	}
	for a := range l.there {
		if a.Prefix.Addr() == addr {
			return false
		}
	}
	return true
}

// follow sends the addresses of this host, all of them every so often and each
// change as it comes, until ctx ends. lost is told why addresses are not
// followed; what was sent until then stays true as far as anybody knows.
func follow(ctx context.Context, open func() (Addresses, error), every time.Duration, send func(addressNews), lost func(error)) {
	conn, err := open()
	if err != nil {
		lost(err)
		return
	}
	defer conn.Close()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		for ctx.Err() == nil {
			if all, err := list(conn); err != nil {
				lost(err)
			} else {
				send(addressNews{all: all})
			}
			select {
			case <-time.After(every):
			case <-ctx.Done():
			}
		}
	})
	err = conn.Watch(ctx, func(event any) {
		if e, ok := event.(kernel.AddrEvent); ok {
			send(addressNews{one: plan.Address{Link: e.Link, Prefix: e.Prefix}, gone: e.Gone})
		}
	})
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		err = errors.New("the watch ended")
	}
	lost(err)
}

// list gives all addresses there are.
func list(conn Addresses) (map[plan.Address]bool, error) {
	all, err := conn.Addresses()
	if err != nil {
		return nil, err
	}
	there := make(map[plan.Address]bool, len(all))
	for _, a := range all {
		there[plan.Address{Link: a.Link, Prefix: netip.PrefixFrom(a.Prefix.Addr().Unmap(), a.Prefix.Bits())}] = true
	}
	return there, nil
}

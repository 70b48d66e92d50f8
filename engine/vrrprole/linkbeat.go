package vrrprole

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"holdfast/engine/model"
	"holdfast/engine/realtime"
	"holdfast/engine/vrrp"
)

// beatEvery is how often a card is asked, as by keepalived.
const beatEvery = time.Second

// linkbeat asks the cards of some interfaces whether they have a link.
type linkbeat struct {
	work  context.Context // ends the asking
	group *sync.WaitGroup
	tell  func(input)
	log   *slog.Logger
	ask   func(link, by string) (up bool, used string, err error)
	stop  context.CancelFunc
	links []model.PolledLink
}

// cardsAnswered says which cards have a link. One that does not answer is not in it.
type cardsAnswered struct {
	of context.Context
	up map[string]bool
	at time.Time
}

// polledBy are the interfaces whose cards a configuration wants to be asked: those that
// some instance depends on.
func polledBy(cfg model.Config, teams []*team) (list []model.PolledLink) {
	tracked := trackedBy(teams, vrrp.ByInterface)
	add := func(p model.PolledLink) {
		if tracked[p.Interface] && !slices.ContainsFunc(list, func(o model.PolledLink) bool { return o.Interface == p.Interface }) {
			list = append(list, p)
		}
	}
	for _, p := range slices.Backward(cfg.Polled) { // the last line of one counts
		add(p)
	}
	for i := range cfg.Instances {
		if in := &cfg.Instances[i]; cfg.Polls(in) {
			add(model.PolledLink{Interface: in.Interface})
		}
	}
	return list
}

// change makes these the cards that are asked, and gives them.
func (b *linkbeat) change(list []model.PolledLink) []model.PolledLink {
	if slices.Equal(list, b.links) {
		return list
	}
	if b.stop != nil {
		b.stop()
		b.stop = nil
	}
	if b.links = list; len(list) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(b.work)
	b.stop = cancel
	b.group.Go(func() {
		// Some drivers take their time, which adverts do not have.
		realtime.Aside(func() { b.poll(ctx, list) })
	})
	return list
}

// poll asks until ctx ends, and tells where an answer changes.
func (b *linkbeat) poll(ctx context.Context, list []model.PolledLink) {
	every := time.NewTicker(beatEvery)
	defer every.Stop()
	var told map[string]bool
	ways := map[string]string{}
	for {
		now := map[string]bool{}
		for _, p := range list {
			up, used, err := b.ask(p.Interface, p.By)
			if err != nil {
				continue
			}
			now[p.Interface] = up
			if ways[p.Interface] != used {
				ways[p.Interface] = used
				b.log.Info("a card is asked for its link", "interface", p.Interface, "by", used)
			}
		}
		if told == nil || !maps.Equal(now, told) {
			told = now
			b.tell(cardsAnswered{ctx, now, time.Now()})
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

func (v cardsAnswered) reach(l *loop) {
	if v.of.Err() != nil {
		return // asked for another configuration
	}
	l.states.cards = v.up
	l.changed = v.at
}

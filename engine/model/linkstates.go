package model

import (
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// LinkDelay is a line of interface_up_down_delays: for how long a link has to be down, or
// up again, before that counts.
type LinkDelay struct {
	Interface string
	Down, Up  Seconds
}

// String is the line.
func (d LinkDelay) String() string {
	line := conf.Quote(d.Interface) + " " + d.Down.String()
	if d.Up != 0 {
		line += " " + d.Up.String()
	}
	return line
}

// PolledLink is a line of linkbeat_interfaces: a link whose card is asked for its state,
// by MII, ETHTOOL or IOCTL; empty: by what the card knows, in that order.
type PolledLink struct{ Interface, By string }

// String is the line.
func (p PolledLink) String() string {
	return strings.TrimSpace(conf.Quote(p.Interface) + " " + p.By)
}

// scanDelays reads IF DOWN [UP]. As by keepalived a line without a time says nothing.
func scanDelays(l *line, into any) bool {
	l.at = -1
	w, _ := l.next()
	l.b.mentionInterface(w, l.n.WordSpan(0))
	d := LinkDelay{Interface: w}
	for _, p := range []*Seconds{&d.Down, &d.Up} {
		if p == &d.Up && l.at+1 >= len(l.n.Words) {
			break
		}
		if !l.scanSeconds(p) {
			return false
		}
	}
	l.rest()
	if into != nil {
		l.b.names.delays = append(l.b.names.delays, placedDelay{d, l.n.Span()})
	}
	return add(l, into, d)
}

// placedDelay is a line of interface_up_down_delays and where it stands.
type placedDelay struct {
	LinkDelay
	at conf.Span
}

// scanPolled reads IF [KIND]. A kind that is none is passed over.
func scanPolled(l *line, into any) bool {
	l.at = -1
	w, _ := l.next()
	l.b.mentionInterface(w, l.n.WordSpan(0))
	p := PolledLink{Interface: w}
	for _, o := range l.options(nil) {
		p.By = o.word
	}
	return add(l, into, p)
}

// Polls says whether the card of an instance's own interface is to be polled. A link of its
// own, with use_vmac, is told of by the kernel in any case.
func (c *Config) Polls(in *Instance) bool {
	return !in.VMAC.Written && (c.Poll || slices.ContainsFunc(in.Kept, func(i Item) bool { return i.Word == "linkbeat_use_polling" }))
}

// Bound is the delay of a change of a link as it counts for an instance with this advert
// interval: keepalived wants it shorter than the adverts less one that a backup may miss, and
// shortens a longer one to just that.
func (in *Instance) Bound(delay, every Seconds) Seconds {
	most := Seconds(max(in.DownTimerAdverts.Val-1, 0)) * every
	if delay >= most {
		return max(most-every/256, 0)
	}
	return delay
}

// lintDelays reports delays that are shortened.
func (b *binder) lintDelays() {
	resolved := b.cfg.Instances
	if len(b.names.delays) > 0 {
		resolved = Resolve(Config{Global: b.cfg.Global, Instances: b.cfg.Instances}).Instances
	}
	for _, d := range b.names.delays {
		for j := range resolved {
			in := &resolved[j]
			long := max(d.Down, d.Up)
			if most := in.Bound(long, in.Advert.Val); in.Interface == d.Interface && most < long {
				b.report(Note, "delay-shortened", d.at, "Name", in.Name, "Interface", d.Interface, "Value", long.String(), "Most", most.String())
				break
			}
		}
	}
}

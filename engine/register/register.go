package register

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"holdfast/engine/vrrp"
)

// The bounds: senders of one virtual router, senders of all that are not configured here,
// and how long a silent one is kept.
const (
	MostOfOne   = 8
	MostForeign = 1024
	Kept        = time.Hour
)

// Register is all that was heard. The zero Register has heard nobody.
type Register struct {
	routers map[wireRouter][]*Entry
	foreign int       // entries that are not ours
	looked  time.Time // when the old ones were dropped
	missed  uint64    // adverts of senders for whom there was no room
}

// wireRouter is a virtual router as the wire knows it.
type wireRouter struct {
	link string
	vrid uint8
	six  bool
}

// Heard is an advert that came.
type Heard struct {
	Link   string
	Ours   bool // an instance here has its number on this link
	Packet vrrp.Packet
	At     time.Time
}

// Hear takes note of an advert. A packet without a number is none.
func (r *Register) Hear(h Heard) {
	vrid, ok := vrrp.VRIDOf(h.Packet.Payload)
	if !ok {
		return
	}
	key := wireRouter{h.Link, vrid, h.Packet.From.Is6()}
	list := r.routers[key]
	if i := slices.IndexFunc(list, func(e *Entry) bool { return e.From == h.Packet.From }); i >= 0 {
		r.again(list[i], h)
		return
	}
	if e := r.room(key, h); e != nil {
		*e = Entry{Sender: Sender{h.Link, vrid, h.Packet.From}, First: h.At, Since: h.At, Ours: true}
		r.again(e, h)
	} else {
		r.missed++
	}
}

// room gives the place for one more sender, nil if there is none. Where a virtual router
// has many, or all those of others, the one that was silent longest gives way.
func (r *Register) room(key wireRouter, h Heard) *Entry {
	full := r.full(h)
	list := r.routers[key]
	switch {
	case len(list) >= MostOfOne || len(list) > 0 && full:
		silent := slices.MinFunc(list, func(a, b *Entry) int { return a.Last.Compare(b.Last) })
		r.mark(silent, true)
		return silent
	case full:
		return nil
	}
	if r.routers == nil {
		r.routers = map[wireRouter][]*Entry{}
	}
	e := &Entry{}
	r.routers[key] = append(list, e)
	return e
}

// again takes note of one more advert of a sender.
func (r *Register) again(e *Entry, h Heard) {
	r.mark(e, h.Ours)
	same := bytes.Equal(e.Packet.Payload, h.Packet.Payload)
	if same && e.Packet.To == h.Packet.To && e.Last.UnixNano() == h.At.UnixNano() {
		return // two sockets heard the same packet
	}
	if e.Count > 0 && (e.Resigned || h.At.Sub(e.Last) > time.Second && h.At.Sub(e.Last) > Patience(e.Advert().Interval)) {
		e.Since = h.At
	}
	e.Last, e.Count = h.At, e.Count+1
	e.Resigned = len(h.Packet.Payload) > 2 && h.Packet.Payload[2] == vrrp.PriorityResign
	switch {
	case e.Resigned && e.Packet.Payload != nil:
	case same:
		e.Packet.TTL, e.Packet.To, e.Packet.Headers = h.Packet.TTL, h.Packet.To, h.Packet.Headers
	default:
		e.Packet = h.Packet
	}
}

// mark takes note whether the number of an entry is configured here.
func (r *Register) mark(e *Entry, ours bool) {
	if e.Ours && !ours {
		r.foreign++
	} else if !e.Ours && ours {
		r.foreign--
	}
	e.Ours = ours
}

// full says whether there is no room for one more sender like that.
func (r *Register) full(h Heard) bool {
	if h.Ours || r.foreign < MostForeign {
		return false
	}
	if h.At.Sub(r.looked) > time.Minute { // a flood makes this no more expensive
		r.forget(h.At)
	}
	return r.foreign >= MostForeign
}

// forget drops those that were silent for too long.
func (r *Register) forget(now time.Time) {
	r.looked = now
	for key, list := range r.routers {
		list = slices.DeleteFunc(list, func(e *Entry) bool {
			old := now.Sub(e.Last) > Kept
			if old {
				r.mark(e, true)
			}
			return old
		})
		if r.routers[key] = list; len(list) == 0 {
			delete(r.routers, key)
		}
	}
}

// Missed is how many adverts came of senders for whom there was no room.
func (r *Register) Missed() uint64 { return r.missed }

// Of gives the senders of adverts for one virtual router, by address.
func (r *Register) Of(link string, vrid uint8, six bool) (list []Entry) {
	for _, e := range r.routers[wireRouter{link, vrid, six}] {
		list = append(list, *e)
	}
	slices.SortFunc(list, func(a, b Entry) int { return a.From.Compare(b.From) })
	return list
}

// Foreign gives the senders of adverts for virtual routers that are not configured here,
// in no order.
func (r *Register) Foreign() (list []Entry) {
	if r.foreign == 0 {
		return nil
	}
	for _, of := range r.routers {
		for _, e := range of {
			if !e.Ours {
				list = append(list, *e)
			}
		}
	}
	return list
}

// All gives every sender that was heard within the last hour, by link, number and address.
func (r *Register) All(now time.Time) (list []Entry) {
	r.forget(now)
	for _, of := range r.routers {
		for _, e := range of {
			list = append(list, *e)
		}
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Link, b.Link), cmp.Compare(a.VRID, b.VRID), a.From.Compare(b.From))
	})
	return list
}

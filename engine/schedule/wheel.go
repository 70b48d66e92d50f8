package schedule

import "time"

// Key names what is due. Keys are small numbers given out densely by the owner
// (an index into its own table): the wheel keeps arrays as long as the largest.
type Key int32

// Wheel holds keys and the instants at which they are due. A key sits in the
// slot of its tick; a slot that comes by hands out the keys of this round and
// keeps those of later rounds.
type Wheel struct {
	tick  time.Duration
	epoch time.Time
	slots []Key    // head of each slot's list
	used  []uint64 // a bit per slot that is not empty
	next  []Key    // by key: the following one in the slot
	prev  []Key    // by key: the one before, or the complement of the slot at its head
	at    []int64  // by key: its tick, or idle
	now   int64    // ticks up to and with this one were handed out
	count int
}

const (
	none Key   = -1
	idle int64 = -1
)

// New makes a wheel that begins at now. The tick is how late a key may be; slots
// is rounded up to a multiple of 64. Keys further away than tick × slots cost a
// glance per round.
func New(now time.Time, tick time.Duration, slots int) *Wheel {
	words := (slots + 63) / 64
	w := &Wheel{tick: tick, epoch: now, slots: make([]Key, words*64), used: make([]uint64, words)}
	for i := range w.slots {
		w.slots[i] = none
	}
	return w
}

// Len is how many keys are waiting.
func (w *Wheel) Len() int { return w.count }

// Set makes key due at the instant at, and only then. An instant in the past is
// due with the next tick.
func (w *Wheel) Set(key Key, at time.Time) {
	w.grow(key)
	if w.at[key] != idle {
		w.unlink(key)
	}
	// Rounded up: nothing is ever early.
	t := int64((at.Sub(w.epoch) + w.tick - 1) / w.tick)
	w.at[key] = max(t, w.now+1)
	w.link(key)
}

// Remove takes key out; one that is not waiting is no fault.
func (w *Wheel) Remove(key Key) {
	if int(key) < len(w.at) && w.at[key] != idle {
		w.unlink(key)
	}
}

// At is when key will be handed out, rounded up to the tick.
func (w *Wheel) At(key Key) (time.Time, bool) {
	if int(key) >= len(w.at) || w.at[key] == idle {
		return time.Time{}, false
	}
	return w.instant(w.at[key]), true
}

// Due appends to keys all that is due at now, takes it out and returns the
// whole. The order is that of the ticks; within a tick there is none.
func (w *Wheel) Due(keys []Key, now time.Time) []Key {
	to := int64(now.Sub(w.epoch) / w.tick)
	// After a long pause one round over all slots finds everything.
	from := max(w.now+1, to-int64(len(w.slots))+1)
	for t := from; t <= to && w.count > 0; t++ {
		slot := t % int64(len(w.slots))
		if w.used[slot/64] == 0 {
			t += 63 - slot%64
			continue
		}
		for key := w.slots[slot]; key != none; {
			after := w.next[key]
			if w.at[key] <= to {
				w.unlink(key)
				keys = append(keys, key)
			}
			key = after
		}
	}
	w.now = max(w.now, to)
	return keys
}

// Next is when to call Due again: no key is due before it. It may be early for
// keys of a later round, in which case Due hands out nothing.
func (w *Wheel) Next() (time.Time, bool) {
	if w.count == 0 {
		return time.Time{}, false
	}
	for i := int64(1); i <= int64(len(w.slots)); i++ {
		slot := (w.now + i) % int64(len(w.slots))
		if w.used[slot/64] == 0 {
			i += 63 - slot%64
			continue
		}
		if w.slots[slot] != none {
			return w.instant(w.now + i), true
		}
	}
	panic("schedule: keys are counted that are in no slot")
}

func (w *Wheel) instant(tick int64) time.Time { return w.epoch.Add(time.Duration(tick) * w.tick) }

func (w *Wheel) grow(key Key) {
	for int(key) >= len(w.at) {
		w.at = append(w.at, idle)
		w.next = append(w.next, none)
		w.prev = append(w.prev, none)
	}
}

func (w *Wheel) link(key Key) {
	slot := Key(w.at[key] % int64(len(w.slots)))
	head := w.slots[slot]
	w.next[key], w.prev[key] = head, ^slot
	if head != none {
		w.prev[head] = key
	}
	w.slots[slot] = key
	w.used[slot/64] |= 1 << (slot % 64)
	w.count++
}

func (w *Wheel) unlink(key Key) {
	before, after := w.prev[key], w.next[key]
	if after != none {
		w.prev[after] = before
	}
	if before >= 0 {
		w.next[before] = after
	} else {
		slot := ^before
		w.slots[slot] = after
		if after == none {
			w.used[slot/64] &^= 1 << (slot % 64)
		}
	}
	w.at[key] = idle
	w.count--
}

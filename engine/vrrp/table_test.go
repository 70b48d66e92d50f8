package vrrp

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// quarter is the grain of time of the exhaustive search: with an interval of a second
// and priorities of 64, 128 and 192 all skews are whole quarters. With a shorter interval
// a timer runs out at the next quarter, so that those of more routers do at once: these
// are played in every order.
const quarter = time.Second / 4

// none is an instant that is not set, in quarters from now.
const none = int8(127)

// instant is all that matters of a network at one instant: a comparable value, in which
// times are quarters from now, so that the same situation later is the same value.
type instant struct {
	seats    [4]seat // [router*members+member]
	letters  [10]letter
	together [3]int8 // of routers 0+1, 0+2, 1+2: for how long both are masters that hear each other; none: they are not
}

// seat is one instance.
type seat struct {
	up, changed        bool // it runs; its priority is the other one
	holds              bool
	role               Role
	priority           uint8
	due, sent, preempt int8
	down, learned      int16 // in milliseconds
	wants, waits       bool  // for its group; for a master that fell silent
	hears              bool  // it has heard a master
}

// letter is an advert on its way.
type letter struct {
	there    bool
	from, to uint8 // seats
	priority uint8
	in       int8 // quarters
	again    bool // it was put off or doubled, and will not be any more
}

// The steps from a state to the next one. From lost on they are faults.
const (
	timePasses = iota // one quarter, in which nothing is due
	arrives           // letter
	ticks             // router
	isLost            // letter
	isLate            // letter: by half an interval
	comesTwice        // letter: now, and half an interval later
	crashes           // router
	returns           // router
	changes           // router: its priority
)

type step struct{ kind, which uint8 }

func (s step) isFault() bool { return s.kind >= isLost }

// String is the step in words.
func (s step) String() string {
	return fmt.Sprintf([...]string{"time passes (%d)", "letter %d arrives", "router %d ticks", "letter %d is lost", "letter %d is late", "letter %d comes twice",
		"router %d crashes", "router %d returns", "router %d changes its priority"}[s.kind], s.which)
}

// table is the routers that a search is about.
type table struct {
	routers, members int
	late             int // so many adverts are late at once, at the most
	core             Instance
}

func newTable(routers, members, late int, change func(*Instance)) table {
	in := Instance{Version: Version3, Advert: time.Second, DownAdverts: 3}
	if change != nil {
		change(&in)
	}
	return table{routers, members, late, in}
}

// priorities are those of each router, before and after a change: also ties come about.
var priorities = [3][2]uint8{{192, 64}, {128, 192}, {64, 128}}

// group is a router as the machine knows it. Its priority is the lower of the two, and
// a track makes it the other one.
func (t table) group(r int) Group {
	in := t.core
	in.Priority = priorities[r][0]
	g := Group{}
	for range t.members {
		g.Members = append(g.Members, in)
	}
	return g
}

func (t table) conditions(r int, changed bool) Conditions {
	c := Conditions{Source: netip.AddrFrom4([4]byte{192, 0, 2, byte(r + 1)})}
	if changed {
		c.Adjust = int(priorities[r][1]) - int(priorities[r][0])
	}
	return c
}

// begin is all routers just started.
func (t table) begin() instant {
	i := instant{together: [3]int8{none, none, none}}
	for r := range t.routers {
		i, _ = t.start(i, r)
	}
	return i
}

// possible lists all that can happen next. Time passes when nothing else is due; so do
// crashes, returns and changes: one in the middle of what is due is a letter that is lost
// and one a quarter earlier or later.
func (t table) possible(i instant) (list []step) {
	due := false
	late := 0
	for _, l := range i.letters {
		if l.there && l.again && l.in > 0 {
			late++
		}
	}
	free := slices.ContainsFunc(i.letters[:], func(l letter) bool { return !l.there })
	for n, l := range i.letters {
		if !l.there || l.in > 0 {
			continue
		}
		due = true
		if n > 0 && i.letters[n-1].in == l.in && i.letters[n-1].from == l.from && i.letters[n-1].to == l.to {
			continue // one before it is not there yet
		}
		list = append(list, step{arrives, uint8(n)}, step{isLost, uint8(n)})
		if !l.again && late < t.late {
			list = append(list, step{isLate, uint8(n)})
			if free {
				list = append(list, step{comesTwice, uint8(n)})
			}
		}
	}
	for r := range t.routers {
		if t.isDue(i, r) {
			due = true
			list = append(list, step{ticks, uint8(r)})
		}
	}
	if due {
		return list
	}
	for r := range t.routers {
		if i.seats[r*t.members].up {
			list = append(list, step{crashes, uint8(r)}, step{changes, uint8(r)})
		} else {
			list = append(list, step{returns, uint8(r)})
		}
	}
	return append(list, step{timePasses, 0})
}

// peaceful is what happens next where nothing goes wrong.
func (t table) peaceful(i instant) step {
	for n, l := range i.letters {
		if l.there && l.in <= 0 {
			return step{arrives, uint8(n)}
		}
	}
	for r := range t.routers {
		if t.isDue(i, r) {
			return step{ticks, uint8(r)}
		}
	}
	return step{}
}

func (t table) isDue(i instant, r int) bool {
	for m := range t.members {
		if s := i.seats[r*t.members+m]; s.up && s.due <= 0 {
			return true
		}
	}
	return false
}

// healed is the state with all routers there.
func (t table) healed(i instant) instant {
	for r := range t.routers {
		if !i.seats[r*t.members].up {
			i, _ = t.start(i, r)
		}
	}
	return i
}

// onlyMaster is the router that is master alone, -1 if there is none.
func (t table) onlyMaster(i instant) int {
	only := -1
	for r := range t.routers {
		switch {
		case !t.leads(i, r):
		case only >= 0:
			return -1
		default:
			only = r
		}
	}
	return only
}

// leads says whether a router runs and is master.
func (t table) leads(i instant, r int) bool {
	s := i.seats[r*t.members]
	return s.up && s.role == Master
}

// best demands that the only master is the best router.
func (t table) best(i instant, holder int) error {
	for r := range t.routers {
		if !t.core.NoPreempt && i.seats[r*t.members].priority > i.seats[holder*t.members].priority {
			return fmt.Errorf("router %d is master for good, and router %d is better", holder, r)
		}
	}
	return nil
}

// inOrder makes states equal that differ in the order of letters of different pairs
// alone. Those of a pair stay in the order in which they were sent.
func (i *instant) inOrder() {
	rank := func(l letter) int {
		if !l.there {
			return 1 << 30
		}
		return int(l.in)<<16 | int(l.from)<<8 | int(l.to)
	}
	slices.SortStableFunc(i.letters[:], func(a, b letter) int { return cmp.Compare(rank(a), rank(b)) })
}

// words is a state for the reader of a fault.
func (t table) words(i instant) string {
	var b strings.Builder
	for n, s := range i.seats[:t.routers*t.members] {
		fmt.Fprintf(&b, "%d: up %v %v %d due %d sent %d; ", n/t.members, s.up, s.role, s.priority, s.due, s.sent)
	}
	for n, l := range i.letters {
		if l.there {
			fmt.Fprintf(&b, "letter %d: %d>%d %d in %d; ", n, l.from, l.to, l.priority, l.in)
		}
	}
	return b.String()
}

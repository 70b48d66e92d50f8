package vrrp

import (
	"flag"
	"fmt"
	"hash/maphash"
	"strings"
	"testing"
	"time"
)

var (
	everyDepth = flag.Int("depth", 20, "how many faults in a row the exhaustive search plays, in every order")
	everyMost  = flag.Int("states", 60_000, "how many states it looks at in each case, at the most")
)

// cases are what the exhaustive search is played with. Where the short form is not to
// look at all of a large one, -states ends it, which the log says.
var cases = []struct {
	name    string
	routers int
	members int
	late    int // so many adverts are late at once, at the most
	change  func(*Instance)
}{
	{"two routers", 2, 1, 10, nil},
	{"two routers without preemption", 2, 1, 10, func(in *Instance) { in.NoPreempt = true }},
	{"two routers of version 2", 2, 1, 10, func(in *Instance) { in.Version = Version2 }},
	{"two routers that may miss one advert", 2, 1, 10, func(in *Instance) { in.DownAdverts = 2 }},
	{"two routers in groups of two", 2, 2, 1, nil},
	{"three routers", 3, 1, 1, func(in *Instance) { in.Advert, in.DownAdverts = time.Second/2, 1 }},
}

// TestInEveryOrderOfFaultsTheLawsHold searches all states that routers come to by
// adverts that arrive, are lost, come late or twice, by crashes, returns and changes of
// priority, in every order: instants are quarters of an interval, and what is due at one
// instant happens in every order. In each state the laws hold, and where no more goes
// wrong there is one master, the best. `make worlds` looks at more states.
func TestInEveryOrderOfFaultsTheLawsHold(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSearch(c.routers, c.members, c.late, c.change)
			depth, whole, err := s.run(*everyDepth, *everyMost)
			if err != nil {
				t.Fatalf("%v, after\n%s", err, s.path())
			}
			t.Logf("%d states, %d steps between them; faults in a row: %s", len(s.known), s.steps, reached(depth, whole, len(s.known) >= *everyMost))
			if len(s.known) < 1000 {
				t.Error("the search goes nowhere")
			}
		})
	}
}

// search is a search by breadth: of the states that n faults lead to all are looked at
// before any that needs one more.
type search struct {
	table
	seed  maphash.Seed
	known map[uint64]uint32 // by the hash of a state: where in way it is
	way   []stride          // how each state was come to
	calm  map[uint64]bool   // from here all ends well
	steps int
	at    uint32 // the state that is being looked at
	last  step
}

// stride is the last step to a state, and where from.
type stride struct {
	from uint32
	step step
}

// found is a state that is to be looked at.
type found struct {
	state instant
	place uint32
}

func newSearch(routers, members, late int, change func(*Instance)) *search {
	return &search{table: newTable(routers, members, late, change), seed: maphash.MakeSeed(), known: map[uint64]uint32{}, calm: map[uint64]bool{}}
}

// run searches until so many faults were played in a row, or so many states are known.
// whole says that there is no state beyond.
func (s *search) run(depth, most int) (faults int, whole bool, err error) {
	var layer, next []found
	if s.note(s.begin(), step{}, &layer); len(layer) != 1 {
		return 0, false, fmt.Errorf("no beginning")
	}
	for faults = 0; len(layer) > 0; faults++ {
		next = nil
		for len(layer) > 0 {
			one := layer[len(layer)-1]
			layer = layer[:len(layer)-1]
			s.at = one.place
			for _, do := range s.possible(one.state) {
				s.last = do
				to, err := s.after(one.state, do)
				if err == nil {
					err = s.endsWell(to)
				}
				if err != nil {
					return faults, false, err
				}
				s.steps++
				if len(s.known) >= most {
					return faults, false, nil
				}
				if do.isFault() {
					s.note(to, do, &next)
				} else {
					s.note(to, do, &layer)
				}
			}
		}
		if faults == depth {
			return faults, len(next) == 0, nil
		}
		layer = next
	}
	return faults, true, nil
}

// note puts a state on a list, if it is not known yet.
func (s *search) note(i instant, by step, list *[]found) {
	key := maphash.Comparable(s.seed, i)
	if _, is := s.known[key]; is {
		return
	}
	place := uint32(len(s.way))
	s.known[key] = place
	s.way = append(s.way, stride{s.at, by})
	*list = append(*list, found{i, place})
}

// endsWell demands that there is one master, the best, for good, if nothing more goes
// wrong. What is found to end well is known as that.
func (s *search) endsWell(i instant) error {
	const long, still = 60, 16 // quarters of an interval
	const storm = 10_000       // steps that no peaceful network needs in that time
	i = s.healed(i)
	var walked []uint64
	quiet, holder := 0, -1
	for quarters := 0; quarters < long; {
		key := maphash.Comparable(s.seed, i)
		if s.calm[key] {
			break
		}
		if walked = append(walked, key); len(walked) > storm {
			return fmt.Errorf("a storm of adverts")
		}
		do := s.peaceful(i)
		if do.kind == timePasses {
			quarters++
			if now := s.onlyMaster(i); now != holder || now < 0 {
				quiet, holder = 0, now
			} else if quiet++; quiet == still {
				if err := s.best(i, holder); err != nil {
					return err
				}
				break
			}
		}
		var err error
		if i, err = s.after(i, do); err != nil {
			return err
		}
		if quarters == long {
			return fmt.Errorf("healed, and there is no one master after %d intervals", long/4)
		}
	}
	for _, key := range walked {
		s.calm[key] = true
	}
	return nil
}

// reached is how far a search came, in words.
func reached(faults int, whole, full bool) string {
	switch {
	case whole:
		return "any number, no state is left out"
	case full:
		return fmt.Sprintf("%d, and some of %d", faults-1, faults)
	}
	return fmt.Sprint(faults)
}

// path is how the state was come to in which something is wrong.
func (s *search) path() string {
	steps := []step{s.last}
	for at := s.at; at != 0; at = s.way[at].from {
		steps = append(steps, s.way[at].step)
	}
	var b strings.Builder
	i := s.begin()
	for n := len(steps) - 1; n >= 0; n-- {
		fmt.Fprintf(&b, "%v\n", steps[n])
		i, _ = s.after(i, steps[n])
		fmt.Fprintf(&b, "\t%s\n", s.words(i))
	}
	return b.String()
}

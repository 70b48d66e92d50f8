package vrrprole

import (
	"strings"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/register"
)

// lookEvery is how often the loop looks for what no advert of its own tells of: a router
// that goes on beside this node, and that nobody holds the addresses.
const lookEvery = time.Second

// seen are the incidents that the journal was told of, until they end.
type seen struct {
	note func(journal.Entry)
	next time.Time
	told map[seenKey]time.Time // when each was seen last
}

// seenKey is an incident of an instance.
type seenKey struct{ object, code, from string }

// seenCodes are what the journal says of incidents by their likely cause. The others
// follow from adverts that do not count, of which it was told when they came.
var seenCodes = map[string]string{code.OneWay: code.SecondMaster, code.OtherVRID: code.SecondMaster}

// look tells of the incidents of all routers that have begun or ended.
func (l *loop) look(now time.Time) {
	if now.Before(l.seen.next) {
		return
	}
	l.seen.next = now.Add(lookEvery)
	foreign := l.adverts.foreign()
	for _, t := range l.teams {
		for _, r := range t.routers {
			l.seen.add(r.cfg.Name, l.grave(r, foreign, now), now)
		}
	}
	l.seen.end(now)
}

// grave are the grave incidents of a router.
func (l *loop) grave(r *router, foreign []register.Entry, now time.Time) (list []control.Incident) {
	for _, one := range l.incidents(r, foreign, now) {
		if one.Severity == "error" {
			list = append(list, one)
		}
	}
	return list
}

// add takes note of the incidents that an instance has now.
func (s *seen) add(object string, list []control.Incident, now time.Time) {
	for _, one := range list {
		says := seenCodes[one.Cause]
		if one.Code == code.NoMaster {
			says = code.NobodyHolds
		}
		if says == "" {
			continue
		}
		key := seenKey{object, says, one.From}
		if _, known := s.told[key]; !known {
			s.note(journal.Entry{At: now, Kind: journal.Notice, Object: object, Facts: map[string]string{
				journal.FactCode: says, journal.FactFrom: one.From, journal.FactVRID: one.Facts()[journal.FactVRID], journal.FactAddress: strings.Join(one.Addresses, ", ")}})
		}
		s.told[key] = now
	}
}

// end tells of those that are over.
func (s *seen) end(now time.Time) {
	for key, last := range s.told {
		if last.Before(now) {
			delete(s.told, key)
			s.note(journal.Entry{At: now, Kind: journal.Notice, Object: key.object, Facts: map[string]string{journal.FactCode: code.OneHolder, journal.FactFrom: key.from}})
		}
	}
}

package mail

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/store"
)

// setDate is a date that a test sets while the uptime goes on.
type setDate struct{ by atomic.Int64 }

func (d *setDate) clock() store.Clock {
	began := time.Now()
	return store.Clock{
		Wall:   func() time.Time { return time.Now().Add(time.Duration(d.by.Load())) },
		Uptime: func() time.Duration { return time.Since(began) },
	}
}

func (d *setDate) store(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.OpenAt(t.Context(), dir, d.clock())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dates are by how much the date is set.
func dates() []time.Duration {
	var all []time.Duration
	for _, d := range []time.Duration{time.Hour, 4 * 24 * time.Hour, 365 * 24 * time.Hour} {
		all = append(all, d, -d)
	}
	return all
}

func TestADateThatIsSetNeitherLosesNorDoublesNorHoldsAMail(t *testing.T) {
	for _, by := range dates() {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v, restart %v", by, restart), func(t *testing.T) {
				t.Parallel()
				var date setDate
				dir := t.TempDir()
				s := date.store(t, dir)
				defer func() { s.Close() }()
				away := newScripted(t, script{"": "421 come back later"})
				enqueue(t, s, "held@example.org")
				retry := quick
				retry.GiveUp = 72 * time.Hour
				stop := startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: away.port}, retry)
				outboxBecomes(t, s, 1, func(m store.Mail) bool { return m.Attempts > 1 })
				date.by.Store(int64(by))
				enqueue(t, s, "queued@example.org")
				before := outboxBecomes(t, s, 1, isState(store.MailQueued)).Attempts
				outboxBecomes(t, s, 1, func(m store.Mail) bool { return m.Attempts > before }) // its back-off goes on
				if next := outboxBecomes(t, s, 2, func(m store.Mail) bool { return m.Attempts > 0 }); next.NextAt.Sub(time.Now().Add(by)).Abs() > time.Minute {
					t.Errorf("due %v by a date of %v", next.NextAt, time.Now().Add(by))
				}
				stop()
				if restart {
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					s = date.store(t, dir)
				}
				server := newScripted(t, script{})
				stop = startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: server.port}, retry)
				for id := range int64(2) {
					outboxBecomes(t, s, id+1, isState(store.MailSent))
				}
				stop()
				texts := 0
				for _, line := range server.lines() {
					if line == "DATA" {
						texts++
					}
				}
				if texts != 2 {
					t.Errorf("%d texts were sent of 2 mails", texts)
				}
			})
		}
	}
}

package schedule

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Unix(1000, 0)

func TestKeyIsDueAtItsInstantAndNotBefore(t *testing.T) {
	w := New(start, 10*time.Millisecond, 64)
	w.Set(3, start.Add(25*time.Millisecond))
	if due := w.Due(nil, start.Add(29*time.Millisecond)); len(due) != 0 {
		t.Fatalf("due before its tick: %v", due)
	}
	if due := w.Due(nil, start.Add(30*time.Millisecond)); !slices.Equal(due, []Key{3}) {
		t.Fatalf("due = %v, want [3]", due)
	}
	if w.Len() != 0 {
		t.Fatal("a key that was handed out still waits")
	}
}

func TestInstantBeyondARoundWaitsForItsRound(t *testing.T) {
	w := New(start, 10*time.Millisecond, 64) // one round is 640 ms
	at := start.Add(2 * time.Second)
	w.Set(0, at)
	for now := start; now.Before(at); now = now.Add(7 * time.Millisecond) {
		if due := w.Due(nil, now); len(due) != 0 {
			t.Fatalf("due %v early", at.Sub(now))
		}
	}
	if due := w.Due(nil, at); len(due) != 1 {
		t.Fatal("not due at its instant")
	}
}

func TestSettingAKeyAgainMovesIt(t *testing.T) {
	w := New(start, 10*time.Millisecond, 64)
	w.Set(1, start.Add(time.Second))
	w.Set(1, start.Add(50*time.Millisecond))
	if due := w.Due(nil, start.Add(50*time.Millisecond)); len(due) != 1 {
		t.Fatal("the new instant does not count")
	}
	if due := w.Due(nil, start.Add(2*time.Second)); len(due) != 0 {
		t.Fatal("the old instant still counts")
	}
}

func TestNothingIsLostOverALongPause(t *testing.T) {
	w := New(start, 10*time.Millisecond, 64)
	for k := range Key(500) {
		w.Set(k, start.Add(time.Duration(k)*17*time.Millisecond))
	}
	if due := w.Due(nil, start.Add(time.Hour)); len(due) != 500 {
		t.Fatalf("%d of 500 keys due after an hour", len(due))
	}
}

// The wheel agrees with a plain map of instants, whatever is done to it.
func TestWheelAgreesWithAMapOfInstants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const tick = 10 * time.Millisecond
		w := New(start, tick, 64)
		model := map[Key]time.Time{}
		now := start
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			key := Key(rapid.IntRange(0, 9).Draw(t, "key"))
			switch rapid.IntRange(0, 3).Draw(t, "do") {
			case 0, 1:
				at := now.Add(time.Duration(rapid.IntRange(-50, 3000).Draw(t, "in")) * time.Millisecond)
				w.Set(key, at)
				model[key] = at
			case 2:
				w.Remove(key)
				delete(model, key)
			case 3:
				next, some := w.Next()
				now = now.Add(time.Duration(rapid.IntRange(0, 1500).Draw(t, "pass")) * time.Millisecond)
				due := w.Due(nil, now)
				for _, k := range due {
					if model[k].After(now) {
						t.Fatalf("key %d is handed out early", k)
					}
					if !some || next.After(now) {
						t.Fatalf("key %d is due before Next", k)
					}
					delete(model, k)
				}
				for k, at := range model {
					if now.Sub(at) > tick && now.Sub(start) > 0 && !at.After(now.Add(-tick)) {
						if in, ok := w.At(k); !ok || in.Sub(now) > tick {
							t.Fatalf("key %d is late", k)
						}
					}
				}
			}
			if w.Len() != len(model) {
				t.Fatalf("%d keys wait, want %d", w.Len(), len(model))
			}
		}
	})
}

func TestPhasesOfManyNamesAreSpreadEvenly(t *testing.T) {
	const names, parts, interval = 10000, 10, 6 * time.Second
	var count [parts]int
	for i := range names {
		p := Phase(fmt.Sprintf("tcp:192.0.2.%d:80/10.0.%d.%d:80/TCP_CHECK", i%250, i/250, i%250), interval)
		count[p*parts/interval]++
	}
	for part, n := range count {
		if n < names/parts*8/10 || n > names/parts*12/10 {
			t.Errorf("part %d of the interval has %d of %d names", part, n, names)
		}
	}
	if Phase("x", 0) != 0 {
		t.Error("an interval of 0 has no phase but 0")
	}
}

// 100,000 checks every 6 s: the time and memory of one second of firing.
func BenchmarkSecondOf100kKeys(b *testing.B) {
	const keys, interval = 100_000, 6 * time.Second
	w := New(start, 10*time.Millisecond, 1024)
	for k := range Key(keys) {
		w.Set(k, start.Add(Phase(fmt.Sprint(k), interval)))
	}
	b.ReportAllocs()
	var due []Key
	now, fired := start, 0
	for b.Loop() {
		for range 100 {
			now = now.Add(10 * time.Millisecond)
			due = w.Due(due[:0], now)
			for _, k := range due {
				w.Set(k, now.Add(interval))
			}
			fired += len(due)
		}
	}
	b.ReportMetric(float64(fired)/float64(b.N), "firings/op")
}

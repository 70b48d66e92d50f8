package journal

import (
	"context"
	"testing"
	"testing/synctest"
)

func TestRingKeepsTheNewestAndSaysWhatItDropped(t *testing.T) {
	r := NewRing(3, 10)
	for seq := uint64(11); seq <= 15; seq++ {
		r.Add(Entry{Seq: seq})
	}
	got, floor := r.After(0)
	if len(got) != 3 || got[0].Seq != 13 || got[2].Seq != 15 || floor != 12 {
		t.Fatalf("got %v, floor %d", got, floor)
	}
	if got, _ := r.After(14); len(got) != 1 || got[0].Seq != 15 {
		t.Fatalf("after 14: %v", got)
	}
	if r.Last() != 15 {
		t.Fatalf("last %d", r.Last())
	}
}

func TestEmptyRingGoesOnWhereTheLastOneEnded(t *testing.T) {
	if last := NewRing(3, 10).Last(); last != 10 {
		t.Fatalf("last %d", last)
	}
}

func TestWaitingReaderIsWokenByAnEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRing(3, 0)
		done := make(chan error)
		go func() { done <- r.Wait(context.Background(), 0) }()
		synctest.Wait()
		r.Add(Entry{Seq: 1})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

func TestWaitingReaderLeavesWhenItsContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := NewRing(3, 0).Wait(ctx, 0); err == nil {
		t.Fatal("waited for nothing")
	}
}

func TestGapMovesTheCursorToTheEntryBeforeTheNext(t *testing.T) {
	g := Gap(4, 9)
	if g.Seq != 8 || g.Kind != Lost || g.Facts["count"] != "4" {
		t.Fatalf("%+v", g)
	}
}

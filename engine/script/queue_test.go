package script

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestJobsOfOneObjectRunInOrder(t *testing.T) {
	q := NewQueue(context.Background(), time.Minute, Run)
	out := filepath.Join(t.TempDir(), "out")
	for i := range 8 {
		// The earlier ones are the slower ones.
		q.Add("VI_1", sh("sleep 0.0"+strconv.Itoa(8-i)+"; echo -n $1 >> "+out, strconv.Itoa(i)), nil)
	}
	if !q.Wait(20 * time.Second) {
		t.Fatal("they did not end")
	}
	if text, _ := os.ReadFile(out); string(text) != "01234567" {
		t.Errorf("%q", text)
	}
}

func TestObjectsDoNotWaitForEachOther(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	q := NewQueue(ctx, time.Minute, Run)
	q.Add("slow", sh("sleep 60"), nil)
	done := make(chan Result, 1)
	q.Add("fast", sh("exit 3"), func(r Result) { done <- r })
	select {
	case r := <-done:
		if r.Code != 3 {
			t.Errorf("%+v", r)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waited for the other object")
	}
	if q.Wait(10 * time.Millisecond) {
		t.Error("the slow one is over already")
	}
	cancel()
	if !q.Wait(10 * time.Second) {
		t.Error("the end of the context did not end it")
	}
}

func TestHangingJobKeepsTheNextOneOnlyForAWhile(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	q := NewQueue(ctx, 200*time.Millisecond, Run)
	hung := make(chan Result, 1)
	q.Add("VI_1", sh("sleep 60"), func(r Result) { hung <- r })
	done := make(chan Result, 1)
	began := time.Now()
	q.Add("VI_1", sh("exit 0"), func(r Result) { done <- r })
	select {
	case <-done:
		if d := time.Since(began); d < 200*time.Millisecond {
			t.Errorf("it waited only %v", d)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waited for ever")
	}
	select {
	case r := <-hung:
		t.Errorf("the slow one was ended: %+v", r)
	default:
	}
}

func TestAddNeverWaits(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	q := NewQueue(ctx, time.Minute, Run)
	began := time.Now()
	for range 1000 {
		q.Add("VI_1", sh("sleep 60"), nil)
	}
	if d := time.Since(began); d > 30*time.Second { // each job takes a minute
		t.Errorf("1000 jobs took %v to add", d)
	}
}

func TestJobThatWaitsIsNotAddedTwice(t *testing.T) {
	q := NewQueue(context.Background(), time.Minute, Run)
	out := filepath.Join(t.TempDir(), "out")
	q.Add("VI_1", sh("sleep 0.1"), nil)
	for range 100 {
		q.AddOnce("VI_1", "rx-lower", sh("echo -n x >> "+out), nil)
	}
	if !q.Wait(20 * time.Second) {
		t.Fatal("they did not end")
	}
	if text, _ := os.ReadFile(out); len(text) < 1 || len(text) > 2 { // one while the first has not begun yet
		t.Errorf("%q", text)
	}
}

package live

import (
	"context"
	"errors"
	"strconv"
	"testing"
)

// counting draws a new frame each time.
func counting() Draw {
	n := 0
	return func(context.Context, View, Snapshot) ([]Frame, error) {
		n++
		return []Frame{{Event: "live", Data: strconv.Itoa(n)}}, nil
	}
}

func TestABrowserThatDoesNotReadIsDropped(t *testing.T) {
	h := NewHub(NewWatch(Roles{}), counting())
	slow, _ := h.join(1, View{Page: "overview"})
	reader, _ := h.join(2, View{Page: "overview"})
	for range lag + 2 {
		h.push(t.Context(), Snapshot{})
		for len(reader.frames) > 0 {
			<-reader.frames
		}
	}
	if _, in := h.clients[slow]; in {
		t.Error("it is still there")
	}
	if _, in := h.clients[reader]; !in {
		t.Error("the one that reads was dropped too")
	}
	got := 0
	for range slow.frames { // closed by the hub
		got++
	}
	if got != lag {
		t.Errorf("it was sent %d frames, want %d", got, lag)
	}
}

func TestAViewIsDrawnOnceForAllWhoSeeIt(t *testing.T) {
	drawn := 0
	h := NewHub(NewWatch(Roles{}), func(context.Context, View, Snapshot) ([]Frame, error) {
		drawn++
		return []Frame{{Event: "live", Data: "x"}}, nil
	})
	for session := range 5 {
		h.join(int64(session), View{Page: "overview", Lang: "en"})
	}
	h.join(9, View{Page: "overview", Lang: "zh-CN"})
	h.push(t.Context(), Snapshot{})
	if drawn != 2 {
		t.Errorf("drawn %d times for two views", drawn)
	}
}

func TestAViewThatCannotBeDrawnEndsItsStreamsOnly(t *testing.T) {
	h := NewHub(NewWatch(Roles{}), func(_ context.Context, v View, _ Snapshot) ([]Frame, error) {
		if v.Object == "gone" {
			return nil, errors.New("not found")
		}
		return []Frame{{Event: "live", Data: "x"}}, nil
	})
	gone, _ := h.join(1, View{Page: "vip", Object: "gone"})
	there, _ := h.join(1, View{Page: "vip", Object: "VI_1"})
	h.push(t.Context(), Snapshot{})
	if _, in := h.clients[gone]; in {
		t.Error("the stream of a view that is gone goes on")
	}
	if f := <-there.frames; f.Data != "x" {
		t.Errorf("got %+v", f)
	}
}

func TestAClosedHubLetsNobodyIn(t *testing.T) {
	h := NewHub(NewWatch(Roles{}), counting())
	c, _ := h.join(1, View{})
	h.Close()
	if _, open := <-c.frames; open {
		t.Error("the stream goes on")
	}
	if _, ok := h.join(1, View{}); ok {
		t.Error("a new stream was let in")
	}
}

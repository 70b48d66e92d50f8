package control

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestTextsAreLookedAtOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inside := 0
		slow := inTurn(func(http.ResponseWriter, *http.Request) {
			if inside++; inside > 1 {
				t.Error("two at a time")
			}
			time.Sleep(3 * time.Second)
			inside--
		})
		var asking sync.WaitGroup
		var answers [3]*httptest.ResponseRecorder
		for i := range answers {
			answers[i] = httptest.NewRecorder()
			asking.Go(func() { slow(answers[i], httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/plan", nil)) })
			time.Sleep(time.Millisecond)
		}
		asking.Wait()
		for i, want := range []int{http.StatusOK, http.StatusOK, http.StatusServiceUnavailable} {
			if got := answers[i].Code; got != want {
				t.Errorf("request %d: %d", i, got)
			}
		}
	})
}

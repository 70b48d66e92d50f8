package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"
)

func TestTheRoomOfALargeRequestIsGivenBackOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gin.SetMode(gin.TestMode)
		m, forgot := &memory{}, 0
		e := gin.New()
		e.Use(m.watch)
		e.POST("/", func(g *gin.Context) { g.String(http.StatusOK, "ok") })
		send := func(size int) {
			e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", size))))
		}
		forget := func() { forgot++ }
		send(10)
		time.Sleep(2 * giveBackAfter)
		if m.giveBack(forget) {
			t.Error("given back after a small request")
		}
		send(large)
		if m.giveBack(forget) {
			t.Error("given back at once")
		}
		time.Sleep(giveBackAfter)
		if !m.giveBack(forget) || m.giveBack(forget) || forgot != 1 {
			t.Errorf("given back %d times", forgot)
		}
	})
}

// What a large request took is back with the system within ten seconds.
func TestTheRoomOfALargeRequestIsGivenBackInTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		tick := time.NewTicker(settleEvery) // as follow has it
		defer tick.Stop()
		time.Sleep(settleEvery / 2)
		ended := time.Now()
		m.used.Store(ended.UnixNano())
		for !m.giveBack(func() {}) {
			<-tick.C
		}
		if took := time.Since(ended); took > 10*time.Second {
			t.Errorf("given back after %v", took)
		}
	})
}

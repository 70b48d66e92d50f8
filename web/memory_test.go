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

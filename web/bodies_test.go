package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/auth"
)

func TestOnlyAFewLargeBodiesAreInHandAtOnce(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.Use(bounded(nil, 50*time.Millisecond))
	inside, leave := make(chan struct{}), make(chan struct{})
	e.POST("/api/v1/check", func(*gin.Context) {
		inside <- struct{}{}
		<-leave
	})
	send := func(size int) int {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/check", strings.NewReader(strings.Repeat("x", size)))
		editor := store.Session{User: store.User{Role: store.Editor}}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r.WithContext(auth.With(context.Background(), editor)))
		return w.Code
	}
	done := make(chan int)
	for range fewAtOnce {
		go func() { done <- send(large) }()
		<-inside
	}
	if got := send(large); got != http.StatusServiceUnavailable {
		t.Errorf("one more large body: %d", got)
	}
	go func() { done <- send(large - 1) }() // a smaller one does not wait
	<-inside
	close(leave)
	for range fewAtOnce + 1 {
		if got := <-done; got != http.StatusOK {
			t.Errorf("status %d", got)
		}
	}
}

func TestEachAddressWithALimitOfItsOwnIsServed(t *testing.T) {
	for row := range limits {
		if found, ok := access.Find(row.Method, row.Path); !ok || found != row {
			t.Errorf("%+v is no address", row)
		}
	}
}

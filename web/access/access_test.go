package access

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/fault"
)

// served are the routes of the table.
func served() gin.RoutesInfo {
	var all gin.RoutesInfo
	for _, r := range table {
		all = append(all, gin.RouteInfo{Method: r.Method, Path: r.Path})
	}
	return all
}

func TestRoutesAndRowsAreTheSame(t *testing.T) {
	if err := Compare(served()); err != nil {
		t.Error(err)
	}
	if err := Compare(append(served(), gin.RouteInfo{Method: "GET", Path: "/secret"})); err == nil || !strings.Contains(err.Error(), "GET /secret is served but has no row") {
		t.Errorf("a route without a row: %v", err)
	}
	if err := Compare(served()[1:]); err == nil || !strings.Contains(err.Error(), "GET /healthz has a row but is not served") {
		t.Errorf("a row without a route: %v", err)
	}
}

func TestAnAddressWithoutARowIsClosedToEverybody(t *testing.T) {
	gin.SetMode(gin.TestMode)
	e := gin.New()
	var refused error
	e.Use(func(g *gin.Context) {
		admin := store.Session{User: store.User{Role: store.Admin}}
		g.Request = g.Request.WithContext(auth.With(g.Request.Context(), admin))
	}, Guard(func(g *gin.Context, err error) { refused = err }))
	reached := false
	e.GET("/secret", func(*gin.Context) { reached = true })
	e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/secret", nil))
	if reached || fault.Of(refused).Code != fault.Forbidden {
		t.Errorf("reached: %v, refused with %v", reached, refused)
	}
}

func TestEachRoleMayDoWhatTheOnesBeforeItMay(t *testing.T) {
	for i, have := range ranks {
		for j, least := range ranks {
			if May(have, least) != (i >= j) {
				t.Errorf("%s where %s is asked for: %v", have, least, May(have, least))
			}
		}
	}
	if May("stranger", store.Viewer) {
		t.Error("an unknown role may see everything")
	}
}

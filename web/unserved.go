package web

import (
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// unservedEvery is how often one address may fill the log with the same answer.
const unservedEvery = time.Second

// unserved has a line in the log for every answer that says the console is not
// well, also for those that a library gives. The same answer of the same address
// has one line a second, with the number of those before that had none.
func unserved(log *slog.Logger) gin.HandlerFunc {
	type repeated struct {
		at   time.Time
		more int
	}
	var mu sync.Mutex // guards seen, which has a row for each address and status at most
	seen := map[string]repeated{}
	return func(g *gin.Context) {
		g.Next()
		status := g.Writer.Status()
		if status < http.StatusInternalServerError || g.Request.Context().Err() != nil {
			return
		}
		key := g.FullPath() + " " + strconv.Itoa(status)
		mu.Lock()
		last := seen[key]
		due := time.Since(last.at) >= unservedEvery
		if due {
			seen[key] = repeated{at: time.Now()}
		} else {
			seen[key] = repeated{last.at, last.more + 1}
		}
		mu.Unlock()
		if due {
			log.Warn("request not served", "method", g.Request.Method, "path", g.Request.URL.Path, "status", status, "more", last.more)
		}
	}
}

package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"holdfast/assets"
	"holdfast/web/fault"
)

// Unavailable answers every request with the reason why the console cannot run,
// until ctx ends. It stands in for Run where no database can be opened, so that a
// browser gets an answer. It closes the listener.
func Unavailable(ctx context.Context, l net.Listener, cause error, log *slog.Logger) error {
	server := &http.Server{
		Handler:           headers(reply(fault.Of(cause))),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("say why there is no console: %w", err)
		}
		return nil
	})
	tasks.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	return tasks.Wait()
}

// reply words a fault as plain text: a page would need the database.
func reply(e *fault.Error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := assets.Lang(r.Header.Get("Accept-Language"))
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Language", lang)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Connection", "close") // the next answer may be that of the console itself
		w.WriteHeader(e.Status())
		fmt.Fprintln(w, assets.Text(lang, e.Sentence(), e.Args))
	})
}

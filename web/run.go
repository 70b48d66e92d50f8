package web

import (
	"context"
	"errors"
	"net/http"
)

// Run serves the console until ctx ends, then lets requests finish for a moment
// and returns.
func Run(ctx context.Context, opt Options) error {
	server := &http.Server{Handler: http.NotFoundHandler()}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(opt.Listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

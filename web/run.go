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

	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/changes"
)

// grace is how long requests under way may take to finish at the end.
const grace = 3 * time.Second

// Run serves the console until ctx ends, then lets requests finish for a moment
// and returns. It closes the listener.
func Run(ctx context.Context, opt Options) error {
	c := build(opt)
	if err := announceOnce(ctx, opt, c); err != nil {
		return errors.Join(err, opt.Listener.Close())
	}
	if err := sayWhere(opt); err != nil {
		return errors.Join(err, opt.Listener.Close())
	}
	server := &http.Server{
		Handler:           c.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      changes.Longest, // streams set their own
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(opt.Log.Handler(), slog.LevelDebug),
	}
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.Go(func() error {
		if err := server.Serve(limit(opt.Listener, mostConnections, mostFromOneAddress)); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the console: %w", err)
		}
		return nil
	})
	tasks.Go(func() error {
		<-ctx.Done()
		c.Hub.Close() // streams never finish by themselves
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if server.Shutdown(last) != nil {
			return server.Close()
		}
		return nil
	})
	tasks.Go(func() error {
		c.Hub.Run(ctx)
		return nil
	})
	tasks.Go(func() error {
		follow(ctx, opt, c)
		return nil
	})
	tasks.Go(func() error {
		writeKept(ctx, opt, c)
		return nil
	})
	return tasks.Wait()
}

// announce prints the setup link while there is no account. The log does not repeat it:
// both may end in one journal.
func announce(ctx context.Context, opt Options, c *console) error {
	has, err := opt.Store.HasUsers(ctx)
	if err != nil || has {
		return err
	}
	if opt.lost() {
		opt.Log.Warn("the console had accounts and has none: its database was lost or replaced. Put back a copy, or run holdfast user reset as root")
		return nil
	}
	link, err := c.Auth.SetupLink(ctx, opt.origin())
	if err != nil || link == "" {
		return err
	}
	opt.Log.Info("nobody has an account yet, open the setup link that is printed", "valid", store.SetupTTL.String())
	_, err = fmt.Fprintln(opt.out(), "setup:", link)
	return err
}

// SetupLink is the link at which a token of store.IssueSetupToken is used; origin
// is where the console is reached, such as "https://lb1.example".
func SetupLink(origin, token string) string { return auth.Link(origin, token) }

// reachable is an address a browser on this machine can open: a wildcard
// listener is reached by loopback.
func reachable(at net.Addr) string {
	host, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return at.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

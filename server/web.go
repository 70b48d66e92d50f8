package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"holdfast/engine/journal"
	"holdfast/server/mail"
	"holdfast/server/parent"
	"holdfast/store"
	"holdfast/web"
)

// readerFlags is what a parent tells the processes that only read the engine.
type readerFlags struct {
	data, runDir, node string
	lifeline, listenFD int
}

func (f *readerFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.data, "data", defaultData, "")
	cmd.Flags().StringVar(&f.runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().StringVar(&f.node, "node", hostName(), "")
	cmd.Flags().IntVar(&f.lifeline, "lifeline", 0, "")
}

func newWeb(e *env) *cobra.Command {
	var f readerFlags
	var listen string
	var insecure bool
	var behind behindFlags
	var mark string
	cmd := &cobra.Command{Use: "web", Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error {
		if f.listenFD == 0 && exposed(listen) && !insecure {
			return errors.New(e.Text("cli.listen-insecure", map[string]string{"listen": listen}))
		}
		proxy, err := behind.proxy(e)
		if err != nil {
			return err
		}
		l, err := openListener(f.listenFD, listen)
		if err != nil {
			return err
		}
		return f.reading(cmd.Context(), e, func(ctx context.Context, log *slog.Logger) error {
			return runWeb(ctx, e, f, web.Options{Listener: l, Behind: proxy, Name: nameIn(listen), Log: log,
				HadAccounts: func() bool { return parent.HadAccounts(mark) }})
		})
	}}
	f.flags(cmd)
	behind.flags(cmd)
	cmd.Flags().StringVar(&listen, "listen", defaultListen, "")
	cmd.Flags().BoolVar(&insecure, "insecure", false, "")
	cmd.Flags().StringVar(&mark, "mark", "", "")
	cmd.Flags().IntVar(&f.listenFD, "listen-fd", 0, "")
	return cmd
}

// newMail is the process that mails what keepalived would, for holdfast run.
func newMail(e *env) *cobra.Command {
	var f readerFlags
	cmd := &cobra.Command{Use: "mail", Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error {
		return f.reading(cmd.Context(), e, func(ctx context.Context, log *slog.Logger) error {
			return mail.RunRole(ctx, f.data, f.runDir, f.node, log)
		})
	}}
	f.flags(cmd)
	return cmd
}

// entriesAhead is how many journal entries may wait for the console to push them.
const entriesAhead = 256

// runWeb serves the console, and beside it brings the journals into the store
// and the mails on their way. opt is how the console is reached, and the log.
func runWeb(ctx context.Context, e *env, f readerFlags, opt web.Options) error {
	log := opt.Log
	s, err := awaitStore(ctx, f.data, opt.Listener, log)
	if err != nil {
		return errors.Join(err, opt.Listener.Close())
	}
	entries := make(chan journal.Entry, entriesAhead)
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.Go(func() error {
		return persist(ctx, log, func(ctx context.Context) error {
			return mail.Run(ctx, mail.Options{
				Store: s, RunDir: f.runDir, Node: f.node, Log: log, Stored: true, Scope: store.ScopeAll, Lang: e.Lang, Entries: entries,
			})
		})
	})
	tasks.Go(func() error {
		opt.Store, opt.RunDir, opt.Node, opt.Version = s, f.runDir, f.node, e.Version
		opt.MailInForce = mail.InForce(f.runDir, f.node, store.ScopeAll)
		opt.Lang = e.Lang
		opt.Out, opt.TestMail, opt.Entries, opt.Facts = e.Out, mail.Test, entries, consoleFacts
		return web.Run(ctx, opt)
	})
	return errors.Join(tasks.Wait(), s.Close())
}

// awaitStore opens the database. As long as it cannot, browsers are told why, and the
// log tells each reason once.
func awaitStore(ctx context.Context, dir string, l net.Listener, log *slog.Logger) (*store.Store, error) {
	s, err := store.Open(ctx, dir)
	for last := ""; err != nil; s, err = store.Open(ctx, dir) {
		if err.Error() != last {
			last = err.Error()
			log.Error("the console waits for its database", "error", err)
		}
		if err := unavailable(ctx, l, err, log); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// unavailable answers every browser with cause until the database is to be tried
// again. l stays open.
func unavailable(ctx context.Context, l net.Listener, cause error, log *slog.Logger) error {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return fmt.Errorf("the listener at %s is not TCP: %w", l.Addr(), cause)
	}
	file, err := tcp.File()
	if err != nil {
		return err
	}
	defer file.Close()
	twin, err := net.FileListener(file)
	if err != nil {
		return err
	}
	while, cancel := context.WithTimeout(ctx, storeAgain)
	defer cancel()
	return errors.Join(web.Unavailable(while, twin, cause, log), ctx.Err())
}

// storeAgain is the pause before the database is tried again.
const storeAgain = 2 * time.Second

// persist runs what writes to the store on and on, also while the database cannot
// be written for now: entries wait in their rings, and the console goes on
// showing what it can. The log tells it when it begins.
func persist(ctx context.Context, log *slog.Logger, run func(context.Context) error) error {
	for waits := false; ; waits = true {
		began := time.Now()
		err := run(ctx)
		if !errors.Is(err, store.ErrFull) && !errors.Is(err, store.ErrReadOnly) && !errors.Is(err, store.ErrBusy) && !errors.Is(err, store.ErrGone) {
			return err
		}
		if !waits || time.Since(began) > storeAgain {
			log.Error("journal and mails wait for the database", "error", err)
		}
		select {
		case <-time.After(storeAgain):
		case <-ctx.Done():
			return nil
		}
	}
}

// reading runs a process that holds nothing in the kernel: it ends with a
// signal, or with its parent.
func (f readerFlags) reading(ctx context.Context, e *env, run func(context.Context, *slog.Logger) error) error {
	ctx, end := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer end()
	hush := make(chan os.Signal, 1)
	signal.Notify(hush, syscall.SIGPIPE, syscall.SIGHUP) // a closed terminal is not its end
	defer signal.Stop(hush)
	if lifeline := inherited(f.lifeline, "lifeline"); lifeline != nil {
		go func() { // ends with the lifeline, which is closed when run returns
			if _, err := io.Copy(io.Discard, lifeline); err == nil {
				end()
			}
		}()
		defer lifeline.Close()
	}
	err := run(ctx, newLog(e.Err))
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

package mail

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"time"

	"holdfast/store"
)

// sender empties the outbox, one mail after the other over one connection.
//
// A refusal of one mail holds up that mail. A server that cannot be reached, or
// wants another log-in, holds up all: nothing is tried before the pause is over,
// and when it answers again everything goes at once.
type sender struct {
	store    *store.Store
	settings func(context.Context) (store.MailSettings, error)
	log      *slog.Logger
	retry    RetryPolicy

	used     store.MailSettings // as they were last time
	failures int                // of the server in a row
	until    time.Time          // nothing is sent before; on the store's steady clock, as all that waits
	told     string             // the failure that was logged
}

// some is how many mails are read at a time.
const some = 50

// run sends until ctx ends, or until it has looked once more after quiet was
// closed. Its error is the store's.
func (s *sender) run(ctx context.Context, due, quiet <-chan struct{}) error {
	_, err := s.store.ResumeMails(ctx)
	for last := false; ; {
		var wait time.Duration
		if err == nil {
			err = s.round(ctx)
		}
		if err == nil {
			wait, err = s.pause(ctx)
		}
		if err != nil || last {
			return ended(ctx, err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-due:
		case <-timer.C:
		case <-quiet:
			last = true
		case <-ctx.Done():
			err = ctx.Err()
		}
		timer.Stop()
	}
}

// pause is how long nothing can be done: to the next mail, at most one look.
func (s *sender) pause(ctx context.Context) (time.Duration, error) {
	next, err := s.store.NextMailDue(ctx)
	if err != nil || next.IsZero() || s.used.Host == "" {
		return s.retry.Look, err
	}
	if next.Before(s.until) {
		next = s.until
	}
	return min(s.retry.Look, max(0, next.Sub(s.store.Steady()))), nil
}

// round sends all that is due now.
func (s *sender) round(ctx context.Context) error {
	settings, err := s.settings(ctx)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(settings, s.used) {
		// What failed with other settings may succeed with these.
		s.used, s.failures, s.until = settings, 0, time.Time{}
		if _, err := s.store.ResumeMails(ctx); err != nil {
			return err
		}
	}
	now := s.store.Steady()
	lost, err := s.store.GiveUpMails(ctx, now.Add(-s.retry.GiveUp))
	if err != nil {
		return err
	}
	if lost > 0 {
		s.log.Error("mails given up", slog.Int("count", lost))
	}
	if settings.Host == "" || now.Before(s.until) {
		return nil
	}
	return s.drain(ctx, settings)
}

func (s *sender) drain(ctx context.Context, settings store.MailSettings) error {
	var conn *smtpConn
	defer func() {
		if conn != nil {
			conn.close()
		}
	}()
	for {
		mails, err := s.store.DueMails(ctx, s.store.Steady(), some)
		if err != nil || len(mails) == 0 {
			return err
		}
		if conn == nil {
			if conn, err = dial(ctx, settings, hostName()); err != nil {
				return s.serverFailed(ctx, err)
			}
		}
		for _, m := range mails {
			if err := s.store.BeginMail(ctx, m.ID); errors.Is(err, store.ErrNotFound) {
				continue
			} else if err != nil {
				return err
			}
			answer, failed := conn.send(m)
			if ctx.Err() != nil && failed != nil {
				return ctx.Err() // left as sending: the next start sends it again
			}
			next, err := s.settle(context.WithoutCancel(ctx), m, conn.taken > 0, answer, failed)
			if errors.Is(err, store.ErrNotFound) { // somebody else took it off the outbox meanwhile
				s.log.Warn("a mail is not in the outbox any more", slog.String("to", m.To))
				err = nil
			}
			if err != nil || next == stop {
				return err
			}
			if next == redial {
				conn.close()
				conn = nil
				break
			}
		}
	}
}

// step is how a drain goes on after a mail.
type step uint8

const (
	onward step = iota // over the same connection
	redial             // over a new one
	stop               // after the pause
)

// settle writes down what became of a mail. proven says that the connection took
// mails before: a server that closes after some is connected to again at once.
func (s *sender) settle(ctx context.Context, m store.Mail, proven bool, answer string, failed error) (step, error) {
	now := s.store.Steady()
	if failed == nil {
		s.serverWorked()
		return onward, s.store.MailDone(ctx, m.ID, answer)
	}
	later := now.Add(s.retry.after(m.Attempts + 1))
	switch v := outcomeOf(failed); {
	case v == dead:
		s.log.Error("mail refused for good", slog.String("to", m.To), slog.Any("error", failed))
		return onward, s.store.MailDead(ctx, m.ID, failed.Error())
	case v == again:
		return onward, s.store.MailFailed(ctx, m.ID, later, failed.Error())
	case v == blocked && proven:
		return redial, s.store.MailFailed(ctx, m.ID, now, failed.Error())
	default:
		if err := s.serverFailed(ctx, failed); err != nil {
			return stop, err
		}
		// The other mails go first then: if the server chokes on this one, it must
		// not hold them up again.
		if first := s.until.Add(time.Millisecond); later.Before(first) {
			later = first
		}
		return stop, s.store.MailFailed(ctx, m.ID, later, failed.Error())
	}
}

// serverFailed holds all mails until the pause is over.
func (s *sender) serverFailed(ctx context.Context, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.failures++
	now := s.store.Steady()
	wait := s.retry.after(s.failures)
	if outcomeOf(cause) == alarm {
		wait = s.retry.Longest
	}
	s.until = now.Add(wait)
	if said := cause.Error(); said != s.told {
		s.told = said
		s.log.Error("mail server does not take mails", slog.Any("error", cause))
	}
	return s.store.HoldMails(ctx, now, s.until, cause.Error())
}

// serverWorked ends the pause.
func (s *sender) serverWorked() {
	if s.told != "" {
		s.log.Info("mail server takes mails again")
	}
	s.failures, s.until, s.told = 0, time.Time{}, ""
}

// ended gives the error of ctx where that caused the store's.
func ended(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"
)

// How a sender moves the mails of the outbox, by the clock of Steady:
//
//	queued ──BeginMail──▶ sending ──MailDone──▶ sent
//	   ▲                     │ ├────MailDead──▶ dead ──RetryMail─┐
//	   ├──────MailFailed─────┘ │                  ▲              │
//	   ├──ResumeMails (crash)──┘      GiveUpMails─┘              │
//	   └─────────────────────────────────────────────────────────┘

// ResumeMails makes every mail that is not sent or given up due now, also those
// whose sending a crash cut off. A sender calls it before it begins, and when
// the settings have changed. How long each has waited is kept; the time in which nobody
// tried does not count. Returns how many there are.
func (s *Store) ResumeMails(ctx context.Context) (int, error) {
	n := 0
	err := s.change(ctx, s.journal, "resume mail", func(tx *gorm.DB, _ time.Time) error {
		at := nanos(s.steady())
		done := tx.Model(&mailRow{}).Where("state IN ?", []string{string(MailQueued), string(MailSending)}).
			Updates(map[string]any{"state": string(MailQueued), "since_at": gorm.Expr("min(?, since_at + max(0, ? - next_at))", at, at), "next_at": at})
		n = int(done.RowsAffected)
		return done.Error
	})
	return n, err
}

// HoldMails notes that the mail server could not be reached for anything that
// is due at now: all of it has to wait until next, for the reason in detail.
func (s *Store) HoldMails(ctx context.Context, now, next time.Time, detail string) error {
	return s.change(ctx, s.journal, "hold mail", func(tx *gorm.DB, _ time.Time) error {
		return tx.Model(&mailRow{}).Where("state = ? AND next_at <= ?", string(MailQueued), nanos(now)).
			Updates(map[string]any{"attempts": gorm.Expr("attempts + 1"), "next_at": nanos(next), "answer": detail}).Error
	})
}

// GiveUpMails ends the queued mails that have waited since before limit.
// Keeps the last SMTP answer; returns how many mails were given up.
func (s *Store) GiveUpMails(ctx context.Context, limit time.Time) (int, error) {
	n := 0
	err := s.change(ctx, s.journal, "give up mail", func(tx *gorm.DB, now time.Time) error {
		done := tx.Model(&mailRow{}).Where("state = ? AND since_at < ?", string(MailQueued), nanos(limit)).
			Updates(map[string]any{"state": string(MailDead), "ended_at": nanos(now)})
		n = int(done.RowsAffected)
		return done.Error
	})
	return n, err
}

// DueMails gives up to limit queued mails that are due at now, the longest
// waiting first.
func (s *Store) DueMails(ctx context.Context, now time.Time, limit int) ([]Mail, error) {
	return readMails(s.journal.read.WithContext(ctx).
		Where("state = ? AND next_at <= ?", string(MailQueued), nanos(now)).Order("next_at, id").Limit(limit))
}

// NextMailDue is when the next queued mail is due; the zero instant is never.
func (s *Store) NextMailDue(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	err := s.journal.read.WithContext(ctx).Model(&mailRow{}).
		Where("state = ?", string(MailQueued)).Select("min(next_at)").Scan(&at).Error
	return instant(at.Int64), wrap("read next mail", err)
}

// BeginMail notes that an attempt begins. ErrNotFound: the mail is not queued
// (any more).
func (s *Store) BeginMail(ctx context.Context, id int64) error {
	return s.moveMail(ctx, id, MailQueued, map[string]any{
		"state": string(MailSending), "attempts": gorm.Expr("attempts + 1"),
	})
}

// MailDone notes that the server accepted the mail.
func (s *Store) MailDone(ctx context.Context, id int64, answer string) error {
	return s.moveMail(ctx, id, MailSending, map[string]any{
		"state": string(MailSent), "answer": answer, "ended_at": nanos(s.now()),
	})
}

// MailFailed notes that the attempt failed and when to try again.
func (s *Store) MailFailed(ctx context.Context, id int64, next time.Time, detail string) error {
	return s.moveMail(ctx, id, MailSending, map[string]any{
		"state": string(MailQueued), "answer": detail, "next_at": nanos(next),
	})
}

// MailDead notes that the mail is given up.
func (s *Store) MailDead(ctx context.Context, id int64, detail string) error {
	return s.moveMail(ctx, id, MailSending, map[string]any{
		"state": string(MailDead), "answer": detail, "ended_at": nanos(s.now()),
	})
}

// RetryMail queues a dead mail again, as asked by an operator.
func (s *Store) RetryMail(ctx context.Context, id int64) error {
	return s.moveMail(ctx, id, MailDead, map[string]any{
		"state": string(MailQueued), "next_at": nanos(s.steady()), "since_at": nanos(s.steady()), "created_at": nanos(s.now()), "ended_at": 0,
	})
}

func (s *Store) moveMail(ctx context.Context, id int64, from MailState, columns map[string]any) error {
	return s.change(ctx, s.journal, "move mail", func(tx *gorm.DB, _ time.Time) error {
		done := tx.Model(&mailRow{}).Where("id = ? AND state = ?", id, string(from)).Updates(columns)
		if done.Error == nil && done.RowsAffected == 0 {
			return ErrNotFound
		}
		return done.Error
	})
}

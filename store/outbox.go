package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"strings"
	"time"

	"gorm.io/gorm"
)

// MailState is where a mail of the outbox stands.
type MailState string

// The states. Queued waits for NextAt; sending is under way, or was when the
// process died; sent was accepted by the server; dead is given up.
const (
	MailQueued  MailState = "queued"
	MailSending MailState = "sending"
	MailSent    MailState = "sent"
	MailDead    MailState = "dead"
)

// Mail is one mail to one recipient. MessageID ("<…@…>") is fixed when it is
// put into the outbox, so that a mail sent twice by misfortune is recognised by
// the receiver.
type Mail struct {
	ID        int64
	MessageID string
	To        string
	Subject   string
	Body      string
	State     MailState
	Attempts  int // begun, the running one included
	CreatedAt time.Time
	NextAt    time.Time // when it is due, if queued
	EndedAt   time.Time // when it was sent or given up
	Answer    string    // what the server or the network said last
}

type mailRow struct {
	ID        int64 `gorm:"primaryKey;autoIncrement"`
	MessageID string
	Recipient string
	Subject   string
	Body      string
	State     string
	Attempts  int
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	NextAt    int64
	EndedAt   int64
	Answer    string
}

func (mailRow) TableName() string { return "outbox" }

func (r mailRow) mail() Mail {
	return Mail{
		r.ID, r.MessageID, r.Recipient, r.Subject, r.Body, MailState(r.State), r.Attempts,
		instant(r.CreatedAt), instant(r.NextAt), instant(r.EndedAt), r.Answer,
	}
}

// Enqueue puts mails into the outbox, due at once. Of each mail MessageID, To,
// Subject and Body count; one without a MessageID is given one.
func (s *Store) Enqueue(ctx context.Context, mails []Mail) error {
	return s.change(ctx, s.journal, "enqueue mail", func(tx *gorm.DB, now time.Time) error {
		return enqueue(tx, now, mails)
	})
}

func enqueue(tx *gorm.DB, now time.Time, mails []Mail) error {
	for _, m := range mails {
		if m.MessageID == "" {
			m.MessageID = NewMessageID("holdfast.invalid")
		}
		row := mailRow{
			MessageID: m.MessageID, Recipient: m.To, Subject: m.Subject, Body: m.Body,
			State: string(MailQueued), CreatedAt: nanos(now), NextAt: nanos(now),
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
	}
	return nil
}

// NewMessageID makes a Message-ID that no other mail has (RFC 5322, 3.6.4).
func NewMessageID(host string) string {
	return "<" + strings.ToLower(rand.Text()) + "@" + host + ">"
}

// ResumeMails makes every mail that is not sent or given up due now, also those
// whose sending a crash cut off. A sender calls it before it begins, and when
// the settings have changed. It tells how many there are.
func (s *Store) ResumeMails(ctx context.Context) (int, error) {
	n := 0
	err := s.change(ctx, s.journal, "resume mail", func(tx *gorm.DB, now time.Time) error {
		done := tx.Model(&mailRow{}).Where("state IN ?", []string{string(MailQueued), string(MailSending)}).
			Updates(map[string]any{"state": string(MailQueued), "next_at": nanos(now)})
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

// GiveUpMails ends the queued mails that were put into the outbox before limit.
// What was said last stays their answer. It tells how many there were.
func (s *Store) GiveUpMails(ctx context.Context, limit time.Time) (int, error) {
	n := 0
	err := s.change(ctx, s.journal, "give up mail", func(tx *gorm.DB, now time.Time) error {
		done := tx.Model(&mailRow{}).Where("state = ? AND created_at < ?", string(MailQueued), nanos(limit)).
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
		"state": string(MailQueued), "next_at": nanos(s.now()), "created_at": nanos(s.now()), "ended_at": 0,
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

// OutboxPage gives up to limit mails older than the one with ID before, newest
// first; before 0 is the newest page.
func (s *Store) OutboxPage(ctx context.Context, before int64, limit int) ([]Mail, error) {
	return readMails(olderThan(s.journal.read.WithContext(ctx), "id", before, limit))
}

// OutboxCounts tells how many mails stand in each state.
func (s *Store) OutboxCounts(ctx context.Context) (map[MailState]int, error) {
	var rows []struct {
		State string
		N     int
	}
	err := s.journal.read.WithContext(ctx).Model(&mailRow{}).Select("state, count(*) AS n").Group("state").Scan(&rows).Error
	counts := map[MailState]int{}
	for _, r := range rows {
		counts[MailState(r.State)] = r.N
	}
	return counts, wrap("count mail", err)
}

func readMails(tx *gorm.DB) ([]Mail, error) {
	var rows []mailRow
	if err := tx.Find(&rows).Error; err != nil {
		return nil, wrap("read mail", err)
	}
	mails := make([]Mail, 0, len(rows))
	for _, r := range rows {
		mails = append(mails, r.mail())
	}
	return mails, nil
}

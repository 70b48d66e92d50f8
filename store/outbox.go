package store

import (
	"context"
	"crypto/rand"
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
	NextAt    time.Time // when it is due, if queued; on the clock of Steady
	EndedAt   time.Time // when it was sent or given up
	Answer    string    // last reply of the server, or error of the network
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
	SinceAt   int64 // what it waited is NextAt less this
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
		return enqueue(tx, now, s.steady(), mails)
	})
}

func enqueue(tx *gorm.DB, now, steady time.Time, mails []Mail) error {
	for _, m := range mails {
		if m.MessageID == "" {
			m.MessageID = NewMessageID("holdfast.invalid")
		}
		row := mailRow{
			MessageID: m.MessageID, Recipient: m.To, Subject: m.Subject, Body: m.Body,
			State: string(MailQueued), CreatedAt: nanos(now), NextAt: nanos(steady), SinceAt: nanos(steady),
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

// OutboxPage gives up to limit mails older than the one with ID before, newest
// first; before 0 is the newest page. NextAt is a date here.
func (s *Store) OutboxPage(ctx context.Context, before int64, limit int) ([]Mail, error) {
	mails, err := readMails(olderThan(s.journal.read.WithContext(ctx), "id", before, limit))
	for i := range mails {
		mails[i].NextAt = mails[i].NextAt.Add(s.drift())
	}
	return mails, err
}

// OutboxCounts gives how many mails stand in each state.
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

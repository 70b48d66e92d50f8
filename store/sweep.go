package store

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// The bounds of what is kept. A row of the journal is about 300 bytes, a mail 1 KiB.
const (
	KeepJournalRows = 1_000_000
	KeepJournal     = 90 * 24 * time.Hour
	KeepMails       = 30 * 24 * time.Hour // sent or dead
	KeepQueued      = 50_000              // more than this is a flood: the oldest are given up
	sweepBatch      = 5_000               // rows per transaction: the writer is never away for long
)

// Sweep deletes what is older than is kept, or more than is kept: keep is for the
// rows of the journal. It returns how many rows went. It reads the old end only, so
// that a sweep with nothing to do is cheap. Nothing is too old by a date that was set
// lately.
func (s *Store) Sweep(ctx context.Context, keep int64) (int, error) {
	swept := 0
	for {
		n, err := s.sweepJournal(ctx, keep)
		swept += n
		if err != nil {
			return swept, err
		}
		if n < sweepBatch {
			break
		}
	}
	n, err := s.sweepOutbox(ctx, KeepQueued)
	return swept + n, err
}

// sweepJournal deletes one batch from the old end.
func (s *Store) sweepJournal(ctx context.Context, keep int64) (int, error) {
	n := 0
	err := s.change(ctx, s.journal, "sweep journal", func(tx *gorm.DB, now time.Time) error {
		oldest := tx.Model(&journalRow{}).Select("id").Order("id").Limit(sweepBatch)
		newest := tx.Model(&journalRow{}).Select("max(id)")
		done := tx.Where("id IN (?) AND (received_at < ? OR id <= (?) - ?)", oldest, nanos(s.limit(now, KeepJournal)), newest, keep).
			Delete(&journalRow{})
		n = int(done.RowsAffected)
		return done.Error
	})
	return n, err
}

func (s *Store) sweepOutbox(ctx context.Context, keepQueued int) (int, error) {
	n := 0
	err := s.change(ctx, s.journal, "sweep outbox", func(tx *gorm.DB, now time.Time) error {
		ended := []string{string(MailSent), string(MailDead)}
		done := tx.Where("state IN ? AND ended_at < ?", ended, nanos(s.limit(now, KeepMails))).Delete(&mailRow{})
		if done.Error != nil {
			return done.Error
		}
		n = int(done.RowsAffected)
		queued := tx.Model(&mailRow{}).Select("id").Where("state = ?", string(MailQueued)).Order("id DESC").Limit(-1).Offset(keepQueued)
		return tx.Model(&mailRow{}).Where("id IN (?)", queued).
			Updates(map[string]any{"state": string(MailDead), "ended_at": nanos(now)}).Error
	})
	return n, err
}

package store

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// The bounds of what is kept in config.db: some 350 MiB with texts of the largest
// size, a few MiB with those of most directors.
const (
	KeepActs      = 10_000    // rows of the audit, of each kind of act: some 200 bytes each
	KeepFailures  = 20_000    // counts of failed log-ins: some 100 bytes each
	KeepRevisions = 1_000     // and of these no more than
	KeepTexts     = 256 << 20 // bytes in all, but
	KeepAtLeast   = 3         // the newest, and what was applied last, stay
)

// The bounds of what is kept in journal.db. A row of the journal is about 300 bytes, a mail 1 KiB.
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
	if err != nil {
		return swept, err
	}
	m, err := s.sweepConfig(ctx)
	return swept + n + m, err
}

// sweepConfig deletes what config.db has too much of.
func (s *Store) sweepConfig(ctx context.Context) (int, error) {
	n := 0
	err := s.change(ctx, s.config, "sweep config", func(tx *gorm.DB, now time.Time) error {
		var actions []string
		if err := tx.Model(&auditRow{}).Distinct().Pluck("action", &actions).Error; err != nil {
			return err
		}
		for _, action := range actions {
			of := tx.Model(&auditRow{}).Select("id").Where("action = ?", action).Order("id DESC").Limit(1).Offset(KeepActs)
			done := tx.Where("action = ? AND id <= (?)", action, of).Delete(&auditRow{})
			if done.Error != nil {
				return done.Error
			}
			n += int(done.RowsAffected)
		}
		newer := tx.Model(&loginFailureRow{}).Select("account").Order("last_at DESC").Limit(-1).Offset(KeepFailures)
		done := tx.Where("account IN (?)", newer).Delete(&loginFailureRow{})
		n += int(done.RowsAffected)
		if done.Error != nil {
			return done.Error
		}
		thinned, err := sweepRevisions(tx, KeepRevisions, KeepTexts)
		if n += thinned; err != nil {
			return err
		}
		old, err := s.sweepPasts(tx, now)
		n += old
		return err
	})
	return n, err
}

// sweepRevisions deletes the oldest revisions beyond most of them and beyond size
// bytes of text, with what became of them.
func sweepRevisions(tx *gorm.DB, most int, size int64) (int, error) {
	var kept []struct{ Number, Size int64 }
	if err := tx.Model(&revisionRow{}).Select("number, octet_length(text) AS size").Order("number DESC").Find(&kept).Error; err != nil {
		return 0, err
	}
	last := kept[:0]
	for i, r := range kept {
		if size -= r.Size; i >= KeepAtLeast && (i >= most || size < 0) {
			last = kept[i:]
			break
		}
	}
	if len(last) == 0 {
		return 0, nil
	}
	applied := tx.Model(&applicationRow{}).Select("coalesce(max(id), 0)")
	running := tx.Model(&applicationRow{}).Select("revision").Where("id = (?)", applied)
	old := "number <= ? AND number NOT IN (?)"
	if err := tx.Where("revision IN (?)", tx.Model(&revisionRow{}).Select("number").Where(old, last[0].Number, running)).Delete(&applicationRow{}).Error; err != nil {
		return 0, err
	}
	done := tx.Where(old, last[0].Number, running).Delete(&revisionRow{})
	return int(done.RowsAffected), done.Error
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

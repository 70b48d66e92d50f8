package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"gorm.io/gorm"
)

// Revision is one configuration as text. It never changes; the oldest ones go (Sweep).
type Revision struct {
	Number int64
	Hash   string // hex SHA-256 of Text
	Parent string // hash of the revision it was made from; "" for the first
	Text   string // not in lists
	Author string
	Note   string
	At     time.Time
}

type revisionRow struct {
	Number int64 `gorm:"primaryKey;autoIncrement"`
	Hash   string
	Parent string
	Text   string
	Author string
	Note   string
	At     int64
}

func (revisionRow) TableName() string { return "revisions" }

func (r revisionRow) revision() Revision {
	return Revision{r.Number, r.Hash, r.Parent, r.Text, r.Author, r.Note, instant(r.At)}
}

// Commit makes text the newest revision. The same text twice makes two
// revisions: going back is going on. parent is the hash of the revision the text
// was made from; ErrConflict: that is no longer the newest one ("" is right
// when there is none). A candidate with this very text has done its work and is
// dropped in the same transaction.
func (s *Store) Commit(ctx context.Context, text []byte, parent, author, note string) (Revision, error) {
	var row revisionRow
	err := s.change(ctx, s.config, "commit revision", func(tx *gorm.DB, now time.Time) error {
		var head revisionRow
		err := tx.Order("number DESC").Take(&head).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		if head.Hash != parent {
			return ErrConflict
		}
		row = revisionRow{Hash: hashOf(string(text)), Parent: parent, Text: string(text), Author: author, Note: note, At: nanos(now)}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return dropCandidate(tx.Where("text = ?", row.Text))
	})
	return row.revision(), err
}

// hashOf is the hash of a text as revisions have it.
func hashOf(text string) string {
	hash := sha256.Sum256([]byte(text))
	return hex.EncodeToString(hash[:])
}

// RevisionByNumber finds a revision.
func (s *Store) RevisionByNumber(ctx context.Context, number int64) (Revision, error) {
	var row revisionRow
	err := s.config.read.WithContext(ctx).Where("number = ?", number).Take(&row).Error
	return row.revision(), wrap("read revision", err)
}

// RevisionByHash finds the newest revision with this text.
func (s *Store) RevisionByHash(ctx context.Context, hash string) (Revision, error) {
	var row revisionRow
	err := s.config.read.WithContext(ctx).Where("hash = ?", hash).Order("number DESC").Take(&row).Error
	return row.revision(), wrap("read revision", err)
}

// NumberOf is the number of the newest revision with this text. ErrNotFound:
// none has it.
func (s *Store) NumberOf(ctx context.Context, hash string) (int64, error) {
	var row revisionRow
	err := s.config.read.WithContext(ctx).Select("number").Where("hash = ?", hash).Order("number DESC").Take(&row).Error
	return row.Number, wrap("read revision", err)
}

// Newest is the number of the newest revision; 0: there is none yet.
func (s *Store) Newest(ctx context.Context) (int64, error) {
	var n sql.NullInt64
	err := s.config.read.WithContext(ctx).Model(&revisionRow{}).Select("max(number)").Scan(&n).Error
	return n.Int64, wrap("read newest revision", err)
}

// Head is the newest revision. ErrNotFound: there is none yet.
func (s *Store) Head(ctx context.Context) (Revision, error) {
	var row revisionRow
	err := s.config.read.WithContext(ctx).Order("number DESC").Take(&row).Error
	return row.revision(), wrap("read newest revision", err)
}

// Revisions gives up to limit revisions with a number below before, newest
// first, without their texts; before 0 is the newest page.
func (s *Store) Revisions(ctx context.Context, before int64, limit int) ([]Revision, error) {
	var rows []revisionRow
	if err := olderThan(s.config.read.WithContext(ctx), "number", before, limit).Omit("text").Find(&rows).Error; err != nil {
		return nil, wrap("read revisions", err)
	}
	page := make([]Revision, 0, len(rows))
	for _, r := range rows {
		page = append(page, r.revision())
	}
	return page, nil
}

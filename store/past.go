package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// pastRow is a text that the candidate had, for editors that began with it.
type pastRow struct {
	Version int `gorm:"primaryKey"`
	Hash    string
	Text    string
	At      int64
}

func (pastRow) TableName() string { return "candidate_pasts" }

// The bounds of the candidate's past texts: no session, and so no editor, lives longer.
const (
	keepPasts     = 10
	keepPastTexts = 64 << 20 // bytes in all
	keepPastFor   = 12 * time.Hour
)

// keepPastText keeps a text that the candidate has no longer, within the bounds.
func keepPastText(tx *gorm.DB, now time.Time, old candidateRow) error {
	row := pastRow{Version: old.Version, Hash: hashOf(old.Text), Text: old.Text, At: nanos(now)}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return err
	}
	var all []struct {
		Version int
		Size    int
	}
	if err := tx.Model(&pastRow{}).Select("version, octet_length(text) AS size").Order("version DESC").Find(&all).Error; err != nil {
		return err
	}
	total := 0
	for i, p := range all {
		if total += p.Size; i >= keepPasts || total > keepPastTexts {
			return tx.Where("version <= ?", p.Version).Delete(&pastRow{}).Error
		}
	}
	return nil
}

// sweepPasts deletes the past texts that no open editor can have begun with.
func (s *Store) sweepPasts(tx *gorm.DB, now time.Time) (int, error) {
	done := tx.Where("at < ?", nanos(s.limit(now, keepPastFor))).Delete(&pastRow{})
	return int(done.RowsAffected), done.Error
}

// PastText is the text that the candidate had under version. ErrNotFound: it is kept no
// longer.
func (s *Store) PastText(ctx context.Context, version int) (string, error) {
	return s.firstText(ctx, "SELECT text FROM candidates WHERE present = 1 AND version = ? UNION ALL SELECT text FROM candidate_pasts WHERE version = ? LIMIT 1", version, version)
}

// TextByHash finds a text among revisions, drafts, the candidate and the texts that it
// had lately. ErrNotFound: none of them has it.
func (s *Store) TextByHash(ctx context.Context, hash string) (string, error) {
	text, err := s.firstText(ctx, "SELECT text FROM revisions WHERE hash = ? UNION ALL SELECT text FROM drafts WHERE hash = ? UNION ALL SELECT text FROM candidate_pasts WHERE hash = ? LIMIT 1", hash, hash, hash)
	if err == nil {
		return text, nil
	}
	if c, err := s.Candidate(ctx); err == nil && hashOf(c.Text) == hash {
		return c.Text, nil
	}
	return "", err
}

func (s *Store) firstText(ctx context.Context, query string, args ...any) (string, error) {
	var texts []string
	if err := s.config.read.WithContext(ctx).Raw(query, args...).Scan(&texts).Error; err != nil {
		return "", wrap("read text", err)
	}
	if len(texts) == 0 {
		return "", wrap("read text", gorm.ErrRecordNotFound)
	}
	return texts[0], nil
}

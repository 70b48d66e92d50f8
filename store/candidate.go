package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Candidate is the text being edited. There is at most one; Version grows with
// every change and never comes back, also not after the candidate was dropped.
type Candidate struct {
	Text    string
	Base    int64 // number of the revision it started from; 0 is none
	Author  string
	At      time.Time
	Version int
}

type candidateRow struct {
	ID      int64 `gorm:"primaryKey"`
	Present bool
	Text    string
	Base    int64
	Author  string
	At      int64
	Version int
}

func (candidateRow) TableName() string { return "candidates" }

func (r candidateRow) candidate() Candidate {
	return Candidate{r.Text, r.Base, r.Author, instant(r.At), r.Version}
}

// Candidate gives the text being edited. ErrNotFound: there is none.
func (s *Store) Candidate(ctx context.Context) (Candidate, error) {
	var row candidateRow
	err := s.config.read.WithContext(ctx).Where("present = 1").Take(&row).Error
	return row.candidate(), wrap("read candidate", err)
}

// HasCandidate says whether there is a text being edited.
func (s *Store) HasCandidate(ctx context.Context) (bool, error) {
	var n int64
	err := s.config.read.WithContext(ctx).Model(&candidateRow{}).Where("present = 1").Count(&n).Error
	return n > 0, wrap("look for candidate", err)
}

// SaveCandidate is ReplaceCandidate where the text of another person is kept.
func (s *Store) SaveCandidate(ctx context.Context, text string, base int64, author string, ifVersion int) (Candidate, error) {
	r, err := s.ReplaceCandidate(ctx, text, base, author, ifVersion, false)
	return r.Candidate, err
}

// Replaced is a candidate that was saved, and what became of the one before it.
type Replaced struct {
	Candidate
	Kept *Draft  // the text it replaced; nil: there was none, or it was no other person's
	Gone []Draft // drafts without a name that made room for Kept
}

// ReplaceCandidate stores the text being edited, if the candidate still has the
// version the editor saw: ifVersion 0 is "there was none". A text of another person
// becomes a draft, with keep also one of the author's own. ErrConflict: somebody else
// saved or dropped it in between. ErrDrafts: there is no room for another draft.
func (s *Store) ReplaceCandidate(ctx context.Context, text string, base int64, author string, ifVersion int, keep bool) (Replaced, error) {
	return s.replaceCandidate(ctx, text, base, author, ifVersion, func(old candidateRow) bool { return keep || old.Author != author })
}

// GrowCandidate is ReplaceCandidate for a text that was made from the candidate itself by
// one edit: nothing of it is lost, so no draft is made.
func (s *Store) GrowCandidate(ctx context.Context, text string, base int64, author string, ifVersion int) (Replaced, error) {
	return s.replaceCandidate(ctx, text, base, author, ifVersion, func(candidateRow) bool { return false })
}

// replaceCandidate makes a draft of the old text where keep says so.
func (s *Store) replaceCandidate(ctx context.Context, text string, base int64, author string, ifVersion int, keep func(old candidateRow) bool) (Replaced, error) {
	var row candidateRow
	var r Replaced
	err := s.change(ctx, s.config, "save candidate", func(tx *gorm.DB, now time.Time) error {
		var old candidateRow
		if err := tx.Take(&old).Error; err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		if old.Present && old.Version != ifVersion || !old.Present && ifVersion != 0 {
			return ErrConflict
		}
		if old.Present && old.Text != text {
			if keep(old) {
				kept, gone, err := keepDraft(tx, now, old, author)
				if err != nil {
					return err
				}
				r.Kept, r.Gone = &kept, gone
			}
			if err := keepPastText(tx, now, old); err != nil {
				return err
			}
		}
		row = candidateRow{ID: 1, Present: true, Text: text, Base: base, Author: author, At: nanos(now), Version: old.Version + 1}
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
		return audit(tx, now, author, "candidate-saved", "", "", hashOf(text))
	})
	r.Candidate = row.candidate()
	return r, err
}

// DropCandidate throws the text being edited away, if it still has the version
// that was seen, for author. None is no error. ErrConflict: somebody else saved in
// between.
func (s *Store) DropCandidate(ctx context.Context, author string, ifVersion int) error {
	return s.change(ctx, s.config, "drop candidate", func(tx *gorm.DB, now time.Time) error {
		var newer int64
		if err := tx.Model(&candidateRow{}).Where("present = 1 AND version <> ?", ifVersion).Count(&newer).Error; err != nil {
			return err
		}
		if newer > 0 {
			return ErrConflict
		}
		var old candidateRow
		if err := tx.Where("present = 1").Take(&old).Error; err != nil {
			if errors.Is(err, gorm.ErrRecordNotFound) {
				return nil
			}
			return err
		}
		// What was thrown away is kept nowhere: it may hold passwords.
		forget := tx.Where("1 = 1").Delete(&pastRow{}).Error
		return errors.Join(forget, dropCandidate(tx), audit(tx, now, author, "candidate-discarded", "", hashOf(old.Text), ""))
	})
}

// dropCandidate keeps the row for its version.
func dropCandidate(tx *gorm.DB) error {
	return tx.Model(&candidateRow{}).Where("present = 1").Updates(map[string]any{"present": false, "text": ""}).Error
}

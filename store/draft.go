package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
)

// Draft is a text that waited to be applied until another took its place.
type Draft struct {
	ID     int64
	Name   string // "": nobody has named it
	Hash   string // hex SHA-256 of Text
	Text   string // not in lists
	Size   int    // of Text, in bytes
	Base   int64  // number of the revision it started from; 0 is none
	Author string
	At     time.Time // when Author saved it
	By     string    // who put another text in its place
	KeptAt time.Time
}

type draftRow struct {
	ID     int64 `gorm:"primaryKey;autoIncrement"`
	Name   string
	Hash   string
	Text   string
	Base   int64
	Author string
	At     int64
	By     string
	KeptAt int64
}

func (draftRow) TableName() string { return "drafts" }

func (r draftRow) draft() Draft {
	return Draft{r.ID, r.Name, r.Hash, r.Text, len(r.Text), r.Base, r.Author, instant(r.At), r.By, instant(r.KeptAt)}
}

// listedDraft is a row without its text.
type listedDraft struct {
	Row  draftRow `gorm:"embedded"`
	Size int
}

func (r listedDraft) draft() Draft {
	d := r.Row.draft()
	d.Size = r.Size
	return d
}

// The bounds of the drafts: a text of the largest size always finds room.
const (
	KeepDrafts     = 20
	KeepDraftTexts = 64 << 20 // bytes in all
)

// ErrDrafts says that no draft can be kept, since all that there is room for have names.
var ErrDrafts = errors.New("all drafts that there is room for have names")

const draftColumns = "id, name, hash, octet_length(text) AS size, base, author, at, by, kept_at"

// Drafts gives all drafts without their texts, the newest first.
func (s *Store) Drafts(ctx context.Context) ([]Draft, error) {
	return drafts(s.config.read.WithContext(ctx))
}

func drafts(tx *gorm.DB) ([]Draft, error) {
	var rows []listedDraft
	if err := tx.Model(&draftRow{}).Select(draftColumns).Order("kept_at DESC, id DESC").Find(&rows).Error; err != nil {
		return nil, wrap("read drafts", err)
	}
	list := make([]Draft, 0, len(rows))
	for _, r := range rows {
		list = append(list, r.draft())
	}
	return list, nil
}

// DraftByID finds a draft. ErrNotFound: there is none.
func (s *Store) DraftByID(ctx context.Context, id int64) (Draft, error) {
	var row draftRow
	err := s.config.read.WithContext(ctx).Where("id = ?", id).Take(&row).Error
	return row.draft(), wrap("read draft", err)
}

// KeepRevisionText makes a draft of the text of a revision that by took back. None is
// kept of a text that an earlier revision has, and of the one that is being edited: ok is
// false. ErrDrafts: there is no room.
func (s *Store) KeepRevisionText(ctx context.Context, number int64, by string) (kept Draft, ok bool, err error) {
	err = s.change(ctx, s.config, "keep text of revision", func(tx *gorm.DB, now time.Time) error {
		var rev revisionRow
		if err := tx.Where("number = ?", number).Take(&rev).Error; err != nil {
			return err
		}
		var earlier, edited int64
		err := errors.Join(
			tx.Model(&revisionRow{}).Where("hash = ? AND number < ?", rev.Hash, number).Count(&earlier).Error,
			tx.Model(&candidateRow{}).Where("present = 1 AND text = ?", rev.Text).Count(&edited).Error)
		if err != nil || earlier+edited > 0 {
			return err
		}
		kept, _, err = keepDraft(tx, now, candidateRow{Text: rev.Text, Base: number, Author: rev.Author, At: rev.At}, by)
		ok = err == nil
		return err
	})
	return kept, ok, err
}

// RenameDraft gives a draft a name, for by; "" takes its name away. ErrConflict: another
// one has this name. ErrNotFound: there is no such draft.
func (s *Store) RenameDraft(ctx context.Context, id int64, name, by string) error {
	return s.change(ctx, s.config, "rename draft", func(tx *gorm.DB, now time.Time) error {
		var old draftRow
		if err := tx.Omit("text").Where("id = ?", id).Take(&old).Error; err != nil {
			return err
		}
		if err := tx.Model(&draftRow{}).Where("id = ?", id).Update("name", name).Error; err != nil {
			return err
		}
		return audit(tx, now, by, "draft-renamed", draftObject(old), old.Name, name)
	})
}

// DropDraft deletes a draft for by. ErrNotFound: there is no such draft.
func (s *Store) DropDraft(ctx context.Context, id int64, by string) error {
	return s.change(ctx, s.config, "delete draft", func(tx *gorm.DB, now time.Time) error {
		var old draftRow
		if err := tx.Omit("text").Where("id = ?", id).Take(&old).Error; err != nil {
			return err
		}
		return dropDraft(tx, now, old, by, "draft-deleted")
	})
}

func dropDraft(tx *gorm.DB, now time.Time, old draftRow, by, action string) error {
	return errors.Join(
		tx.Delete(&draftRow{}, old.ID).Error,
		audit(tx, now, by, action, draftObject(old), old.Hash, ""),
	)
}

// draftObject is how the audit names a draft: by its name, or by whose text it is.
func draftObject(r draftRow) string {
	if r.Name != "" {
		return r.Name
	}
	return r.Author
}

// keepDraft makes a draft of the candidate that by replaces. Drafts without a name give
// way to it, the oldest first: gone names them. A text that is kept already is not kept
// twice. ErrDrafts: there is no room.
func keepDraft(tx *gorm.DB, now time.Time, old candidateRow, by string) (kept Draft, gone []Draft, err error) {
	row := draftRow{
		Hash: hashOf(old.Text), Text: old.Text, Base: old.Base, Author: old.Author, At: old.At, By: by, KeptAt: nanos(now),
	}
	var same draftRow
	err = tx.Where("hash = ?", row.Hash).Take(&same).Error
	if err == nil {
		again := tx.Model(&draftRow{}).Where("id = ?", same.ID).Updates(map[string]any{"by": by, "kept_at": row.KeptAt})
		return same.draft(), nil, again.Error
	}
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return Draft{}, nil, err
	}
	if gone, err = makeRoom(tx, now, len(old.Text)); err != nil {
		return Draft{}, nil, err
	}
	if err := tx.Create(&row).Error; err != nil {
		return Draft{}, nil, err
	}
	return row.draft(), gone, audit(tx, now, by, "draft-kept", old.Author, "", row.Hash)
}

// makeRoom deletes the drafts that one of size bytes needs the room of.
func makeRoom(tx *gorm.DB, now time.Time, size int) (gone []Draft, err error) {
	all, err := drafts(tx)
	if err != nil {
		return nil, err
	}
	gone, ok := surplus(all, size, KeepDrafts, KeepDraftTexts)
	if !ok {
		return nil, ErrDrafts
	}
	for _, d := range gone {
		if err := dropDraft(tx, now, draftRow{ID: d.ID, Author: d.Author, Hash: d.Hash}, "", "draft-gone"); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// surplus gives the drafts without a name, the oldest first, that have to go before
// another one of size bytes fits into most drafts and bytes of text. all begins with the
// newest. ok is false if it does not fit even then.
func surplus(all []Draft, size, most, bytes int) (gone []Draft, ok bool) {
	most, bytes = most-len(all)-1, bytes-size
	for _, d := range all {
		bytes -= d.Size
	}
	for i := len(all) - 1; i >= 0 && (most < 0 || bytes < 0); i-- {
		if all[i].Name == "" {
			most, bytes = most+1, bytes+all[i].Size
			gone = append(gone, all[i])
		}
	}
	return gone, most >= 0 && bytes >= 0
}

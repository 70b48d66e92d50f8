package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"holdfast/engine/journal"
)

// A role numbers its entries from 1 in a ring on tmpfs. The numbers survive a
// crash of the role, but not a reboot: then they begin anew. So the store keeps
// an epoch per node and role, and knows an entry by node, role, epoch and seq.
// An entry never changes, hence one number with two instants proves two rings.
//
//	seq above the cursor                      the ring goes on: store
//	seq known, with this instant and kind     read twice: skip
//	seq known, with another instant           another ring: open an epoch, store
//	seq not known (swept), newer than the
//	newest entry of the ring                  another ring: open an epoch, store
//	seq not known, older                      read twice, swept in between: skip
//
// A lost entry is made up by the ring when it is read, so it proves nothing.

// Cursor is how far the ring of a role was read. The zero Cursor is the
// beginning.
type Cursor struct {
	Epoch int64 // counts the rings of this node and role, from 0
	Seq   uint64
	At    time.Time // of the entry Seq
}

type ringRow struct {
	Node  string `gorm:"primaryKey"`
	Role  string `gorm:"primaryKey"`
	Epoch int64  `gorm:"primaryKey;autoIncrement:false"`
	Seq   int64
	At    int64
}

func (ringRow) TableName() string { return "rings" }

// JournalCursor is how far the running ring of a role was read. A reader asks
// the role to go on one entry before it (Seq-1): if the entry Seq comes back
// with another instant than At, or if the role's newest number is below Seq,
// the ring is a new one; NewRing then leads to its beginning.
func (s *Store) JournalCursor(ctx context.Context, node, role string) (Cursor, error) {
	r, err := currentRing(s.journal.read.WithContext(ctx), node, role)
	return Cursor{r.Epoch, uint64(r.Seq), instant(r.At)}, wrap("read journal cursor", err)
}

// NewRing notes that the ring of a role began anew: the cursor is at its
// beginning.
func (s *Store) NewRing(ctx context.Context, node, role string) error {
	return s.change(ctx, s.journal, "open journal epoch", func(tx *gorm.DB, _ time.Time) error {
		r, err := currentRing(tx, node, role)
		if err != nil {
			return err
		}
		return tx.Create(&ringRow{Node: node, Role: role, Epoch: r.Epoch + 1}).Error
	})
}

// currentRing is the ring of the highest epoch; none is epoch 0 at its beginning.
func currentRing(tx *gorm.DB, node, role string) (ringRow, error) {
	r := ringRow{Node: node, Role: role}
	err := tx.Where("node = ? AND role = ?", node, role).Order("epoch DESC").Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = nil
	}
	return r, err
}

// place decides where an entry belongs: the ring moves on, or to a new epoch.
// fresh false means that the store has the entry, or had it once.
func (r *ringRow) place(tx *gorm.DB, e journal.Entry) (fresh bool, err error) {
	seq, at := int64(e.Seq), nanos(e.At)
	var same []journalRow
	err = tx.Select("epoch", "at", "kind").Where("node = ? AND role = ? AND seq = ?", e.Node, e.Role, seq).Find(&same).Error
	if err != nil {
		return false, err
	}
	taken := false
	for _, row := range same {
		if row.At == at && row.Kind == string(e.Kind) {
			return false, nil
		}
		taken = taken || row.Epoch == r.Epoch
	}
	if seq <= r.Seq {
		if e.Kind == journal.Lost || !taken && at <= r.At {
			return false, nil
		}
		r.Epoch++
	}
	r.Seq, r.At = seq, at
	return true, nil
}

// keep stores how far the ring was read.
func (r *ringRow) keep(tx *gorm.DB) error {
	return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(r).Error
}

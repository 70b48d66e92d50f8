package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"gorm.io/gorm"

	"holdfast/engine/journal"
)

// JournalRow is an entry as it is stored. IDs grow in the order of arrival.
type JournalRow struct {
	ID         int64
	Epoch      int64 // of the ring it was read from
	Entry      journal.Entry
	ReceivedAt time.Time
}

// JournalFilter selects a page of the journal: by the time of the event, newest first.
// Zero fields select everything.
type JournalFilter struct {
	Before int64 // ID of a row; the rows behind it
	Node   string
	Kind   journal.Kind
	Object string // the object and what is below it: a virtual server's servers
	Text   string // somewhere in the object or the facts
	Limit  int    // 0 is 100
}

type journalRow struct {
	ID         int64 `gorm:"primaryKey;autoIncrement"`
	Node       string
	Role       string
	Epoch      int64
	Seq        int64
	At         int64
	Kind       string
	Object     string
	Mail       bool
	Facts      string
	ReceivedAt int64
}

func (journalRow) TableName() string { return "journal" }

func (r journalRow) public() (JournalRow, error) {
	e := journal.Entry{
		Seq: uint64(r.Seq), Node: r.Node, Role: r.Role, At: instant(r.At),
		Kind: journal.Kind(r.Kind), Object: r.Object, Mail: r.Mail,
	}
	err := json.Unmarshal([]byte(r.Facts), &e.Facts)
	return JournalRow{r.ID, r.Epoch, e, instant(r.ReceivedAt)}, err
}

// AppendJournal stores the entries it does not have yet and gives those back,
// in order. In the same transaction it puts the mails into the outbox that
// mails makes of each of them, so that a crash can neither lose a mail nor make
// it twice; nil makes none.
func (s *Store) AppendJournal(ctx context.Context, entries []journal.Entry, mails func(journal.Entry) []Mail) ([]JournalRow, error) {
	var fresh []JournalRow
	err := s.change(ctx, s.journal, "append journal", func(tx *gorm.DB, now time.Time) error {
		rings := map[[2]string]*ringRow{}
		for _, e := range entries {
			of := [2]string{e.Node, e.Role}
			if rings[of] == nil {
				r, err := currentRing(tx, e.Node, e.Role)
				if err != nil {
					return err
				}
				rings[of] = &r
			}
			isFresh, err := rings[of].place(tx, e)
			if err != nil {
				return err
			}
			if !isFresh {
				continue
			}
			row, err := appendEntry(tx, now, e, rings[of].Epoch)
			if err != nil {
				return err
			}
			fresh = append(fresh, row)
			if mails == nil {
				continue
			}
			if err := enqueue(tx, now, s.steady(), mails(e)); err != nil {
				return err
			}
		}
		for _, r := range rings {
			if err := r.keep(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

func appendEntry(tx *gorm.DB, now time.Time, e journal.Entry, epoch int64) (JournalRow, error) {
	facts, err := json.Marshal(e.Facts)
	if err != nil {
		return JournalRow{}, err
	}
	row := journalRow{
		Node: e.Node, Role: e.Role, Epoch: epoch, Seq: int64(e.Seq), At: nanos(e.At), Kind: string(e.Kind),
		Object: e.Object, Mail: e.Mail, Facts: string(facts), ReceivedAt: nanos(now),
	}
	err = tx.Create(&row).Error
	return JournalRow{row.ID, row.Epoch, e, now}, err
}

// JournalPage gives one page. Events of the same instant stand in the order of arrival.
func (s *Store) JournalPage(ctx context.Context, f JournalFilter) ([]JournalRow, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	tx := s.journal.read.WithContext(ctx).Order("at DESC, id DESC").Limit(f.Limit)
	if f.Before > 0 {
		var from []journalRow
		if err := s.journal.read.WithContext(ctx).Select("at").Where("id = ?", f.Before).Find(&from).Error; err != nil {
			return nil, wrap("read journal", err)
		}
		if len(from) == 0 {
			tx = tx.Where("id < ?", f.Before) // it was swept away, or never was
		} else {
			tx = tx.Where("(at, id) < (?, ?)", from[0].At, f.Before)
		}
	}
	if f.Node != "" {
		tx = tx.Where("node = ?", f.Node)
	}
	if f.Kind != "" {
		tx = tx.Where("kind = ?", string(f.Kind))
	}
	if f.Object != "" {
		tx = tx.Where(`object = ? OR object LIKE ? ESCAPE '\'`, f.Object, like(f.Object)+"/%")
	}
	if f.Text != "" {
		part := "%" + like(f.Text) + "%"
		tx = tx.Where(`object LIKE ? ESCAPE '\' OR facts LIKE ? ESCAPE '\'`, part, part)
	}
	return readJournal(tx)
}

// JournalSince gives up to limit rows with an ID above after, oldest first: how
// a browser that was away catches up.
func (s *Store) JournalSince(ctx context.Context, after int64, limit int) ([]JournalRow, error) {
	return readJournal(s.journal.read.WithContext(ctx).Where("id > ?", after).Order("id").Limit(limit))
}

// JournalEnd gives the ID of the row that arrived last; 0 is none.
func (s *Store) JournalEnd(ctx context.Context) (id int64, err error) {
	err = s.journal.read.WithContext(ctx).Model(&journalRow{}).Select("coalesce(max(id), 0)").Scan(&id).Error
	return id, wrap("read journal", err)
}

func readJournal(tx *gorm.DB) ([]JournalRow, error) {
	var rows []journalRow
	if err := tx.Find(&rows).Error; err != nil {
		return nil, wrap("read journal", err)
	}
	page := make([]JournalRow, 0, len(rows))
	for _, r := range rows {
		p, err := r.public()
		if err != nil {
			return nil, wrap("read journal", err)
		}
		page = append(page, p)
	}
	return page, nil
}

// like escapes what LIKE would take for a pattern.
func like(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

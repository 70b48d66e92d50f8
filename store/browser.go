package store

import "context"

type browserKeyRow struct {
	ID  int64 `gorm:"primaryKey"`
	Key []byte
}

func (browserKeyRow) TableName() string { return "browser_key" }

// BrowserKey is the key that signs the cookies by which a browser is known that
// logged in before: 32 random bytes that are made with the database.
func (s *Store) BrowserKey(ctx context.Context) ([]byte, error) {
	var row browserKeyRow
	err := s.config.read.WithContext(ctx).Take(&row).Error
	return row.Key, wrap("read the key of known browsers", err)
}

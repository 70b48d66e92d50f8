package store

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// SetupTTL is how long a setup link is good for.
const SetupTTL = 30 * time.Minute

type setupRow struct {
	TokenHash []byte `gorm:"primaryKey"`
	ExpiresAt int64
	UserID    int64
}

func (setupRow) TableName() string { return "setup_tokens" }

// FirstAccount is whom a token of the setup link is for that makes an account.
const FirstAccount int64 = 0

// IssueSetupToken makes the token of a setup link, good for ttl and for one use:
// for the first account, or for a new password of the account with this ID. An
// earlier one ends.
func (s *Store) IssueSetupToken(ctx context.Context, userID int64, ttl time.Duration) (string, error) {
	token, hash := newToken()
	err := s.change(ctx, s.config, "issue setup token", func(tx *gorm.DB, now time.Time) error {
		if err := tx.Where("1 = 1").Delete(&setupRow{}).Error; err != nil {
			return err
		}
		return tx.Create(&setupRow{hash, nanos(now.Add(ttl)), userID}).Error
	})
	return token, err
}

// CheckSetupToken gives the account that a token could be used for now, or
// FirstAccount. ErrNotFound: it is unknown, expired or used.
func (s *Store) CheckSetupToken(ctx context.Context, token string) (userID int64, err error) {
	var row setupRow
	err = s.config.read.WithContext(ctx).
		Where("token_hash = ? AND expires_at > ?", tokenHash(token), nanos(s.now())).Take(&row).Error
	return row.UserID, wrap("check setup token", err)
}

// UseSetupToken spends a token. ErrNotFound: it is unknown, expired or used.
func (s *Store) UseSetupToken(ctx context.Context, token string) error {
	return s.change(ctx, s.config, "use setup token", func(tx *gorm.DB, now time.Time) error {
		done := tx.Where("token_hash = ? AND expires_at > ?", tokenHash(token), nanos(now)).Delete(&setupRow{})
		if done.Error == nil && done.RowsAffected == 0 {
			return ErrNotFound
		}
		return done.Error
	})
}

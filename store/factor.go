package store

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// recoveryRow is a code that takes the place of one of the second factor, once.
type recoveryRow struct {
	UserID   int64  `gorm:"primaryKey;autoIncrement:false"`
	CodeHash []byte `gorm:"primaryKey"`
}

func (recoveryRow) TableName() string { return "recovery_codes" }

// BeginFactor keeps the secret of a second factor until its first code was seen: until
// then the account is as it was.
func (s *Store) BeginFactor(ctx context.Context, userID int64, secret Secret) error {
	return s.change(ctx, s.config, "begin second factor", func(tx *gorm.DB, now time.Time) error {
		var user userRow
		if err := tx.Take(&user, userID).Error; err != nil {
			return err
		}
		if err := setUser(tx, userID, map[string]any{"factor_next": secret.Reveal()}); err != nil {
			return err
		}
		return audit(tx, now, user.Name, "factor-begun", user.Name, "", "")
	})
}

// SetFactor makes the secret that waits the second factor of an account, of which the
// code of step was seen, with recovery codes in place of older ones. ErrConflict: another
// secret waits.
func (s *Store) SetFactor(ctx context.Context, userID int64, secret Secret, step int64, codes []string) error {
	return s.change(ctx, s.config, "set second factor", func(tx *gorm.DB, now time.Time) error {
		var user userRow
		if err := tx.Take(&user, userID).Error; err != nil {
			return err
		}
		if secret == "" || user.FactorNext != secret.Reveal() {
			return ErrConflict
		}
		if err := setUser(tx, userID, map[string]any{"factor": secret.Reveal(), "factor_next": "", "factor_step": step}); err != nil {
			return err
		}
		if err := tx.Where("user_id = ?", userID).Delete(&recoveryRow{}).Error; err != nil {
			return err
		}
		for _, c := range codes {
			if err := tx.Create(&recoveryRow{userID, tokenHash(c)}).Error; err != nil {
				return err
			}
		}
		return audit(tx, now, user.Name, "factor-set", user.Name, "", "")
	})
}

// DropFactor takes the second factor of an account away.
func (s *Store) DropFactor(ctx context.Context, userID int64, by string) error {
	return s.change(ctx, s.config, "drop second factor", func(tx *gorm.DB, now time.Time) error {
		var user userRow
		if err := tx.Take(&user, userID).Error; err != nil {
			return err
		}
		if err := setUser(tx, userID, map[string]any{"factor": "", "factor_next": "", "factor_step": 0}); err != nil {
			return err
		}
		if err := tx.Where("user_id = ?", userID).Delete(&recoveryRow{}).Error; err != nil {
			return err
		}
		return audit(tx, now, by, "factor-dropped", user.Name, "", "")
	})
}

// SpendStep notes that the code of a step was taken. ErrNotFound: it was before, or a
// later one was.
func (s *Store) SpendStep(ctx context.Context, userID, step int64) error {
	return s.change(ctx, s.config, "spend code", func(tx *gorm.DB, _ time.Time) error {
		done := tx.Model(&userRow{}).Where("id = ? AND factor_step < ?", userID, step).Update("factor_step", step)
		if done.Error == nil && done.RowsAffected == 0 {
			return ErrNotFound
		}
		return done.Error
	})
}

// SpendRecovery takes a recovery code, and gives how many are left. ErrNotFound: it is
// none, or was taken.
func (s *Store) SpendRecovery(ctx context.Context, userID int64, code string) (left int64, err error) {
	err = s.change(ctx, s.config, "spend recovery code", func(tx *gorm.DB, now time.Time) error {
		var user userRow
		if err := tx.Take(&user, userID).Error; err != nil {
			return err
		}
		done := tx.Where("user_id = ? AND code_hash = ?", userID, tokenHash(code)).Delete(&recoveryRow{})
		if done.Error == nil && done.RowsAffected == 0 {
			return ErrNotFound
		}
		if done.Error != nil {
			return done.Error
		}
		if err := tx.Model(&recoveryRow{}).Where("user_id = ?", userID).Count(&left).Error; err != nil {
			return err
		}
		return audit(tx, now, user.Name, "recovery-code-used", user.Name, "", "")
	})
	return left, err
}

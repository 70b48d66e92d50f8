package store

import "context"

// HasSetupToken says whether a setup link is good now.
func (s *Store) HasSetupToken(ctx context.Context) (bool, error) {
	var n int64
	err := s.config.read.WithContext(ctx).Model(&setupRow{}).Where("expires_at > ?", nanos(s.now())).Count(&n).Error
	return n > 0, wrap("look for a setup token", err)
}

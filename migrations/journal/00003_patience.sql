-- BEFORE: the age of a waiting mail is read from created_at, the wall clock.
-- AFTER: since_at stands beside next_at on the clock of the process that sends: their
-- difference is how long the mail waited while somebody tried, and no setting of
-- the clock changes it.
-- +goose Up
ALTER TABLE outbox ADD COLUMN since_at INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET since_at = min(created_at, next_at);

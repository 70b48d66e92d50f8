-- BEFORE: the journal only.
-- AFTER: the outbox, one row per mail and recipient. It stands beside the
-- journal so that an entry and its mails are stored in one transaction. The
-- Message-ID is given once and kept through every attempt.
-- +goose Up
CREATE TABLE outbox (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message_id TEXT    NOT NULL UNIQUE,
    recipient  TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'dead')),
    attempts   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    answer     TEXT    NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (state, next_at);

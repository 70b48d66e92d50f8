-- BEFORE: a browser with a password is the only way in, and the password is all that it
-- takes.
-- AFTER: programs have tokens, each with a scope and an end (0: none), of the account
-- that made it or, without one, of the host. An account may have a second factor: the
-- secret of its time-based codes, '' while it has none; the secret that waits for its first
-- code; and the step of the last code that was taken, which is taken only once. Recovery
-- codes are kept as hashes and deleted with their use.
-- +goose Up
CREATE TABLE tokens (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL COLLATE NOCASE UNIQUE CHECK (name <> ''),
    token_hash BLOB    NOT NULL UNIQUE,
    begin      TEXT    NOT NULL,
    user_id    INTEGER NOT NULL,
    author     TEXT    NOT NULL,
    scope      TEXT    NOT NULL CHECK (scope IN ('read', 'operate', 'configure', 'admin')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    used_from  TEXT    NOT NULL
) STRICT;
CREATE INDEX tokens_user ON tokens (user_id);

ALTER TABLE users ADD COLUMN factor TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN factor_next TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN factor_step INTEGER NOT NULL DEFAULT 0;

CREATE TABLE recovery_codes (
    user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash BLOB    NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) STRICT;

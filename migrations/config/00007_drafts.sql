-- BEFORE: a text that waits to be applied is gone when another one takes its place, and
-- an editor whose text was changed meanwhile cannot be shown what it began with.
-- AFTER: drafts keep texts that were replaced; name '' is one that nobody has named. The
-- texts that the candidate had lately are kept for editors that began with them.
-- +goose Up
CREATE TABLE drafts (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name    TEXT    NOT NULL,
    hash    TEXT    NOT NULL UNIQUE,
    text    TEXT    NOT NULL,
    base    INTEGER NOT NULL,
    author  TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT    NOT NULL,
    kept_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX drafts_name ON drafts (name COLLATE NOCASE) WHERE name <> '';

CREATE TABLE candidate_pasts (
    version INTEGER NOT NULL PRIMARY KEY,
    hash    TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

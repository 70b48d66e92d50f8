-- BEFORE: accounts only.
-- AFTER: revisions, which never change, each naming its parent by hash; the one
-- candidate, whose version grows for ever so that a stale editor is noticed; and
-- what became of each revision that was applied.
-- +goose Up
CREATE TABLE revisions (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    hash   TEXT    NOT NULL,
    parent TEXT    NOT NULL,
    text   TEXT    NOT NULL,
    author TEXT    NOT NULL,
    note   TEXT    NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX revisions_hash ON revisions (hash);

-- +goose StatementBegin
CREATE TRIGGER revisions_keep BEFORE UPDATE ON revisions
BEGIN
    SELECT RAISE(ABORT, 'a revision never changes');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revisions_stay BEFORE DELETE ON revisions
BEGIN
    SELECT RAISE(ABORT, 'a revision is never deleted');
END;
-- +goose StatementEnd

CREATE TABLE candidates (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    text    TEXT    NOT NULL,
    base    INTEGER NOT NULL,
    author  TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE applications (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    revision INTEGER NOT NULL REFERENCES revisions (number),
    outcome  TEXT    NOT NULL CHECK (outcome IN ('applied', 'kept', 'reverted', 'refused')),
    detail   TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX applications_revision ON applications (revision);

-- BEFORE: an application ends as kept, reverted or refused.
-- AFTER: it may also end as split: kept in one role, gone back in the other.
-- +goose Up
CREATE TABLE applications_next (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    revision INTEGER NOT NULL REFERENCES revisions (number),
    outcome  TEXT    NOT NULL CHECK (outcome IN ('applied', 'kept', 'reverted', 'refused', 'split')),
    detail   TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
INSERT INTO applications_next SELECT id, revision, outcome, detail, at FROM applications;
DROP TABLE applications;
ALTER TABLE applications_next RENAME TO applications;
CREATE INDEX applications_revision ON applications (revision);

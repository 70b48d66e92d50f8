-- BEFORE: an empty file.
-- AFTER: the journal of every node and role, and the rings it was read from. A
-- ring numbers its entries from 1 and begins anew when its memory is lost (a
-- reboot), so an entry is known by node, role, epoch of the ring, and seq.
-- Instants are nanoseconds since 1970 UTC; facts are a JSON object.
-- +goose Up
CREATE TABLE rings (
    node  TEXT    NOT NULL,
    role  TEXT    NOT NULL,
    epoch INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (node, role, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    node        TEXT    NOT NULL,
    role        TEXT    NOT NULL,
    epoch       INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    object      TEXT    NOT NULL,
    mail        INTEGER NOT NULL CHECK (mail IN (0, 1)),
    facts       TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    UNIQUE (node, role, seq, epoch)
) STRICT;
CREATE INDEX journal_kind ON journal (kind, id);
CREATE INDEX journal_object ON journal (object, id);

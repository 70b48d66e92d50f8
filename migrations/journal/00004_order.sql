-- BEFORE: pages of the journal are read in the order of arrival. The two roles are
-- read one after the other, so that this is not the order in which things happened.
-- AFTER: they are read by the time of the event; id breaks ties.
-- +goose Up
DROP INDEX journal_kind;
DROP INDEX journal_object;
CREATE INDEX journal_at ON journal (at, id);
CREATE INDEX journal_kind ON journal (kind, at, id);
CREATE INDEX journal_object ON journal (object, at, id);

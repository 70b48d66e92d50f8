-- BEFORE: a token of the setup link makes the first account. Attempts to log in
-- are told apart by account and address alone.
-- A text that was thrown away stands in the audit, passwords included, and a
-- revision is never deleted.
-- AFTER: a token may also be for an account that is there (user_id; 0 is: the
-- first account), and there is a key that signs the cookies by which a browser
-- is known that logged in before. The audit names a thrown-away text by its hash
-- alone, and old rows and revisions may go.
-- +goose Up
ALTER TABLE setup_tokens ADD COLUMN user_id INTEGER NOT NULL DEFAULT 0;

CREATE TABLE browser_key (
    id  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    key BLOB    NOT NULL CHECK (length(key) = 32)
) STRICT;
INSERT INTO browser_key (id, key) VALUES (1, randomblob(32));

UPDATE audit SET before = '' WHERE action = 'candidate-discarded';
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX login_failures_at ON login_failures (last_at);
DROP TRIGGER revisions_stay;

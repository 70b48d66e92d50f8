-- BEFORE: a token of the setup link makes the first account. Attempts to log in
-- are told apart by account and address alone.
-- AFTER: a token may also be for an account that is there (user_id; 0 is: the
-- first account), and there is a key that signs the cookies by which a browser
-- is known that logged in before.
-- +goose Up
ALTER TABLE setup_tokens ADD COLUMN user_id INTEGER NOT NULL DEFAULT 0;

CREATE TABLE browser_key (
    id  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    key BLOB    NOT NULL CHECK (length(key) = 32)
) STRICT;
INSERT INTO browser_key (id, key) VALUES (1, randomblob(32));

-- BEFORE: accounts and revisions.
-- AFTER: the mail settings, at most one row. The password stands as given: the
-- mail server wants it as given. Recipients are a JSON list; the timeout is in
-- nanoseconds.
-- +goose Up
CREATE TABLE mail_settings (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    host        TEXT    NOT NULL,
    port        INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
    security    TEXT    NOT NULL CHECK (security IN ('auto', 'tls', 'starttls', 'none')),
    verify_cert INTEGER NOT NULL CHECK (verify_cert IN (0, 1)),
    ca_pem      TEXT    NOT NULL,
    user        TEXT    NOT NULL,
    password    TEXT    NOT NULL,
    auth        TEXT    NOT NULL,
    sender      TEXT    NOT NULL,
    recipients  TEXT    NOT NULL,
    helo        TEXT    NOT NULL,
    timeout     INTEGER NOT NULL,
    scope       TEXT    NOT NULL CHECK (scope IN ('all', 'smtp_alert', 'off')),
    lang        TEXT    NOT NULL
) STRICT;

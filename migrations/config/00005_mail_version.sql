-- BEFORE: whoever saves the mail settings last wins, unawares.
-- AFTER: the settings have a version that grows with every change, so that a
-- form that was filled in from older ones is noticed.
-- +goose Up
ALTER TABLE mail_settings ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

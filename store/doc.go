// Package store keeps what has to outlive the process: accounts, revisions, the
// candidate and settings in config.db (every commit is on the disk before it is
// acknowledged), the journal and the outbox in journal.db (a power cut may cost
// the last commits, never the file). While config.db cannot be written, because its
// disk is full or read-only or another process holds it, what has to go on is kept in
// memory and written as soon as it can be: log-ins and their throttle, sessions, how
// an application ended, and the audit of these. All else is refused. Its functions are
// named by intent; no type of the database library leaves it. It decides nothing about
// the engine and keeps no token in a form that could be used.
package store

// Package store keeps what has to outlive the process: accounts, revisions, the
// candidate and settings in config.db (every commit is on the disk before it is
// acknowledged), the journal and the outbox in journal.db (a power cut may cost
// the last commits, never the file). Its functions are named by intent; no type
// of the database library leaves it. It decides nothing about the engine and
// keeps no token in a form that could be used.
package store

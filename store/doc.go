// Package store keeps what has to outlive the process: accounts, revisions, the
// candidate and settings in config.db, the journal and the outbox in journal.db. In
// both every commit is on the disk before it is acknowledged (synchronous=FULL): a
// power cut takes the rings of the roles along, so that a transition or its mail
// would be lost for good, and a mail that was sent and not noted is sent again. An
// fsync costs a few ms, once for up to 256 entries and twice for a mail.
//
// While config.db cannot be written, because its disk is full or read-only or another
// process holds it, what has to go on is kept in memory and written as soon as it can
// be: log-ins and their throttle, sessions, how an application ended, and the audit of
// these. All else is refused.
//
// Its functions are named by intent; no type of the database library leaves it. It
// decides nothing about the engine and keeps no token in a form that could be used.
package store

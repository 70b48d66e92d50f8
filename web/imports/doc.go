// Package imports shows what a text from elsewhere becomes before it is a
// candidate: one keepalived.conf with the files that it includes, line by line, or
// the files of a pair as one text. What a line means is decided in engine/explain
// and engine/convert, and what it would do is asked of the roles. It reads no file
// of the host and applies nothing; a text that was sent in is kept in memory until
// its user comes back for it, bounded in number, size and time.
package imports

// Package live looks at the two roles and pushes what it sees to many browsers
// by server-sent events. It asks once a second, and only while a stream
// is open; a browser that does not read is dropped, never waited for. A stream
// begins with the whole picture, so one that was cut off has nothing to catch up.
package live

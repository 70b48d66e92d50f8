// Package bfd decides for BFD sessions in asynchronous mode (RFC 5880, 5881, 5883): the
// control packet as bytes and back, and the state machine as a step from one state to the
// next. It is pure: the time is handed in, and what is to be sent is handed back. It
// opens no socket, starts no goroutine and knows nothing of what depends on a session.
package bfd

// Package spawn has the programs of a role run by a process beside it. That process
// alone may become another user and end the processes of others; the role, which reads
// what the network sends, may not, and has no_new_privs. Serve is the process, and a
// Client is the role's door to it: its Run does what script.Run does in the role itself.
//
// Both ends speak over a stream socket: frames of a length, four bytes with the highest
// first, and a message in JSON. When the role's end closes, all its programs are ended.
package spawn

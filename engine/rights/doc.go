// Package rights is what a process of the engine may do as root. A role that the parent
// starts has the capabilities of its table and no more, and no_new_privs. Its programs are
// run by a process beside it (package spawn) whose table has what that takes. A program
// that runs as root has all that root has, as under keepalived: it may mount a disk or
// load a module. It has no no_new_privs, which sudo does not work under.
package rights

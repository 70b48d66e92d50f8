// Package script runs the operator's programs: notify, track and check scripts.
// Each runs in a session of its own with nothing on its standard files, under
// the user it was given, at ordinary priority, and never outlives this process
// or its time limit. A Job's words are the program's arguments; only a file without
// #! is run by /bin/sh, as execvp does. It keeps programs of one object in order and never makes
// the caller wait for that.
package script

// Package migrations holds the numbered SQL files that lead an empty file to the
// schema of this binary: one row of them for the configuration database, one for
// the journal. They go forward only, and a file that was released never changes.
package migrations

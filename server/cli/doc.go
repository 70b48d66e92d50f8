// Package cli holds what all commands share: the errors that name their exit code, the
// console's database, and what is said of a command line that was not understood. It
// knows no command.
package cli

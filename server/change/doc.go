// Package change holds the commands that change what the roles run: apply, confirm,
// revert, history, diff and events. They call the functions that the pages and the API
// call, in a process of their own, so that a change can be kept or taken back over SSH
// while the console cannot be reached; what is done is in the history and the audit under
// the name of the operator. They decide nothing.
package change

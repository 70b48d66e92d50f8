// Package state is what of a role outlives its process: the lock that passes from
// one process to the next, the applied text with the one before it, the manifest
// of what the role has in the kernel, and the clock that two processes of one boot
// share. A text is given out only if it fits the hash that lies beside it. It knows
// the name of a role, and nothing of what a role does.
package state

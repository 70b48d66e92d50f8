// Package policy decides which programs a text may have run, and where it may have files
// made, that somebody else than
// root hands to a role: the console does, and so does an attacker who has taken it over. Root on this
// host says which users and directories such programs may have; a program that root
// brought in itself, or that runs already, stays allowed. It runs nothing.
package policy

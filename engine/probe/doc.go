// Package probe asks a server whether it does its work: one file per kind of
// check, each a function of a context and the declaration. A probe always ends
// within its time limits, follows no redirect, and ends its connection with FIN as
// long as the ports towards that server last (closing.go). From one run to the next
// it keeps buffers, patterns, how many ports it used up, and which servers speak
// only the suites of old_tls.go. It decides nothing: how many failures make a
// server fail is engine/lvs.
//
// TLS is Go's library, and where that finds no common suite, old_tls.go, which shows no
// certificate. No server's is verified, as with keepalived. Kinders lists the servers that are
// up here and down with keepalived 2.2.7, or the other way round.
package probe
